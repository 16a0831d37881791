package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Applies the resources of a manifest by server-side apply, and waits until what runs pods is ready. */
public final class ApplyManifestStep extends OperationStep {

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
        public DescriptorImpl() {
            super("applyManifest", "Kubernetes: apply a manifest");
        }
    }
}
