package io.jenkins.plugins.statefulmongo.steps;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.report.Recorder;

/** An operation with the cluster that was opened for it, which closes after it; what it waits for is taken down. */
final class OnCluster implements Operation {
    /** Makes an operation on an open cluster. */
    interface Factory {
        Operation create(Cluster cluster) throws Failure, Unavailable, InterruptedException;
    }

    private final Cluster cluster;
    private final Operation operation;
    private final Recorder recorder;

    private OnCluster(Cluster cluster, Operation operation, Recorder recorder) {
        this.cluster = cluster;
        this.recorder = recorder;
        this.operation = operation;
    }

    /** The cluster is closed at once where the operation cannot be made. */
    static Operation create(Cluster cluster, Recorder recorder, Factory factory) throws Failure, Unavailable, InterruptedException {
        Operation operation = null;
        try {
            operation = factory.create(cluster);
            return new OnCluster(cluster, operation, recorder);
        } finally {
            if (operation == null) {
                cluster.close();
            }
        }
    }

    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        Outcome outcome = operation.tick();
        if (outcome instanceof Outcome.Again again) {
            recorder.waitsFor(again.waitingFor());
        }
        return outcome;
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
