package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Replaces the image of a replica set member by member, the primary last; or of a Deployment or another StatefulSet. */
public final class RollingImageUpdateStep extends NamedStep {

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

    public String getRootCredentialsId() {
        return text("rootCredentialsId");
    }

    @DataBoundSetter
    public void setRootCredentialsId(String rootCredentialsId) {
        put("rootCredentialsId", rootCredentialsId);
    }

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("rollingImageUpdate");
        }

        @Override
        public String getDisplayName() {
            return Messages.RollingImageUpdateStep_displayName();
        }

        @POST
        public ListBoxModel doFillKindItems(@AncestorInPath Item item) {
            return choices(item, "StatefulSet", "Deployment");
        }

        @POST
        public ListBoxModel doFillFeatureCompatibilityVersionItems(@AncestorInPath Item item) {
            return choices(item, "keep", "raise");
        }

        @POST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "image", value, "kind", "Deployment", "name", "any");
        }

        @POST
        public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "version", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckClusterDomain(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "clusterDomain", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckMemberTimeoutSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "memberTimeoutSeconds", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckStuckSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "stuckSeconds", value, "image", "mongo:7.0.14");
        }
    }
}
