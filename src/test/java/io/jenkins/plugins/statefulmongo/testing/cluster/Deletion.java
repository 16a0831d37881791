package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** How objects go: preconditions, grace periods, finalizers, propagation to dependents, eviction within a disruption budget. */
final class Deletion {
    private final Store store;

    Deletion(Store store) {
        this.store = store;
    }

    ObjectNode delete(Resource type, ObjectNode o, JsonNode options, Map<String, String> query, boolean dryRun) {
        JsonNode preconditions = options.path("preconditions");
        String uid = preconditions.path("uid").asText("");
        if (!uid.isEmpty() && !uid.equals(Json.uid(o))) {
            throw ApiException.precondition(type, Json.name(o), "UID", uid, Json.uid(o),
                    "The object might have been deleted and then recreated");
        }
        String version = preconditions.path("resourceVersion").asText("");
        String now = Json.text(o, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(now)) {
            throw ApiException.precondition(type, Json.name(o), "ResourceVersion", version, now, "The object might have been modified");
        }
        if (dryRun) {
            return ApiException.success(type, Json.name(o), Json.uid(o));
        }
        if (type == Resource.PODS) {
            return deletePod(o, options, query);
        }
        if (type == Resource.NAMESPACES) {
            return store.edit(type, o, n -> {
                mark(n);
                Json.child(n, "status").put("phase", "Terminating");
            });
        }
        String policy = options.path("propagationPolicy").asText(query.getOrDefault("propagationPolicy", "Background"));
        if (policy.equals("Orphan")) {
            orphan(o);
        }
        boolean foreground = policy.equals("Foreground") && !Garbage.dependents(store, o).isEmpty();
        if (foreground || !o.get("metadata").path("finalizers").isEmpty()) {
            return store.edit(type, o, n -> {
                mark(n);
                if (foreground) {
                    Json.list(Json.child(n, "metadata"), "finalizers").add("foregroundDeletion");
                }
            });
        }
        store.remove(type, o);
        return ApiException.success(type, Json.name(o), Json.uid(o));
    }

    private ObjectNode deletePod(ObjectNode pod, JsonNode options, Map<String, String> query) {
        JsonNode asked = options.path("gracePeriodSeconds");
        long grace = asked.isMissingNode() ? Long.parseLong(query.getOrDefault("gracePeriodSeconds",
                Json.at(pod, "spec", "terminationGracePeriodSeconds").asText("30"))) : asked.asLong();
        boolean held = !Json.at(pod, "metadata", "finalizers").isEmpty();
        if (!held && (grace == 0 || Json.text(pod, "spec", "nodeName").isEmpty())) {
            store.remove(Resource.PODS, pod);
            return ApiException.success(Resource.PODS, Json.name(pod), Json.uid(pod));
        }
        return store.edit(Resource.PODS, pod, p -> {
            ObjectNode metadata = Json.child(p, "metadata");
            if (!Json.deleting(p)) {
                metadata.put("deletionTimestamp", Instant.now().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString());
                metadata.put("deletionGracePeriodSeconds", grace);
            } else if (grace < metadata.path("deletionGracePeriodSeconds").asLong()) {
                metadata.put("deletionGracePeriodSeconds", grace);
            }
        });
    }

    private static void mark(ObjectNode o) {
        if (!Json.deleting(o)) {
            Json.child(o, "metadata").put("deletionTimestamp", Json.now()).put("deletionGracePeriodSeconds", 0);
        }
    }

    private void orphan(ObjectNode owner) {
        for (Garbage.Dependent d : Garbage.dependents(store, owner)) {
            store.edit(d.type(), d.object(), o -> {
                ArrayNode owners = Json.list(Json.child(o, "metadata"), "ownerReferences");
                for (int i = owners.size() - 1; i >= 0; i--) {
                    if (owners.get(i).path("uid").asText().equals(Json.uid(owner))) {
                        owners.remove(i);
                    }
                }
                if (owners.isEmpty()) {
                    Json.child(o, "metadata").remove("ownerReferences");
                }
            });
        }
    }

    ObjectNode evict(Call call) {
        ObjectNode pod = store.get(Resource.PODS, call.namespace(), call.name());
        if (pod == null) {
            throw ApiException.notFound(Resource.PODS, call.name());
        }
        JsonNode options = call.json().path("deleteOptions");
        boolean dryRun = call.isDryRun() || options.path("dryRun").path(0).asText().equals("All");
        boolean running = List.of("Running").contains(Json.text(pod, "status", "phase"));
        List<ObjectNode> budgets = store.list(Resource.BUDGETS, call.namespace()).stream()
                .filter(b -> Selector.matches(Json.at(b, "spec", "selector"), pod)).toList();
        if (budgets.size() > 1) {
            throw new ApiException(500, "InternalError",
                    "Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", null);
        }
        // A pod that is not ready may go when those that are ready are enough (unhealthyPodEvictionPolicy's default).
        if (running && !Json.deleting(pod) && !budgets.isEmpty()) {
            Budgets.State state = Budgets.state(store, budgets.get(0));
            boolean unhealthy = !Pods.isReady(pod) && state.healthy() >= state.desired() && state.desired() > 0;
            if (!unhealthy && state.allowed() <= 0) {
                ObjectNode details = Json.object();
                String name = Json.name(budgets.get(0));
                details.putArray("causes").addObject().put("reason", "DisruptionBudget").put("message", "The disruption budget " + name
                        + " needs " + state.desired() + " healthy pods and has " + state.healthy() + " currently");
                throw new ApiException(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", details);
            }
        }
        delete(Resource.PODS, pod, options, Map.of(), dryRun);
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return status.put("status", "Success").put("code", 201);
    }
}
