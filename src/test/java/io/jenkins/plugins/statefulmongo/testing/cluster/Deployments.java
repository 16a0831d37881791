package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The Deployment and ReplicaSet controllers: rolling update within maxSurge and maxUnavailable, or Recreate. */
final class Deployments {
    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String HASH = "pod-template-hash";

    private final Store store;
    private final Deletion deletion;
    private final Events events;

    Deployments(Store store, Deletion deletion, Events events) {
        this.store = store;
        this.deletion = deletion;
        this.events = events;
    }

    void reconcile(String namespace) {
        store.list(Resource.REPLICA_SETS, namespace).stream().filter(set -> !Json.deleting(set)).forEach(this::replicaSet);
        store.list(Resource.DEPLOYMENTS, namespace).stream().filter(d -> !Json.deleting(d)).forEach(this::deployment);
    }

    private void deployment(ObjectNode deployment) {
        List<ObjectNode> old = new ArrayList<>();
        ObjectNode found = null;
        long newest = 0;
        JsonNode template = Json.at(deployment, "spec", "template");
        for (ObjectNode set : store.list(Resource.REPLICA_SETS, Json.namespace(deployment))) {
            if (!Json.text(Json.controller(set), "uid").equals(Json.uid(deployment))) {
                continue;
            }
            newest = Math.max(newest, revision(set));
            if (withoutHash(set).equals(template)) {
                found = set;
            } else {
                old.add(set);
            }
        }
        long next = found != null && revision(found) == newest ? newest : newest + 1;
        ObjectNode current = found == null ? create(deployment, template, next) : found;
        if (revision(current) != next) {
            current = store.edit(Resource.REPLICA_SETS, current, s -> Json.child(s, "metadata", "annotations").put(REVISION, "" + next));
        }
        roll(deployment, current, old);
        status(deployment, current, old, next);
    }

    private static long revision(ObjectNode set) {
        return Json.at(set, "metadata", "annotations", REVISION).asLong(0);
    }

    private static JsonNode withoutHash(ObjectNode set) {
        ObjectNode template = Json.at(set, "spec", "template").deepCopy();
        Json.child(template, "metadata", "labels").remove(HASH);
        return template;
    }

    private ObjectNode create(ObjectNode deployment, JsonNode template, long revision) {
        String hash = Revisions.hash(template);
        ObjectNode set = Json.object().put("kind", "ReplicaSet").put("apiVersion", "apps/v1");
        ObjectNode metadata = set.putObject("metadata").put("name", Json.name(deployment) + "-" + hash)
                .put("namespace", Json.namespace(deployment));
        metadata.set("labels", Json.at(template, "metadata", "labels").deepCopy());
        Json.child(metadata, "labels").put(HASH, hash);
        Json.child(metadata, "annotations").put(REVISION, "" + revision);
        ObjectNode spec = set.putObject("spec").put("replicas", 0);
        spec.set("selector", Json.at(deployment, "spec", "selector").deepCopy());
        Json.child(spec, "selector", "matchLabels").put(HASH, hash);
        spec.set("template", template.deepCopy());
        Json.child(spec, "template", "metadata", "labels").put(HASH, hash);
        Pods.control(Resource.DEPLOYMENTS, deployment, set);
        return store.create(Resource.REPLICA_SETS, set, false);
    }

    private void roll(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
        int wanted = Json.at(deployment, "spec", "replicas").asInt();
        boolean recreate = Json.text(deployment, "spec", "strategy", "type").equals("Recreate");
        JsonNode rolling = Json.at(deployment, "spec", "strategy", "rollingUpdate");
        int surge = recreate ? 0 : Budgets.amount(rolling.path("maxSurge"), wanted, true);
        int unavailable = recreate ? wanted : Budgets.amount(rolling.path("maxUnavailable"), wanted, false);
        int oldReplicas = old.stream().mapToInt(Deployments::replicas).sum();
        int oldPods = old.stream().mapToInt(set -> Pods.ownedBy(store, set).size()).sum();
        if (recreate && oldReplicas + oldPods > 0) {
            old.forEach(set -> scale(deployment, set, 0));
            return;
        }
        int room = wanted + surge - oldReplicas;
        scale(deployment, current, Math.max(Math.min(wanted, room), Math.min(replicas(current), wanted)));
        // Old pods that are not available go first; of the available ones as many as may be missing.
        int available = available(current) + old.stream().mapToInt(this::available).sum();
        int spare = available - (wanted - unavailable);
        for (ObjectNode set : old) {
            int broken = Math.max(0, replicas(set) - available(set));
            int drop = Math.min(replicas(set), broken + Math.max(0, Math.min(spare, available(set))));
            spare -= Math.max(0, drop - broken);
            scale(deployment, set, replicas(set) - drop);
        }
    }

