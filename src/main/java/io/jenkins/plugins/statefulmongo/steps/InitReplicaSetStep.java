package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Makes the pods of a StatefulSet one replica set, or accepts the one that they are; never twice, never by force. */
public final class InitReplicaSetStep extends OperationStep {

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

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("initReplicaSet", "MongoDB: initiate the replica set");
        }
    }
}
