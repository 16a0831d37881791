package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Brings a MongoDB StatefulSet with its Service and volumes to the described state, or removes it. */
public final class DeployStatefulMongoStep extends NamedStep {

    @DataBoundConstructor
    public DeployStatefulMongoStep() {
        super("deployStatefulMongo");
    }

    public String getImage() {
        return text("image");
    }

    @DataBoundSetter
    public void setImage(String image) {
        put("image", image);
    }

    public Integer getReplicas() {
        return number("replicas");
    }

    @DataBoundSetter
    public void setReplicas(Integer replicas) {
        put("replicas", replicas);
    }

    public String getReplicaSet() {
        return text("replicaSet");
    }

    @DataBoundSetter
    public void setReplicaSet(String replicaSet) {
        put("replicaSet", replicaSet);
    }

    public String getStorage() {
        return text("storage");
    }

    @DataBoundSetter
    public void setStorage(String storage) {
        put("storage", storage);
    }

    public String getStorageClass() {
        return text("storageClass");
    }

    @DataBoundSetter
    public void setStorageClass(String storageClass) {
        put("storageClass", storageClass);
    }

    public String getCpu() {
        return text("cpu");
    }

    @DataBoundSetter
    public void setCpu(String cpu) {
        put("cpu", cpu);
    }

    public String getMemory() {
        return text("memory");
    }

    @DataBoundSetter
    public void setMemory(String memory) {
        put("memory", memory);
    }

    public Integer getPort() {
        return number("port");
    }

    @DataBoundSetter
    public void setPort(Integer port) {
        put("port", port);
    }

    public String getImagePullSecrets() {
        return text("imagePullSecrets");
    }

    @DataBoundSetter
    public void setImagePullSecrets(String imagePullSecrets) {
        put("imagePullSecrets", imagePullSecrets);
    }

    public String getManifest() {
        return text("manifest");
    }

    @DataBoundSetter
    public void setManifest(String manifest) {
        put("manifest", manifest);
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

    public boolean isDryRun() {
        return flag("dryRun", false);
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        put("dryRun", dryRun, false);
    }

    public boolean isAbsent() {
        return flag("absent", false);
    }

    @DataBoundSetter
    public void setAbsent(boolean absent) {
        put("absent", absent, false);
    }

    public String getVolumes() {
        return text("volumes");
    }

    @DataBoundSetter
    public void setVolumes(String volumes) {
        put("volumes", volumes);
    }

    public Integer getStuckSeconds() {
        return number("stuckSeconds");
    }

    @DataBoundSetter
    public void setStuckSeconds(Integer stuckSeconds) {
        put("stuckSeconds", stuckSeconds);
    }

    public Integer getMemberTimeoutSeconds() {
        return number("memberTimeoutSeconds");
    }

    @DataBoundSetter
    public void setMemberTimeoutSeconds(Integer memberTimeoutSeconds) {
        put("memberTimeoutSeconds", memberTimeoutSeconds);
    }

    public boolean isAllowDowntime() {
        return flag("allowDowntime", false);
    }

    @DataBoundSetter
    public void setAllowDowntime(boolean allowDowntime) {
        put("allowDowntime", allowDowntime, false);
    }

    public boolean isAllowShrink() {
        return flag("allowShrink", false);
    }

    @DataBoundSetter
    public void setAllowShrink(boolean allowShrink) {
        put("allowShrink", allowShrink, false);
    }

    public boolean isWipe() {
        return flag("wipe", false);
    }

    @DataBoundSetter
    public void setWipe(boolean wipe) {
        put("wipe", wipe, false);
    }

    public String getTlsSecret() {
        return text("tlsSecret");
    }

    @DataBoundSetter
    public void setTlsSecret(String tlsSecret) {
        put("tlsSecret", tlsSecret);
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
            super("deployStatefulMongo");
        }

        @Override
        public String getDisplayName() {
            return Messages.DeployStatefulMongoStep_displayName();
        }

        @POST
        public ListBoxModel doFillVolumesItems(@AncestorInPath Item item) {
            return choices(item, "keep", "delete");
        }

        /** Blank is good where a manifest describes the release, or it is to be removed. */
        @POST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String value, @QueryParameter String version) {
            return Util.fixEmptyAndTrim(value) == null ? FormValidation.ok() : check(item, "image", value, "version", version);
        }

        @POST
        public FormValidation doCheckReplicas(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "replicas", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckReplicaSet(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "replicaSet", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckStorage(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "storage", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckStorageClass(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "storageClass", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckCpu(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "cpu", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckMemory(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "memory", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "port", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckImagePullSecrets(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "imagePullSecrets", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckTlsSecret(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "tlsSecret", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckClusterDomain(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "clusterDomain", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckStuckSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "stuckSeconds", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckMemberTimeoutSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "memberTimeoutSeconds", value, "image", "mongo:7.0.14");
        }

        @POST
        public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "version", value, "image", "any");
        }

        @POST
        public FormValidation doCheckManifest(@AncestorInPath Item item, @QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null ? FormValidation.ok() : check(item, "manifest", value);
        }
    }
}
