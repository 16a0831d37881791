package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.report.Recorder;
import java.util.Map;

/**
 * What an operation works with.
 *
 * @param cluster the API server; whoever opened it closes it after the operation
 * @param namespace the namespace of the step
 * @param console the build's console, and its page
 * @param holder who acts: names this build's step in the Lease of a set, the same after a restart of Jenkins
 * @param wake asks for a tick now: for watches
 * @param login of the database's root user; null where the step names none
 * @param users other users that the step names, by the ids of their credentials
 */
public record Scope(
        Cluster cluster, String namespace, Console console, String holder, Runnable wake, Login login, Map<String, Login> users) {
    public Scope(Cluster cluster, String namespace, Console console, String holder, Runnable wake) {
        this(cluster, namespace, console, holder, wake, null, Map.of());
    }

    /** A scope without a cluster: enough to make an operation, which reads its parameters, never to tick it. For forms. */
    public static Scope unconnected() {
        return new Scope(null, "any", null, "", () -> {});
    }

    public Recorder recorder() {
        return console.recorder();
    }

    public Kube kube() {
        return cluster == null ? null : cluster.kube();
    }
}
