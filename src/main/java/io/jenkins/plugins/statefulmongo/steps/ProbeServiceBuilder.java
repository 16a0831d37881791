package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code probeService} in a freestyle job. */
public final class ProbeServiceBuilder extends OperationBuilder {
    @DataBoundConstructor
    public ProbeServiceBuilder(ProbeServiceStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(ProbeServiceStep.class, Messages::ProbeServiceStep_displayName);
        }
    }
}
