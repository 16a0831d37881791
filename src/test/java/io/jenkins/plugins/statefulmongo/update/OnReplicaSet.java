package io.jenkins.plugins.statefulmongo.update;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of a replica set on any cluster have in common: a namespace of their own for each. */
abstract class OnReplicaSet {
    ReplicaSetBench set;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        set = new ReplicaSetBench(kubeconfig());
    }

    @AfterEach
    void closeBench() throws Exception {
        set.close();
    }
}
