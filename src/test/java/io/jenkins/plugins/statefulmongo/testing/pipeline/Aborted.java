package io.jenkins.plugins.statefulmongo.testing.pipeline;

/** A build was stopped by a user or by {@code timeout}, as Jenkins' FlowInterruptedException says it. */
public final class Aborted extends InterruptedException {
    private static final long serialVersionUID = 1;

    Aborted(String message) {
        super(message);
    }
}
