package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code waitOrdinals} in a freestyle job. */
public final class WaitOrdinalsBuilder extends OperationBuilder {
    @DataBoundConstructor
    public WaitOrdinalsBuilder(WaitOrdinalsStep step) {
        super(step);
    }

    /** The form. */
    @Extension
    public static final class DescriptorImpl extends OperationBuilderDescriptor {
        public DescriptorImpl() {
            super(WaitOrdinalsStep.class, Messages::WaitOrdinalsStep_displayName);
        }
    }
}
