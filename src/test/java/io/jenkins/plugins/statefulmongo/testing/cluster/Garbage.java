package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The garbage collector and the namespace controller: what has lost its owners goes, and a namespace takes all in it along. */
final class Garbage {
    record Dependent(Resource type, ObjectNode object) {}

    private final Store store;
    private final Deletion deletion;

    Garbage(Store store, Deletion deletion) {
        this.store = store;
        this.deletion = deletion;
    }

    static List<Dependent> dependents(Store store, ObjectNode owner) {
        List<Dependent> found = new ArrayList<>();
        for (Dependent d : all(store, Json.namespace(owner))) {
            for (JsonNode reference : Json.at(d.object, "metadata", "ownerReferences")) {
                if (reference.path("uid").asText().equals(Json.uid(owner))) {
                    found.add(d);
                }
            }
        }
        return found;
    }

    private static List<Dependent> all(Store store, String namespace) {
        List<Dependent> all = new ArrayList<>();
        for (Resource type : Resource.ALL) {
            if (type.namespaced()) {
                store.list(type, namespace).forEach(o -> all.add(new Dependent(type, o)));
            }
        }
        return all;
    }

    void reconcile(String namespace) {
        List<Dependent> all = all(store, namespace);
        Set<String> alive = new HashSet<>();
        Set<String> foreground = new HashSet<>();
        for (Dependent d : all) {
            if (finalizers(d.object).contains("foregroundDeletion")) {
                foreground.add(Json.uid(d.object));
            } else {
                alive.add(Json.uid(d.object));
            }
        }
        for (Dependent d : all) {
            JsonNode owners = Json.at(d.object, "metadata", "ownerReferences");
            boolean owned = owners.isEmpty();
            for (JsonNode owner : owners) {
                owned |= alive.contains(owner.path("uid").asText());
            }
            if (!owned && !Json.deleting(d.object)) {
                deletion.delete(d.type, d.object, Json.object(), Map.of(), false);
            }
            if (foreground.contains(Json.uid(d.object)) && dependents(store, d.object).isEmpty()) {
                store.edit(d.type, d.object, o -> without(o, "foregroundDeletion"));
            }
        }
        ObjectNode home = store.get(Resource.NAMESPACES, "", namespace);
        if (home != null && Json.deleting(home)) {
            all.stream().filter(d -> !Json.deleting(d.object))
                    .forEach(d -> deletion.delete(d.type, d.object, Json.object(), Map.of(), false));
            if (all(store, namespace).isEmpty()) {
                store.remove(Resource.NAMESPACES, home);
            }
        }
    }

    static Set<String> finalizers(JsonNode o) {
        Set<String> found = new HashSet<>();
        Json.at(o, "metadata", "finalizers").forEach(f -> found.add(f.asText()));
        return found;
    }

    static void without(ObjectNode o, String finalizer) {
        ArrayNode finalizers = Json.list(Json.child(o, "metadata"), "finalizers");
        for (int i = finalizers.size() - 1; i >= 0; i--) {
            if (finalizers.get(i).asText().equals(finalizer)) {
                finalizers.remove(i);
            }
        }
        if (finalizers.isEmpty()) {
            Json.child(o, "metadata").remove("finalizers");
        }
    }
}
