package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Follows the ordinals of a StatefulSet until each is Ready at the current revision; fails early when one cannot become Ready. */
public final class WaitOrdinalsStep extends NamedStep {

    @DataBoundConstructor
    public WaitOrdinalsStep() {
        super("waitOrdinals");
    }

    public String getContainer() {
        return text("container");
    }

    @DataBoundSetter
    public void setContainer(String container) {
        put("container", container);
    }

    public Integer getStuckSeconds() {
        return number("stuckSeconds");
    }

    @DataBoundSetter
    public void setStuckSeconds(Integer stuckSeconds) {
        put("stuckSeconds", stuckSeconds);
    }

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("waitOrdinals");
        }

        @Override
        public String getDisplayName() {
            return Messages.WaitOrdinalsStep_displayName();
        }

        @POST
        public FormValidation doCheckContainer(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "container", value);
        }

        @POST
        public FormValidation doCheckStuckSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "stuckSeconds", value);
        }
    }
}
