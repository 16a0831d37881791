package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code rollingImageUpdate} in a freestyle job. */
public final class RollingImageUpdateBuilder extends OperationBuilder {
    @DataBoundConstructor
    public RollingImageUpdateBuilder(RollingImageUpdateStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(RollingImageUpdateStep.class, Messages::RollingImageUpdateStep_displayName);
        }
    }
}
