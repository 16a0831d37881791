package io.jenkins.plugins.statefulmongo.steps;

import hudson.init.Terminator;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.kube.Cluster;

/** The one engine of this Jenkins: made when a step first needs it, ended with Jenkins, and the clients of its operations after it. */
public final class Engines {
    private static Engine current;

    private Engines() {}

    static synchronized Engine get() {
        if (current == null) {
            current = new Engine();
        }
        return current;
    }

    /**
     * Whether that engine still runs. What an engine says while Jenkins shuts down is not the step's result: the step resumes with
     * the next Jenkins.
     */
    static synchronized boolean runs(Engine engine) {
        return engine == current;
    }

    /** Called when Jenkins ends. */
    @Terminator
    public static void shutdown() {
        Engine ended;
        synchronized (Engines.class) {
            ended = current;
            current = null;
        }
        if (ended != null) {
            ended.shutdown();
        }
        Cluster.closeAll();
    }
}
