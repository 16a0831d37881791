package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Writes what a node's agent writes: a cluster whose nodes never run short of anything shows it no other way. */
public final class NodeAgent {
    private static final String WHY = "The node was low on resource: memory.";

    private NodeAgent() {}

    /** As a node that was away tells that it is back. */
    public static void back(Kube kube, String node) throws Exception {
        Map<String, Object> status = Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True", "reason", "KubeletReady",
                "lastHeartbeatTime", now(), "lastTransitionTime", now())));
        write(kube, "/api/v1/nodes/" + node, Map.of("status", status));
    }

    /**
     * As a pod is evicted for its node's lack of memory.
     *
     * @param uid of the pod: another one of that name is left alone
     */
    public static void evict(Kube kube, String namespace, String pod, String uid) throws Exception {
        Map<String, Object> status = Map.of(
                "metadata", Map.of("uid", uid), "status", Map.of("phase", "Failed", "reason", "Evicted", "message", WHY));
        write(kube, Kind.POD.path(namespace, pod), status);
        String now = now();
        kube.create(Kind.EVENT, namespace, Map.of(
                "apiVersion", "v1", "kind", "Event", "metadata", Map.of("name", pod + "." + UUID.randomUUID()),
                "type", "Warning", "reason", "Evicted", "message", WHY, "firstTimestamp", now, "lastTimestamp", now,
                "source", Map.of("component", "kubelet"),
                "involvedObject", Map.of("kind", "Pod", "apiVersion", "v1", "namespace", namespace, "name", pod, "uid", uid)));
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static void write(Kube kube, String path, Map<String, Object> patch) throws Exception {
        HttpResponse<byte[]> answer = kube.requests().send("PATCH", path + "/status", "application/merge-patch+json", kube.write(patch));
        boolean another = answer.code() == 404 || answer.code() == 409; // the one that was meant is gone
        if (!HttpResponse.isSuccessful(answer.code()) && !another) {
            throw new AssertionError(new String(answer.body(), StandardCharsets.UTF_8));
        }
    }
}
