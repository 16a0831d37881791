package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/** Short words for JSON trees, in which the whole API server keeps its objects. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final KubernetesSerialization YAML = new KubernetesSerialization(MAPPER, false);

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Parses JSON or YAML. */
    static JsonNode parse(String text) {
        return YAML.unmarshal(text, JsonNode.class);
    }

    static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String name : path) {
            found = found.path(name);
        }
        return found;
    }

    static String text(JsonNode node, String... path) {
        return at(node, path).asText("");
    }

    static ObjectNode child(ObjectNode node, String... path) {
        ObjectNode found = node;
        for (String name : path) {
            found = found.get(name) instanceof ObjectNode there ? there : found.putObject(name);
        }
        return found;
    }

    static ArrayNode list(ObjectNode node, String name) {
        return node.get(name) instanceof ArrayNode there ? there : node.putArray(name);
    }

    static Map<String, String> strings(JsonNode node) {
        Map<String, String> found = new TreeMap<>();
        node.properties().forEach(e -> found.put(e.getKey(), e.getValue().asText()));
        return found;
    }

    static void setIfAbsent(ObjectNode node, String name, Object value) {
        if (!node.hasNonNull(name)) {
            node.set(name, value instanceof JsonNode json ? json : MAPPER.valueToTree(value));
        }
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String name(JsonNode o) {
        return text(o, "metadata", "name");
    }

    static String namespace(JsonNode o) {
        return text(o, "metadata", "namespace");
    }

    static String uid(JsonNode o) {
        return text(o, "metadata", "uid");
    }

    static boolean deleting(JsonNode o) {
        return at(o, "metadata").hasNonNull("deletionTimestamp");
    }

    /** The owner that controls the object, or a missing node. */
    static JsonNode controller(JsonNode o) {
        for (JsonNode owner : at(o, "metadata", "ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return owner;
            }
        }
        return at(o, "metadata", "no controller");
    }
}
