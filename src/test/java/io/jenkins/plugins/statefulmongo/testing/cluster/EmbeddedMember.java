package io.jenkins.plugins.statefulmongo.testing.cluster;

/** What a test may do to a mongod, and see of it from inside. */
public final class EmbeddedMember {
    private final EmbeddedCluster cluster;
    private final String namespace;
    private final String pod;

    EmbeddedMember(EmbeddedCluster cluster, String namespace, String pod) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.pod = pod;
    }

    private Member member() {
        return cluster.running(namespace, pod);
    }

    /** SIGSTOP: connections stay open, nothing is answered. */
    public void freeze() {
        member().freeze(true);
    }

    public void thaw() {
        member().freeze(false);
    }

    /** Pulls the member's cable: the others do not reach it, a port-forward does. */
    public void isolate(boolean on) {
        member().isolate(on);
    }

    /** From now on it applies each entry this long after the primary wrote it. Ends with the process. */
    public void lagSeconds(long seconds) {
        Member m = member();
        m.change(() -> m.lagSeconds = seconds);
    }

    /** Stops or continues copying from the primary. Ends with the process. */
    public void holdReplication(boolean on) {
        Member m = member();
        m.change(() -> m.held = on);
    }

    /** SIGKILL: the container ends with code 137 and starts again. */
    public void kill() {
        cluster.kill(namespace, pod, "Error");
    }

    /** As the kernel ends a process for its memory; the container starts again. */
    public void outOfMemory() {
        member(); // or there is none to end
        cluster.kill(namespace, pod, "OOMKilled");
    }

    /** As its node ends a pod when it runs short of memory: the pod is Failed, and its controller makes another one. */
    public void evict() {
        member(); // or there is none to end
        cluster.evict(namespace, pod);
    }

    /** STARTUP, STARTUP2, PRIMARY, SECONDARY, …; STARTUP before it is initiated. */
    public String state() {
        return member().state.name();
    }

    public long term() {
        return member().data.term;
    }
}
