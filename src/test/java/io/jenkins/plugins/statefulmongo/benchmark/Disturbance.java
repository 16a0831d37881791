package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.NodeAgent;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the test bed can do to a pod; no other cluster can. */
public final class Disturbance {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Path program;
    private final Path kubeconfig;

    /**
     * @param program the test bed's launcher
     * @param kubeconfig the kubeconfig that is used, which lies in the test bed's folder
     */
    public Disturbance(Path program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** Of the test bed whose kubeconfig the environment names, by the launcher that {@code -Dtestbed} names. */
    public static Disturbance environment() {
        return new Disturbance(Path.of(System.getProperty("testbed", "../shared/testbed/testbed")), Path.of(System.getenv("KUBECONFIG")));
    }

    /** Why scenes that need it cannot be shown here, or null. */
    public String missing() {
        if (!Files.isExecutable(program)) {
            return "there is no test bed at " + program + " (-Dtestbed=PATH)";
        }
        return Files.exists(folder().resolve("control.sock"))
                ? null
                : "the cluster of KUBECONFIG is no test bed: " + folder() + " has no control.sock";
    }

    /** @param signal KILL, STOP, CONT, TERM or OOM */
    public void signal(String namespace, String pod, String signal) throws IOException, InterruptedException {
        run("signal", namespace, pod, signal);
    }

    /** What it does to pods that run, by way of the API server that {@code kube} leads to. */
    public Mishaps mishaps(Kube kube) {
        return new Mishaps() {
            @Override
            public void kill(String namespace, String pod) throws Exception {
                end(namespace, pod, "KILL");
            }

            @Override
            public void outOfMemory(String namespace, String pod) throws Exception {
                end(namespace, pod, "OOM");
            }

            @Override
            public void evict(String namespace, String pod) throws Exception {
                Optional<Map<String, Object>> running = running(namespace, pod);
                if (running.isPresent()) {
                    NodeAgent.evict(kube, namespace, pod, Json.text(running.get(), "metadata", "uid"));
                }
            }

            private void end(String namespace, String pod, String signal) throws Exception {
                if (running(namespace, pod).isEmpty()) {
                    return;
                }
                try {
                    signal(namespace, pod, signal);
                } catch (IOException e) {
                    if (!e.getMessage().contains("no running pod")) {
                        throw e; // else it ended meanwhile
                    }
                }
            }

            private Optional<Map<String, Object>> running(String namespace, String pod) throws Exception {
                return kube.get(Kind.POD, namespace, pod)
                        .filter(p -> Json.at(p, "metadata", "deletionTimestamp") == null)
                        .filter(p -> Json.list(p, "status", "containerStatuses").stream().anyMatch(c -> !Json.map(c, "state", "running").isEmpty()));
            }
        };
    }

    /**
     * All nodes are cut off from the API server, or back: their one agent stands still, and with it probes, port-forwards and names. What runs in
     * pods goes on.
     */
    public void nodesAway(boolean away) throws IOException, InterruptedException {
        List<String> parts = Files.readAllLines(folder().resolve("pids"));
        Shell.succeed(LIMIT, "kill", away ? "-STOP" : "-CONT", parts.get(parts.size() - 1)); // the agent is started last
    }

    /** Pulls the pod's cable, or puts it back. */
    void partition(String namespace, String pod, boolean on) throws IOException, InterruptedException {
        run("partition", namespace, pod, on ? "on" : "off");
    }

    private void run(String what, String namespace, String pod, String how) throws IOException, InterruptedException {
        Shell.succeed(LIMIT, "env", "TESTBED_DIR=" + folder(), program.toString(), what, namespace + "/" + pod, how);
    }

    private Path folder() {
        return kubeconfig.toAbsolutePath().getParent();
    }
}
