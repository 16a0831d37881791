package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** One container of a pod: its program's runs, restarts with back-off, log, readiness and status. All on the kubelet's loop. */
final class Container {
    private static final long FIRST_BACK_OFF = 200;
    private static final long LONGEST_BACK_OFF = 2000;

    private final PodRun pod;
    private final JsonNode spec;
    private final String name;
    private Program program;
    private ObjectNode running;
    private ObjectNode last;
    private String waiting = "ContainerCreating";
    private String message = "";
    private int restarts;
    private long backOff;
    private boolean ready;
    private boolean wasUnready;
    private Runnable retry = () -> {};
    private volatile List<String> log = List.of();
    private volatile List<String> previousLog;

    Container(PodRun pod, JsonNode spec) {
        this.pod = pod;
        this.spec = spec;
        this.name = Json.text(spec, "name");
    }

    String name() {
        return name;
    }

    Program program() {
        return program;
    }

    boolean isReady() {
        return ready;
    }

    boolean hasRun() {
        return running != null || last != null;
    }

    void start() {
        if (program != null || pod.isOver()) {
            return;
        }
        Program next;
        try {
            next = pod.kubelet().images.program(pod.spec(), spec);
        } catch (Images.PullException e) {
            pullFailed(e.getMessage());
            return;
        }
        if (last != null) {
            restarts++;
            previousLog = log;
        }
        String image = Json.text(spec, "image");
        pod.event("Normal", "Pulled", "Container image \"" + image + "\" already present on machine");
        pod.event("Normal", "Created", "Created container: " + name);
        pod.event("Normal", "Started", "Started container " + name);
        List<String> lines = new ArrayList<>();
        log = lines;
        program = next;
        running = Json.object().put("startedAt", Json.now());
        waiting = "";
        next.start(new Program.Host() {
            @Override
            public void log(String line) {
                synchronized (lines) {
                    lines.add(line);
                }
            }

            @Override
            public void exited(int code) {
                pod.kubelet().loop.after(0, () -> end(next, code, code == 0 ? "Completed" : "Error"));
            }

            @Override
            public void changed() {
                pod.kubelet().loop.soon(next, Container.this::probe);
            }
        });
        pod.kubelet().loop.soon(next, this::probe);
        pod.push();
    }

    void pullAgain() {
        if (program == null && waiting.contains("ImagePull")) {
            retry.run();
            start();
        }
    }

    private void pullFailed(String why) {
        String image = Json.text(spec, "image");
        boolean again = waiting.equals("ErrImagePull");
        waiting = again ? "ImagePullBackOff" : "ErrImagePull";
        message = again ? "Back-off pulling image \"" + image + "\": ErrImagePull: " + why : why;
        if (again) {
            pod.event("Normal", "BackOff", "Back-off pulling image \"" + image + "\"");
            pod.event("Warning", "Failed", "Error: ImagePullBackOff");
        } else {
            pod.event("Normal", "Pulling", "Pulling image \"" + image + "\"");
            pod.event("Warning", "Failed", "Failed to pull image \"" + image + "\": " + why);
            pod.event("Warning", "Failed", "Error: ErrImagePull");
        }
        retry = pod.kubelet().loop.after(again ? LONGEST_BACK_OFF : 100, this::start);
        pod.push();
    }

    private void end(Program ended, int code, String reason) {
        if (program != ended) {
            return;
        }
        last = Json.object().put("exitCode", code).put("reason", reason).put("startedAt", running.get("startedAt").asText())
                .put("finishedAt", Json.now());
        if (code > 128) {
            last.put("signal", code - 128);
        }
        program = null;
        running = null;
        ready = false;
        if (!pod.isOver()) {
            backOff = Math.min(Math.max(2 * backOff, FIRST_BACK_OFF), LONGEST_BACK_OFF);
            waiting = "CrashLoopBackOff";
            message = "back-off " + backOff + "ms restarting failed container=" + name + " pod=" + pod.title();
            if (restarts > 0) {
                pod.event("Warning", "BackOff", "Back-off restarting failed container " + name + " in pod " + pod.title());
            }
            retry = pod.kubelet().loop.after(backOff, this::start);
        }
        pod.ended();
        pod.push();
    }

    /** The readiness probe, asked whenever its answer may have changed. */
    private void probe() {
        if (program == null || pod.isOver()) {
            return;
        }
        JsonNode probe = spec.path("readinessProbe");
        boolean now = probe.isMissingNode() || program.passes(probe);
        if (!now && !wasUnready) {
            pod.event("Warning", "Unhealthy", "Readiness probe failed");
        }
        wasUnready = !now;
        if (now != ready) {
            ready = now;
            pod.push();
        }
    }

    void terminate() {
        retry.run();
        if (program != null) {
            pod.event("Normal", "Killing", "Stopping container " + name);
            program.terminate();
        }
    }

    /** SIGKILL; the container starts again unless its pod is over. */
    void kill(String reason) {
        if (program != null) {
            Program killed = program;
            killed.kill();
            end(killed, 137, reason);
        }
    }

    List<String> log(boolean previous) {
        List<String> lines = !previous ? log : program == null && last != null ? log : previousLog;
        if (lines == null) {
            return null;
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    ObjectNode status() {
        ObjectNode status = Json.object().put("name", name).put("image", Json.text(spec, "image"))
                .put("imageID", "embedded://" + Json.text(spec, "image")).put("restartCount", restarts).put("ready", ready)
                .put("started", program != null);
        ObjectNode lastState = status.putObject("lastState");
        if (last != null) {
            lastState.set("terminated", last);
        }
        ObjectNode state = status.putObject("state");
        if (running != null) {
            state.set("running", running);
        } else if (pod.isOver() && last != null) {
            state.set("terminated", last);
        } else {
            state.putObject("waiting").put("reason", waiting);
            if (!message.isEmpty()) {
                Json.child(state, "waiting").put("message", message);
            }
        }
        return status;
    }
}
