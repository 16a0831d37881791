package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code applyManifest} in a freestyle job. */
public final class ApplyManifestBuilder extends OperationBuilder {
    @DataBoundConstructor
    public ApplyManifestBuilder(ApplyManifestStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(ApplyManifestStep.class, Messages::ApplyManifestStep_displayName);
        }
    }
}
