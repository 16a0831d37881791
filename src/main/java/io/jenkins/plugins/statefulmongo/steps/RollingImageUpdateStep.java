package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.util.ListBoxModel;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Replaces the image of a replica set member by member, the primary last; or of a Deployment or another StatefulSet. */
public final class RollingImageUpdateStep extends OperationStep {

    @DataBoundConstructor
    public RollingImageUpdateStep(String image) {
        super("rollingImageUpdate");
        put("image", image);
    }

    public String getImage() {
        return text("image");
    }

    public String getKind() {
        return text("kind");
    }

    @DataBoundSetter
    public void setKind(String kind) {
        put("kind", kind);
    }

    public String getContainer() {
        return text("container");
    }

    @DataBoundSetter
    public void setContainer(String container) {
        put("container", container);
    }

    public String getVersion() {
        return text("version");
    }

    @DataBoundSetter
    public void setVersion(String version) {
        put("version", version);
    }

    public String getClusterDomain() {
        return text("clusterDomain");
    }

    @DataBoundSetter
    public void setClusterDomain(String clusterDomain) {
        put("clusterDomain", clusterDomain);
    }

    public Integer getMemberTimeoutSeconds() {
        return number("memberTimeoutSeconds");
    }

    @DataBoundSetter
    public void setMemberTimeoutSeconds(Integer memberTimeoutSeconds) {
        put("memberTimeoutSeconds", memberTimeoutSeconds);
    }

    public Integer getStuckSeconds() {
        return number("stuckSeconds");
    }

    @DataBoundSetter
    public void setStuckSeconds(Integer stuckSeconds) {
        put("stuckSeconds", stuckSeconds);
    }

    public boolean isRollbackOnFailure() {
        return flag("rollbackOnFailure", true);
    }

    @DataBoundSetter
    public void setRollbackOnFailure(boolean rollbackOnFailure) {
        put("rollbackOnFailure", rollbackOnFailure, true);
    }

    public boolean isAllowDowntime() {
        return flag("allowDowntime", false);
    }

    @DataBoundSetter
    public void setAllowDowntime(boolean allowDowntime) {
        put("allowDowntime", allowDowntime, false);
    }

    public String getFeatureCompatibilityVersion() {
        return text("featureCompatibilityVersion");
    }

    @DataBoundSetter
    public void setFeatureCompatibilityVersion(String featureCompatibilityVersion) {
        put("featureCompatibilityVersion", featureCompatibilityVersion);
    }

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("rollingImageUpdate", "MongoDB: update the image without losing a write");
        }

        public ListBoxModel doFillKindItems() {
            return choices("StatefulSet", "Deployment");
        }

        public ListBoxModel doFillFeatureCompatibilityVersionItems() {
            return choices("keep", "raise");
        }
    }
}
