package io.jenkins.plugins.statefulmongo.steps;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;

/** An operation with the cluster that was opened for it, which closes after it. */
final class OnCluster implements Operation {
    /** Makes an operation on an open cluster. */
    interface Factory {
        Operation create(Cluster cluster) throws Failure, Unavailable, InterruptedException;
    }

    private final Cluster cluster;
    private final Operation operation;

    private OnCluster(Cluster cluster, Operation operation) {
        this.cluster = cluster;
        this.operation = operation;
    }

    /** The cluster is closed at once where the operation cannot be made. */
    static Operation create(Cluster cluster, Factory factory) throws Failure, Unavailable, InterruptedException {
        Operation operation = null;
        try {
            operation = factory.create(cluster);
            return new OnCluster(cluster, operation);
        } finally {
            if (operation == null) {
                cluster.close();
            }
        }
    }

    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        return operation.tick();
    }

    @Override
    public String leftBehind() {
        return operation.leftBehind();
    }

    @Override
    public void close() {
        try {
            operation.close();
        } finally {
            cluster.close();
        }
    }
}
