package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Makes the pods of a StatefulSet one replica set, or accepts the one that they are; never twice, never by force. */
public final class InitReplicaSetStep extends NamedStep {

    @DataBoundConstructor
    public InitReplicaSetStep() {
        super("initReplicaSet");
    }

    public String getReplicaSet() {
        return text("replicaSet");
    }

    @DataBoundSetter
    public void setReplicaSet(String replicaSet) {
        put("replicaSet", replicaSet);
    }

    public String getContainer() {
        return text("container");
    }

    @DataBoundSetter
    public void setContainer(String container) {
        put("container", container);
    }

    public String getClusterDomain() {
        return text("clusterDomain");
    }

    @DataBoundSetter
    public void setClusterDomain(String clusterDomain) {
        put("clusterDomain", clusterDomain);
    }

    public String getRootCredentialsId() {
        return text("rootCredentialsId");
    }

    @DataBoundSetter
    public void setRootCredentialsId(String rootCredentialsId) {
        put("rootCredentialsId", rootCredentialsId);
    }

    public boolean isRotateRootPassword() {
        return flag("rotateRootPassword", false);
    }

    @DataBoundSetter
    public void setRotateRootPassword(boolean rotateRootPassword) {
        put("rotateRootPassword", rotateRootPassword, false);
    }

    public String getUsers() {
        return text("users");
    }

    @DataBoundSetter
    public void setUsers(String users) {
        put("users", users);
    }

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("initReplicaSet");
        }

        @Override
        public String getDisplayName() {
            return Messages.InitReplicaSetStep_displayName();
        }

        @POST
        public FormValidation doCheckClusterDomain(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "clusterDomain", value);
        }

        @POST
        public FormValidation doCheckUsers(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "users", value, "rootCredentialsId", "any");
        }
    }
}
