package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the API's schema says about merging: which lists are keyed by what, and which objects change only as a whole. */
final class Schema {
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("containers", List.of("name")), Map.entry("initContainers", List.of("name")),
            Map.entry("ephemeralContainers", List.of("name")), Map.entry("volumes", List.of("name")),
            Map.entry("env", List.of("name")), Map.entry("imagePullSecrets", List.of("name")),
            Map.entry("volumeMounts", List.of("mountPath")), Map.entry("volumeDevices", List.of("devicePath")),
            Map.entry("hostAliases", List.of("ip")), Map.entry("ownerReferences", List.of("uid")),
            Map.entry("conditions", List.of("type")),
            Map.entry("topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")));
    private static final Set<String> ATOMIC = Set.of("selector", "labelSelector", "nodeSelector", "secretKeyRef", "configMapKeyRef",
            "fieldRef", "resourceFieldRef", "requiredDuringSchedulingIgnoredDuringExecution");

    private Schema() {}

    /** The key fields of a list, or null for a list that changes only as a whole. */
    static List<String> keys(String name, JsonNode list) {
        if (name.equals("ports")) {
            return list.path(0).has("containerPort") ? List.of("containerPort", "protocol") : List.of("port", "protocol");
        }
        return KEYS.get(name);
    }

    static boolean isAtomic(String name) {
        return ATOMIC.contains(name);
    }

    static boolean isSet(String name) {
        return name.equals("finalizers");
    }

    /** The key of an item, with the default that the schema gives for a protocol. */
    static ObjectNode key(List<String> fields, JsonNode item) {
        ObjectNode key = Json.object();
        for (String field : fields) {
            if (item.has(field)) {
                key.set(field, item.get(field));
            } else if (field.equals("protocol")) {
                key.put("protocol", "TCP");
            }
        }
        return key;
    }

    static ObjectNode find(ArrayNode list, List<String> fields, ObjectNode key) {
        for (JsonNode item : list) {
            if (key(fields, item).equals(key)) {
                return (ObjectNode) item;
            }
        }
        return null;
    }
}
