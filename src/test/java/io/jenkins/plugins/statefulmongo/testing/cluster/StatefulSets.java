package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The StatefulSet controller, step by step as the real one:
 * <ol>
 * <li>Take in pods that match and have no owner; find the revision of the template.
 * <li>In order of ordinals: create what is missing; under OrderedReady go on only when it is Ready.
 * <li>From the top: delete pods beyond {@code replicas}; under OrderedReady one at a time, and only while the others are healthy.
 * <li>Under RollingUpdate, from the top down to the partition: delete the first pod of an old revision, when all above it are healthy.
 * </ol>
 * Like the real one it does not replace a pod of a bad revision that never became Ready (kubernetes issue 67250).
 */
final class StatefulSets {
    private static final String SOURCE = "statefulset-controller";
    static final String REVISION_LABEL = "controller-revision-hash";

    private final Store store;
    private final Deletion deletion;
    private final Events events;

    StatefulSets(Store store, Deletion deletion, Events events) {
        this.store = store;
        this.deletion = deletion;
        this.events = events;
    }

    void reconcile(String namespace) {
        for (ObjectNode set : store.list(Resource.STATEFUL_SETS, namespace)) {
            if (!Json.deleting(set)) {
                adopt(set);
                ObjectNode update = Revisions.current(store, set);
                String current = Json.text(set, "status", "currentRevision");
                String currentName = current.isEmpty() ? Json.name(update) : current;
                step(set, update, currentName);
                retention(set);
                status(set, Json.name(update), currentName);
            }
        }
    }

    private void adopt(ObjectNode set) {
        for (ObjectNode pod : store.list(Resource.PODS, Json.namespace(set))) {
            if (Json.controller(pod).isMissingNode() && !Json.deleting(pod) && ordinal(set, pod) >= 0
                    && Selector.matches(Json.at(set, "spec", "selector"), pod)) {
                store.edit(Resource.PODS, pod, p -> Pods.control(Resource.STATEFUL_SETS, set, p));
            }
        }
    }

    private static int ordinal(ObjectNode set, ObjectNode pod) {
        String prefix = Json.name(set) + "-";
        String rest = Json.name(pod).startsWith(prefix) ? Json.name(pod).substring(prefix.length()) : "";
        return rest.matches("\\d{1,6}") ? Integer.parseInt(rest) : -1;
    }

    private Map<Integer, ObjectNode> pods(ObjectNode set) {
        return Pods.ownedBy(store, set).stream().filter(pod -> ordinal(set, pod) >= 0)
                .collect(Collectors.toMap(pod -> ordinal(set, pod), pod -> pod, (a, b) -> a, TreeMap::new));
    }

    private void step(ObjectNode set, ObjectNode update, String current) {
        boolean ordered = !Json.text(set, "spec", "podManagementPolicy").equals("Parallel");
        int start = Json.at(set, "spec", "ordinals", "start").asInt(0);
        int end = start + Json.at(set, "spec", "replicas").asInt();
        Map<Integer, ObjectNode> pods = pods(set);
        for (int ordinal = start; ordinal < end; ordinal++) {
            ObjectNode pod = pods.get(ordinal);
            if (pod != null && List.of("Failed", "Succeeded").contains(Json.text(pod, "status", "phase")) && !Json.deleting(pod)) {
                delete(set, pod);
                return;
            }
            if (pod == null) {
                create(set, ordinal, start, update, current);
            }
            if (ordered && (pod == null || !Pods.isHealthy(pod))) {
                return;
            }
        }
        List<Integer> condemned = pods.keySet().stream().filter(o -> o < start || o >= end).sorted(Comparator.reverseOrder()).toList();
        for (int ordinal : condemned) {
            ObjectNode pod = pods.get(ordinal);
            if (!Json.deleting(pod)) {
                delete(set, pod);
            }
            if (ordered) {
                return;
            }
        }
        if (Json.text(set, "spec", "updateStrategy", "type").equals("OnDelete")) {
            return;
        }
        int partition = Json.at(set, "spec", "updateStrategy", "rollingUpdate", "partition").asInt(0);
        for (int ordinal = end - 1; ordinal >= Math.max(start, partition); ordinal--) {
            ObjectNode pod = pods.get(ordinal);
            if (pod != null && !Json.deleting(pod) && !revision(pod).equals(Json.name(update))) {
                delete(set, pod);
                return;
            }
            if (pod == null || !Pods.isHealthy(pod)) {
                return;
            }
        }
    }

    private static String revision(JsonNode pod) {
        return Json.text(pod, "metadata", "labels", REVISION_LABEL);
    }

    private void delete(ObjectNode set, ObjectNode pod) {
        deletion.delete(Resource.PODS, pod, Json.object(), Map.of(), false);
        events.normal(Resource.STATEFUL_SETS, set, SOURCE, "SuccessfulDelete",
                "delete Pod " + Json.name(pod) + " in StatefulSet " + Json.name(set) + " successful");
    }