    private static int replicas(ObjectNode set) {
        return Json.at(set, "spec", "replicas").asInt();
    }

    private int available(ObjectNode set) {
        return (int) Pods.ownedBy(store, set).stream().filter(Pods::isHealthy).count();
    }

    private void scale(ObjectNode deployment, ObjectNode set, int replicas) {
        if (replicas(set) != replicas) {
            events.normal(Resource.DEPLOYMENTS, deployment, "deployment-controller", "ScalingReplicaSet", "Scaled "
                    + (replicas > replicas(set) ? "up" : "down") + " replica set " + Json.name(set) + " from " + replicas(set) + " to " + replicas);
            store.edit(Resource.REPLICA_SETS, set, s -> Json.child(s, "spec").put("replicas", replicas));
        }
    }

    private void status(ObjectNode deployment, ObjectNode current, List<ObjectNode> old, long revision) {
        List<ObjectNode> updated = Pods.ownedBy(store, current);
        int total = updated.size() + old.stream().mapToInt(set -> Pods.ownedBy(store, set).size()).sum();
        int available = available(current) + old.stream().mapToInt(this::available).sum();
        int wanted = Json.at(deployment, "spec", "replicas").asInt();
        boolean done = updated.size() == wanted && total == wanted && available >= wanted;
        int needed = wanted - (Json.text(deployment, "spec", "strategy", "type").equals("Recreate") ? 0
                : Budgets.amount(Json.at(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable"), wanted, false));
        store.edit(Resource.DEPLOYMENTS, deployment, d -> {
            Json.child(d, "metadata", "annotations").put(REVISION, "" + revision);
            ObjectNode status = Json.child(d, "status");
            status.put("observedGeneration", Json.at(deployment, "metadata", "generation").asLong()).put("replicas", total)
                    .put("updatedReplicas", updated.size()).put("readyReplicas", available).put("availableReplicas", available)
                    .put("unavailableReplicas", Math.max(0, wanted - available));
            ArrayNode conditions = Json.list(status, "conditions");
            condition(conditions, "Available", available >= needed,
                    available >= needed ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable");
            condition(conditions, "Progressing", true, done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated");
        });
    }

    static void condition(ArrayNode conditions, String type, boolean holds, String reason) {
        ObjectNode found = null;
        for (JsonNode condition : conditions) {
            found = condition.path("type").asText().equals(type) ? (ObjectNode) condition : found;
        }
        ObjectNode condition = found == null ? conditions.addObject().put("type", type) : found;
        String value = holds ? "True" : "False";
        if (!condition.path("status").asText().equals(value) || !condition.path("reason").asText().equals(reason)) {
            condition.put("status", value).put("reason", reason).put("lastTransitionTime", Json.now()).put("lastUpdateTime", Json.now());
        }
    }

    private void replicaSet(ObjectNode set) {
        List<ObjectNode> pods = Pods.ownedBy(store, set);
        List<ObjectNode> live = new ArrayList<>(pods.stream().filter(pod -> !Json.deleting(pod)).toList());
        for (int missing = replicas(set) - live.size(); missing > 0; missing--) {
            String name = Json.name(set) + "-" + UUID.randomUUID().toString().substring(0, 5);
            ObjectNode pod = Pods.fromTemplate(Resource.REPLICA_SETS, set, Json.at(set, "spec", "template"), name);
            Json.child(pod, "metadata").put("generateName", Json.name(set) + "-");
            Optional<String> forbidden = Quotas.forbid(store, pod);
            if (forbidden.isPresent()) {
                events.warning(Resource.REPLICA_SETS, set, "replicaset-controller", "FailedCreate", "Error creating: " + forbidden.get());
                break;
            }
            store.create(Resource.PODS, pod, false);
            events.normal(Resource.REPLICA_SETS, set, "replicaset-controller", "SuccessfulCreate", "Created pod: " + name);
        }
        live.sort((a, b) -> Boolean.compare(Pods.isReady(a), Pods.isReady(b)));
        for (int i = 0; i < live.size() - replicas(set); i++) {
            deletion.delete(Resource.PODS, live.get(i), Json.object(), Map.of(), false);
            events.normal(Resource.REPLICA_SETS, set, "replicaset-controller", "SuccessfulDelete", "Deleted pod: " + Json.name(live.get(i)));
        }
        int ready = (int) pods.stream().filter(Pods::isReady).count();
        store.edit(Resource.REPLICA_SETS, set, s -> Json.child(s, "status").put("replicas", pods.size()).put("readyReplicas", ready)
                .put("availableReplicas", ready).put("observedGeneration", Json.at(set, "metadata", "generation").asLong()));
    }
}
