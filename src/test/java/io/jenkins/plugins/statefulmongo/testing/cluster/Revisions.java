package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The history of a StatefulSet's template, in ControllerRevisions. */
final class Revisions {
    private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";

    private Revisions() {}

    /** A short name for a template: the same for the same content. */
    static String hash(JsonNode template) {
        StringBuilder name = new StringBuilder();
        long seed = template.toString().hashCode() * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < 10; i++) {
            name.append(SAFE.charAt((int) Long.remainderUnsigned(seed, SAFE.length())));
            seed = Long.rotateLeft(seed * 0xBF58476D1CE4E5B9L, 17);
        }
        return name.toString();
    }

    static List<ObjectNode> of(Store store, ObjectNode set) {
        List<ObjectNode> found = new ArrayList<>();
        for (ObjectNode revision : store.list(Resource.REVISIONS, Json.namespace(set))) {
            if (Json.text(Json.controller(revision), "uid").equals(Json.uid(set))) {
                found.add(revision);
            }
        }
        found.sort(Comparator.comparingLong(r -> r.path("revision").asLong()));
        return found;
    }

    /** The revision of the set's template: found again (then it becomes the newest), adopted, or new. */
    static ObjectNode current(Store store, ObjectNode set) {
        JsonNode template = Json.at(set, "spec", "template");
        List<ObjectNode> history = of(store, set);
        long next = history.isEmpty() ? 1 : history.get(history.size() - 1).path("revision").asLong() + 1;
        for (ObjectNode revision : history) {
            if (template(revision).equals(template)) {
                return revision == history.get(history.size() - 1) ? revision
                        : store.edit(Resource.REVISIONS, revision, r -> r.put("revision", next));
            }
        }
        String name = Json.name(set) + "-" + hash(template);
        ObjectNode orphan = store.get(Resource.REVISIONS, Json.namespace(set), name);
        if (orphan != null) {
            return store.edit(Resource.REVISIONS, orphan, r -> Pods.control(Resource.STATEFUL_SETS, set, r));
        }
        ObjectNode revision = Json.object().put("kind", "ControllerRevision").put("apiVersion", "apps/v1");
        ObjectNode metadata = revision.putObject("metadata").put("name", name).put("namespace", Json.namespace(set));
        metadata.set("labels", Json.at(template, "metadata", "labels").deepCopy());
        Json.child(metadata, "labels").put("controller.kubernetes.io/hash", hash(template));
        Json.child(revision, "data", "spec").set("template", template.deepCopy());
        Json.child(revision, "data", "spec", "template").put("$patch", "replace");
        Pods.control(Resource.STATEFUL_SETS, set, revision);
        return store.create(Resource.REVISIONS, revision.put("revision", next), false);
    }

    static JsonNode template(ObjectNode revision) {
        ObjectNode template = Json.at(revision, "data", "spec", "template").deepCopy();
        template.remove("$patch");
        return template;
    }

    static void prune(Store store, ObjectNode set, List<String> live) {
        List<ObjectNode> history = of(store, set);
        history.removeIf(r -> live.contains(Json.name(r)));
        int surplus = history.size() - Json.at(set, "spec", "revisionHistoryLimit").asInt(10);
        for (int i = 0; i < surplus; i++) {
            store.remove(Resource.REVISIONS, history.get(i));
        }
    }
}