    private void create(ObjectNode set, int ordinal, int start, ObjectNode update, String current) {
        int partition = Json.at(set, "spec", "updateStrategy", "rollingUpdate", "partition").asInt(0);
        ObjectNode old = store.get(Resource.REVISIONS, Json.namespace(set), current);
        boolean stayOld = old != null && ordinal < Math.max(start, partition);
        ObjectNode revision = stayOld ? old : update;
        String name = Json.name(set) + "-" + ordinal;
        for (JsonNode template : Json.at(set, "spec", "volumeClaimTemplates")) {
            ObjectNode left = store.get(Resource.CLAIMS, Json.namespace(set), claim(set, template, name));
            if (left != null && Json.deleting(left)) {
                return; // "pvc … is being deleted": tried again when it is gone
            }
        }
        ObjectNode pod = Pods.fromTemplate(Resource.STATEFUL_SETS, set, Revisions.template(revision), name);
        Json.child(pod, "metadata").put("generateName", Json.name(set) + "-");
        Json.child(pod, "metadata", "labels").put(REVISION_LABEL, Json.name(revision)).put("statefulset.kubernetes.io/pod-name", name)
                .put("apps.kubernetes.io/pod-index", String.valueOf(ordinal));
        ObjectNode spec = Json.child(pod, "spec").put("hostname", name).put("subdomain", Json.text(set, "spec", "serviceName"));
        ArrayNode volumes = Json.list(spec, "volumes");
        for (JsonNode template : Json.at(set, "spec", "volumeClaimTemplates")) {
            String claim = claim(set, template, name);
            createClaim(set, template, claim, name);
            volumes.addObject().put("name", Json.name(template)).putObject("persistentVolumeClaim").put("claimName", claim);
        }
        Optional<String> forbidden = Quotas.forbid(store, pod);
        if (forbidden.isPresent()) {
            events.warning(Resource.STATEFUL_SETS, set, SOURCE, "FailedCreate",
                    "create Pod " + name + " in StatefulSet " + Json.name(set) + " failed error: " + forbidden.get());
            return;
        }
        store.create(Resource.PODS, pod, false);
        events.normal(Resource.STATEFUL_SETS, set, SOURCE, "SuccessfulCreate",
                "create Pod " + name + " in StatefulSet " + Json.name(set) + " successful");
    }

    private static String claim(ObjectNode set, JsonNode template, String pod) {
        return Json.name(template) + "-" + pod;
    }

    private void createClaim(ObjectNode set, JsonNode template, String claim, String pod) {
        if (store.get(Resource.CLAIMS, Json.namespace(set), claim) != null) {
            return;
        }
        ObjectNode o = (ObjectNode) template.deepCopy();
        Json.child(o, "metadata").put("name", claim).put("namespace", Json.namespace(set));
        Json.strings(Json.at(set, "spec", "selector", "matchLabels")).forEach((k, v) -> Json.child(o, "metadata", "labels").put(k, v));
        Json.list(Json.child(o, "metadata"), "finalizers").add("kubernetes.io/pvc-protection");
        Defaults.fill(Resource.CLAIMS, o);
        store.create(Resource.CLAIMS, o, false);
        events.normal(Resource.STATEFUL_SETS, set, SOURCE, "SuccessfulCreate", "create Claim " + claim + " Pod " + pod
                + " in StatefulSet " + Json.name(set) + " success");
    }

    /** Claims belong to the set as long as it says that they go with it, and else to nobody. */
    private void retention(ObjectNode set) {
        boolean withSet = Json.text(set, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted").equals("Delete");
        boolean whenScaled = Json.text(set, "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled").equals("Delete");
        int start = Json.at(set, "spec", "ordinals", "start").asInt(0);
        int end = start + Json.at(set, "spec", "replicas").asInt();
        Map<Integer, ObjectNode> pods = pods(set);
        for (JsonNode template : Json.at(set, "spec", "volumeClaimTemplates")) {
            String prefix = claim(set, template, Json.name(set) + "-");
            for (ObjectNode claim : store.list(Resource.CLAIMS, Json.namespace(set))) {
                String rest = Json.name(claim).startsWith(prefix) ? Json.name(claim).substring(prefix.length()) : "";
                if (!rest.matches("\\d{1,6}")) {
                    continue;
                }
                store.edit(Resource.CLAIMS, claim, c -> {
                    Json.child(c, "metadata").remove("ownerReferences");
                    if (withSet) {
                        Pods.control(Resource.STATEFUL_SETS, set, c);
                    }
                });
                int ordinal = Integer.parseInt(rest);
                if (whenScaled && (ordinal < start || ordinal >= end) && !pods.containsKey(ordinal) && !Json.deleting(claim)) {
                    deletion.delete(Resource.CLAIMS, claim, Json.object(), Map.of(), false);
                }
            }
        }
    }

    private void status(ObjectNode set, String update, String current) {
        List<ObjectNode> pods = List.copyOf(pods(set).values());
        int ready = (int) pods.stream().filter(Pods::isReady).count();
        int updated = count(pods, update);
        int wanted = Json.at(set, "spec", "replicas").asInt();
        boolean rolling = Json.text(set, "spec", "updateStrategy", "type").equals("RollingUpdate");
        boolean complete = rolling && updated == wanted && ready == wanted && pods.size() == wanted;
        String now = complete ? update : current;
        store.edit(Resource.STATEFUL_SETS, set, s -> {
            ObjectNode status = Json.child(s, "status");
            status.put("observedGeneration", Json.at(set, "metadata", "generation").asLong()).put("replicas", pods.size())
                    .put("readyReplicas", ready).put("availableReplicas", ready).put("updatedReplicas", updated)
                    .put("currentReplicas", count(pods, now)).put("currentRevision", now).put("updateRevision", update)
                    .put("collisionCount", 0);
        });
        Revisions.prune(store, set, List.of(update, now));
    }

    private static int count(List<ObjectNode> pods, String revision) {
        return (int) pods.stream().filter(pod -> revision(pod).equals(revision) && !Json.deleting(pod)).count();
    }
}
