package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Applies the resources of a manifest by server-side apply, and waits until what runs pods is ready. */
public final class ApplyManifestStep extends NamedStep {

    @DataBoundConstructor
    public ApplyManifestStep(String manifest) {
        super("applyManifest");
        put("manifest", manifest);
    }

    public String getManifest() {
        return text("manifest");
    }

    public boolean isDryRun() {
        return flag("dryRun", false);
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        put("dryRun", dryRun, false);
    }

    public boolean isKeepImages() {
        return flag("keepImages", false);
    }

    @DataBoundSetter
    public void setKeepImages(boolean keepImages) {
        put("keepImages", keepImages, false);
    }

    public boolean isWait() {
        return flag("wait", true);
    }

    @DataBoundSetter
    public void setWait(boolean wait) {
        put("wait", wait, true);
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
        private static final String SOME_MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: any}";

        public DescriptorImpl() {
            super("applyManifest");
        }

        @Override
        public String getDisplayName() {
            return Messages.ApplyManifestStep_displayName();
        }

        @POST
        public FormValidation doCheckManifest(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "manifest", value);
        }

        @POST
        public FormValidation doCheckStuckSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "stuckSeconds", value, "manifest", SOME_MANIFEST);
        }
    }
}
