package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code initReplicaSet} in a freestyle job. */
public final class InitReplicaSetBuilder extends OperationBuilder {
    @DataBoundConstructor
    public InitReplicaSetBuilder(InitReplicaSetStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(InitReplicaSetStep.class, Messages::InitReplicaSetStep_displayName);
        }
    }
}
