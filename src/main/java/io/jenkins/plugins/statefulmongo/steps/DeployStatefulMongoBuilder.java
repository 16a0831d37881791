package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code deployStatefulMongo} in a freestyle job. */
public final class DeployStatefulMongoBuilder extends OperationBuilder {
    @DataBoundConstructor
    public DeployStatefulMongoBuilder(DeployStatefulMongoStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(DeployStatefulMongoStep.class, Messages::DeployStatefulMongoStep_displayName);
        }
    }
}
