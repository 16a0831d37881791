package io.jenkins.plugins.statefulmongo.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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
