package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;

/** What runs in a container. The kubelet calls it on its own thread: nothing here may block. */
interface Program {
    /** The container, as its program sees it; to be called from any thread. */
    interface Host {
        void log(String line);

        void exited(int code);

        /** Something changed that a readiness probe may see. */
        void changed();
    }

    void start(Host host);

    /** SIGTERM. */
    void terminate();

    /** SIGKILL. The program does not report this end itself. */
    void kill();

    boolean passes(JsonNode probe);

    /** The loopback port of this machine behind a port of the pod, or 0 when nothing listens there. */
    default int localPort(int port) {
        return 0;
    }

    /** Whether other pods reach the port too, and not the pod itself only. */
    default boolean listensOutside(int port) {
        return localPort(port) != 0;
    }
}
