package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A pod on its node, from scheduled to gone. */
final class PodRun {
    private static final String SOURCE = "kubelet";
    /** Until the volumes of an evicted pod are unmounted, it is there, ended. */
    private static final long CLEARING = 200;
    private static final String PRESSURE = "The node was low on resource: memory.";

    private final Kubelet kubelet;
    private final ObjectNode pod;
    private final String address;
    private final String started = Json.now();
    private final List<Container> containers = new ArrayList<>();
    private boolean terminating;
    private boolean gone;
    private boolean evicted;
    private boolean cleared = true;
    private Runnable deadline = () -> {};
    private long grace;

    PodRun(Kubelet kubelet, ObjectNode pod, String address) {
        this.kubelet = kubelet;
        this.pod = pod;
        this.address = address;
        Json.at(pod, "spec", "containers").forEach(spec -> containers.add(new Container(this, spec)));
    }

    Kubelet kubelet() {
        return kubelet;
    }

    ObjectNode spec() {
        return pod;
    }

    String title() {
        return Json.name(pod) + "_" + Json.namespace(pod) + "(" + Json.uid(pod) + ")";
    }

    boolean isOver() {
        return terminating || gone || evicted;
    }

    Container container(String name) {
        return containers.stream().filter(c -> name.isEmpty() || c.name().equals(name)).findFirst().orElse(null);
    }

    void event(String kind, String reason, String message) {
        kubelet.events.record(Resource.PODS, pod, SOURCE, kind, reason, message);
    }

    void start() {
        containers.forEach(Container::start);
        push();
    }

    void pullAgain() {
        containers.forEach(Container::pullAgain);
    }

    /** SIGTERM to all, and SIGKILL after the grace period; a second call may only shorten it. */
    void terminate(long graceSeconds) {
        if (terminating && graceSeconds >= grace) {
            ended();
            return;
        }
        boolean first = !terminating;
        terminating = true;
        grace = graceSeconds;
        deadline.run();
        deadline = kubelet.loop.after(graceSeconds * 1000, () -> {
            kill();
            ended();
        });
        if (first) {
            push();
            containers.forEach(Container::terminate);
            ended();
        }
    }

    void kill() {
        gone = true;
        deadline.run();
        killContainers("Error");
        kubelet.network.runs(Json.uid(pod), List.of());
    }

    /** As a kubelet does that runs short of memory. The object stays, for its controller to see. */
    void evict() {
        if (isOver()) {
            return;
        }
        evicted = true;
        cleared = false;
        event("Warning", "Evicted", PRESSURE);
        killContainers("Error");
        push();
        kubelet.loop.after(CLEARING, () -> {
            cleared = true;
            ended();
        });
    }

    void killContainers(String reason) {
        containers.forEach(c -> c.kill(reason));
    }

    /** A container has ended: when a terminating pod's last one has, the object goes. */
    void ended() {
        if ((terminating || gone) && cleared && programs().isEmpty()) {
            deadline.run();
            kubelet.finish(pod);
        }
    }

    private List<Program> programs() {
        return containers.stream().map(Container::program).filter(Objects::nonNull).toList();
    }

    /** Writes the status, if it has changed. */
    void push() {
        kubelet.network.runs(Json.uid(pod), programs());
        kubelet.store.edit(Resource.PODS, pod, p -> {
            ObjectNode status = Json.child(p, "status");
            boolean ready = !isOver() && containers.stream().allMatch(Container::isReady);
            status.put("phase", containers.stream().allMatch(Container::hasRun) ? "Running" : "Pending").put("podIP", address)
                    .put("hostIP", "127.0.0.1").put("startTime", started);
            status.putArray("podIPs").addObject().put("ip", address);
            ArrayNode statuses = status.putArray("containerStatuses");
            containers.forEach(c -> statuses.add(c.status()));
            ArrayNode conditions = Json.list(status, "conditions");
            for (String type : List.of("PodReadyToStartContainers", "Initialized")) {
                condition(conditions, type, true, "");
            }
            condition(conditions, "ContainersReady", ready, "ContainersNotReady");
            condition(conditions, "Ready", ready, "ContainersNotReady");
            if (evicted) {
                status.put("phase", "Failed").put("reason", "Evicted").put("message", PRESSURE);
            }
        });
    }

    static void condition(ArrayNode conditions, String type, boolean holds, String otherwise) {
        ObjectNode found = null;
        for (JsonNode condition : conditions) {
            found = condition.path("type").asText().equals(type) ? (ObjectNode) condition : found;
        }
        ObjectNode condition = found == null ? conditions.addObject().put("type", type) : found;
        String value = holds ? "True" : "False";
        if (!condition.path("status").asText().equals(value)) {
            condition.put("status", value).put("lastTransitionTime", Json.now());
        }
        if (holds || otherwise.isEmpty()) {
            condition.remove(List.of("reason", "message"));
        } else {
            condition.put("reason", otherwise);
        }
    }

    static Map<String, String> labels(JsonNode o) {
        return Json.strings(Json.at(o, "metadata", "labels"));
    }
}
