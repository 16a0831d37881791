package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What controllers ask of pods. */
final class Pods {
    private Pods() {}

    static boolean isReady(JsonNode pod) {
        for (JsonNode condition : Json.at(pod, "status", "conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    static boolean isHealthy(JsonNode pod) {
        return isReady(pod) && !Json.deleting(pod);
    }

    static List<ObjectNode> ownedBy(Store store, ObjectNode owner) {
        List<ObjectNode> owned = new ArrayList<>();
        for (ObjectNode pod : store.list(Resource.PODS, Json.namespace(owner))) {
            if (Json.text(Json.controller(pod), "uid").equals(Json.uid(owner))) {
                owned.add(pod);
            }
        }
        return owned;
    }

    /** A pod from a workload's template. */
    static ObjectNode fromTemplate(Resource ownerType, ObjectNode owner, JsonNode template, String name) {
        ObjectNode pod = Json.object().put("kind", "Pod").put("apiVersion", "v1");
        pod.set("metadata", template.path("metadata").isObject() ? template.get("metadata").deepCopy() : Json.object());
        pod.set("spec", template.path("spec").deepCopy());
        Json.child(pod, "metadata").put("name", name).put("namespace", Json.namespace(owner));
        Json.child(pod, "metadata").remove("creationTimestamp");
        control(ownerType, owner, pod);
        Defaults.fill(Resource.PODS, pod);
        return pod;
    }

    static void control(Resource ownerType, ObjectNode owner, ObjectNode o) {
        Json.list(Json.child(o, "metadata"), "ownerReferences").addObject().put("apiVersion", ownerType.apiVersion())
                .put("kind", ownerType.kind()).put("name", Json.name(owner)).put("uid", Json.uid(owner))
                .put("controller", true).put("blockOwnerDeletion", true);
    }
}
