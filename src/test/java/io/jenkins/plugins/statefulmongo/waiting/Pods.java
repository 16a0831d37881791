package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Makes observed states for the tests of what decides on them. */
final class Pods {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Pods() {}

    static PodState pod(int ordinal, String revision, boolean ready, boolean terminating, String phase, ContainerState container, String scheduling) {
        return new PodState("db-" + ordinal, ordinal, "uid-" + ordinal, "1", revision, "set", phase, ready, terminating, START, START, START,
                scheduling == null ? "node-1" : null, List.of("mongo-data-db-" + ordinal), container == null ? List.of() : List.of(container), scheduling, null);
    }

    static PodState pod(int ordinal, String revision, boolean ready, boolean terminating) {
        return pod(ordinal, revision, ready, terminating, "Running", container("mongo:7.0.14", ready, 0, null, null, null, null), null);
    }

    static PodState starting(ContainerState container) {
        return pod(1, "new", false, false, "Pending", container, null);
    }

    static PodState unscheduled(String message) {
        return pod(1, "new", false, false, "Pending", null, "Unschedulable: " + message);
    }

    static ContainerState container(String image, boolean ready, int restarts, String waiting, String message, Integer exit, String reason) {
        return new ContainerState("db", image, false, true, waiting == null, ready, restarts, waiting, message, exit, reason);
    }

    static ContainerState waiting(String reason, String message) {
        return container("mongo:7.0.14", false, 0, reason, message, null, null);
    }

    static ContainerState ended(String image, int exit, String reason) {
        return container(image, false, 3, "CrashLoopBackOff", "back-off 40s restarting failed container", exit, reason);
    }

    static EventState event(String kind, String reason, String message, int seconds) {
        return new EventState(kind, "db-1", reason, message, START.plusSeconds(seconds));
    }

    static ClaimState claim(boolean bound, String storageClass) {
        return new ClaimState("mongo-data-db-1", "claim", bound ? "Bound" : "Pending", bound ? "pvc-1" : null, storageClass, "2Gi", bound ? "2Gi" : null, START, false, null);
    }

    /** @param policy Parallel or OrderedReady */
    static SetState set(int start, int replicas, String strategy, int partition, String policy, boolean observed, boolean updating) {
        return SetState.of(
                Map.of(
                        "metadata",
                        Map.of("namespace", "go-demo-3", "name", "db", "uid", "set", "generation", 2,
                                "annotations", updating ? Map.of(WaitDecision.UPDATE, "{}") : Map.of()),
                        "spec",
                        Map.of("replicas", replicas, "ordinals", Map.of("start", start), "podManagementPolicy", policy,
                                "updateStrategy", Map.of("type", strategy, "rollingUpdate", Map.of("partition", partition))),
                        "status",
                        Map.of("observedGeneration", observed ? 2 : 1, "currentRevision", "old", "updateRevision", "new")),
                null);
    }
}
