package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;

/** What a namespace's quotas of pods and its limits of containers forbid its controllers, in the API server's words. */
final class Quotas {
    private static final Resource QUOTAS = Resource.ofKind("ResourceQuota");
    private static final Resource LIMITS = Resource.ofKind("LimitRange");

    private Quotas() {}

    /** Counts what is used, as the quota controller does. */
    static void reconcile(Store store, String namespace) {
        for (ObjectNode quota : store.list(QUOTAS, namespace)) {
            store.edit(QUOTAS, quota, q -> {
                ObjectNode status = Json.child(q, "status");
                status.set("hard", Json.at(q, "spec", "hard").deepCopy());
                if (Json.at(q, "spec", "hard").has("pods")) {
                    Json.child(status, "used").put("pods", String.valueOf(pods(store, namespace)));
                }
            });
        }
    }

    private static long pods(Store store, String namespace) {
        return store.list(Resource.PODS, namespace).stream()
                .filter(p -> !List.of("Failed", "Succeeded").contains(Json.text(p, "status", "phase")))
                .count();
    }

    /** Why this pod may not be created, or empty. */
    static Optional<String> forbid(Store store, ObjectNode pod) {
        String namespace = Json.namespace(pod);
        for (ObjectNode limits : store.list(LIMITS, namespace)) {
            for (JsonNode limit : Json.at(limits, "spec", "limits")) {
                Optional<String> why = limit.path("type").asText().equals("Container") ? exceeded(limit.path("max"), pod) : Optional.empty();
                if (why.isPresent()) {
                    return Optional.of(forbidden(pod) + why.get());
                }
            }
        }
        long used = pods(store, namespace);
        return store.list(QUOTAS, namespace).stream()
                .filter(q -> Json.at(q, "spec", "hard").has("pods") && Json.at(q, "spec", "hard", "pods").asLong() <= used)
                .map(q -> forbidden(pod) + "exceeded quota: " + Json.name(q) + ", requested: pods=1, used: pods=" + used + ", limited: pods="
                        + Json.at(q, "spec", "hard", "pods").asText())
                .findFirst();
    }

    private static String forbidden(ObjectNode pod) {
        return "pods \"" + Json.name(pod) + "\" is forbidden: ";
    }

    private static Optional<String> exceeded(JsonNode max, ObjectNode pod) {
        for (JsonNode container : Json.at(pod, "spec", "containers")) {
            for (String resource : List.of("cpu", "memory")) {
                String limit = Json.text(container, "resources", "limits", resource);
                if (max.has(resource) && !limit.isEmpty() && new Quantity(limit).getNumericalAmount()
                        .compareTo(new Quantity(max.path(resource).asText()).getNumericalAmount()) > 0) {
                    return Optional.of("maximum " + resource + " usage per Container is " + max.path(resource).asText() + ", but limit is " + limit);
                }
            }
        }
        return Optional.empty();
    }
}
