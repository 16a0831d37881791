package io.jenkins.plugins.statefulmongo.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the API server says of one pod of a StatefulSet.
 *
 * @param ordinal the number at the end of its name
 * @param revision the label controller-revision-hash; null for a pod that is no StatefulSet's
 * @param owner uid of the controlling owner, or null
 * @param ready the condition Ready
 * @param terminating a deletion was asked for
 * @param scheduledAt when it was given a node (whole seconds), or null
 * @param readyAt when Ready last became what it is (whole seconds), or null
 * @param node where it was scheduled to, or null
 * @param claims names of its volume claims
 * @param containers init containers first
 * @param scheduling reason and message of a false PodScheduled condition, or null
 */
public record PodState(
        String name,
        int ordinal,
        String uid,
        String resourceVersion,
        String revision,
        String owner,
        String phase,
        boolean ready,
        boolean terminating,
        Instant createdAt,
        Instant scheduledAt,
        Instant readyAt,
        String node,
        List<String> claims,
        List<ContainerState> containers,
        String scheduling,
        String reason) {

    /**
     * What the kubelet says of one container; reasons as Kubernetes names them, null where there is none.
     *
     * @param mongod it is the one that runs mongod
     * @param running it is up, ready or not
     */
    public record ContainerState(
            String name,
            String image,
            boolean init,
            boolean mongod,
            boolean running,
            boolean ready,
            int restarts,
            String waitingReason,
            String waitingMessage,
            Integer lastExitCode,
            String lastReason) {}

    public static PodState of(Map<String, Object> pod) {
        return of(pod, null);
    }

    /** @param container the name of mongod's container, or null: found by its command or image */
    public static PodState of(Map<String, Object> pod, String container) {
        Map<String, Object> ready = condition(pod, "Ready");
        Map<String, Object> scheduled = condition(pod, "PodScheduled");
        String name = Json.text(pod, "metadata", "name");
        return new PodState(
                name,
                ordinal(name),
                Json.text(pod, "metadata", "uid"),
                Json.text(pod, "metadata", "resourceVersion"),
                Json.text(pod, "metadata", "labels", "controller-revision-hash"),
                controller(pod),
                Json.text(pod, "status", "phase"),
                "True".equals(ready.get("status")),
                Json.at(pod, "metadata", "deletionTimestamp") != null,
                instant(Json.text(pod, "metadata", "creationTimestamp")),
                "True".equals(scheduled.get("status")) ? instant(Json.text(scheduled, "lastTransitionTime")) : null,
                instant(Json.text(ready, "lastTransitionTime")),
                Json.text(pod, "spec", "nodeName"),
                Json.list(pod, "spec", "volumes").stream()
                        .map(v -> Json.text(v, "persistentVolumeClaim", "claimName"))
                        .filter(c -> c != null)
                        .toList(),
                containers(pod, container),
                "False".equals(scheduled.get("status"))
                        ? Json.text(scheduled, "reason") + ": " + Json.text(scheduled, "message")
                        : null,
                Json.text(pod, "status", "reason"));
    }

    /** The number at the end of a StatefulSet pod's name, or -1. */
    public static int ordinal(String name) {
        String digits = name.substring(name.lastIndexOf('-') + 1);
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
    }

    /** The uid of the owner that has {@code controller: true}, or null. */
    public static String controller(Map<String, Object> object) {
        return Json.list(object, "metadata", "ownerReferences").stream()
                .filter(o -> Json.flag(o, "controller"))
                .map(o -> Json.text(o, "uid"))
                .findFirst()
                .orElse(null);
    }

    /** From creation to Ready, in whole seconds as the API server keeps them; empty while not Ready. */
    public Optional<Duration> timeToReady() {
        return ready && readyAt != null && createdAt != null
                ? Optional.of(Duration.between(createdAt, readyAt))
                : Optional.empty();
    }

    /** Whether the database's container can be up, ready or not: also while another one's image cannot be pulled, for which the pod is Pending. */
    public boolean running() {
        return "Running".equals(phase) || containers.stream().anyMatch(c -> c.running() && !c.init());
    }

    /** It ended for good, as one that its node evicted: its containers are not started again, and its controller makes another pod. */
    public boolean failed() {
        return "Failed".equals(phase);
    }

    /** Ready, not on its way out. */
    public boolean serves() {
        return ready && !terminating;
    }

    private static Map<String, Object> condition(Map<String, Object> pod, String type) {
        return Json.list(pod, "status", "conditions").stream()
                .filter(c -> type.equals(c.get("type")))
                .findFirst()
                .orElse(Map.of());
    }

    private static List<ContainerState> containers(Map<String, Object> pod, String container) {
        List<ContainerState> all = new ArrayList<>();
        for (Map<String, Object> status : Json.list(pod, "status", "initContainerStatuses")) {
            all.add(container(status, true, false));
        }
        Object mongod = Mongod.find(Json.map(pod, "spec"), container).get("name");
        for (Map<String, Object> status : Json.list(pod, "status", "containerStatuses")) {
            all.add(container(status, false, status.get("name").equals(mongod)));
        }
        return List.copyOf(all);
    }

    private static ContainerState container(Map<String, Object> status, boolean init, boolean mongod) {
        // A container that ended and waits to be started again tells its end in lastState, one that just ended in state.
        Map<String, Object> ended = Json.map(status, "state", "terminated");
        if (ended.isEmpty()) {
            ended = Json.map(status, "lastState", "terminated");
        }
        return new ContainerState(
                Json.text(status, "name"),
                Json.text(status, "image"),
                init,
                mongod,
                Json.map(status, "state").containsKey("running"),
                Json.flag(status, "ready"),
                Json.number(status, 0, "restartCount"),
                Json.text(status, "state", "waiting", "reason"),
                Json.text(status, "state", "waiting", "message"),
                ended.isEmpty() ? null : Json.number(ended, 0, "exitCode"),
                Json.text(ended, "reason"));
    }

    private static Instant instant(String text) {
        return text == null ? null : Instant.parse(text);
    }
}
