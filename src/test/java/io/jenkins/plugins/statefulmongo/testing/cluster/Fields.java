package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Paths to the fields of an object, in the words of managedFields: {@code f:name} for a field, {@code k:{…}} for an item of a keyed
 * list, {@code v:…} for a member of a set, and {@code .} for the item itself.
 */
final class Fields {
    private static final Set<String> SERVER_METADATA = Set.of("name", "namespace", "uid", "resourceVersion", "generation",
            "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink");

    private Fields() {}

    /** The fields that someone can own, each with its value. */
    static Map<List<String>, JsonNode> of(JsonNode o) {
        Map<List<String>, JsonNode> found = new LinkedHashMap<>();
        o.properties().forEach(e -> {
            if (e.getKey().equals("metadata")) {
                e.getValue().properties().forEach(m -> {
                    if (!SERVER_METADATA.contains(m.getKey())) {
                        walk(List.of("f:metadata", "f:" + m.getKey()), m.getKey(), m.getValue(), found);
                    }
                });
            } else if (!Set.of("apiVersion", "kind", "status").contains(e.getKey())) {
                walk(List.of("f:" + e.getKey()), e.getKey(), e.getValue(), found);
            }
        });
        return found;
    }

    private static void walk(List<String> path, String name, JsonNode value, Map<List<String>, JsonNode> found) {
        if (value.isNull()) {
            return;
        }
        if (value.isObject() && !value.isEmpty() && !Schema.isAtomic(name)) {
            value.properties().forEach(e -> walk(plus(path, "f:" + e.getKey()), e.getKey(), e.getValue(), found));
        } else if (value.isArray() && Schema.isSet(name)) {
            value.forEach(item -> found.put(plus(path, "v:" + item), item));
        } else if (value.isArray() && !value.isEmpty() && Schema.keys(name, value) != null) {
            for (JsonNode item : value) {
                List<String> itemPath = plus(path, "k:" + Schema.key(Schema.keys(name, value), item));
                found.put(plus(itemPath, "."), null);
                item.properties().forEach(e -> walk(plus(itemPath, "f:" + e.getKey()), e.getKey(), e.getValue(), found));
            }
        } else {
            found.put(path, value);
        }
    }

    static List<String> plus(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }

    /** From the nested form of managedFields. */
    static Set<List<String>> parse(JsonNode fieldsV1) {
        Set<List<String>> found = new LinkedHashSet<>();
        parse(List.of(), fieldsV1, found);
        return found;
    }

    private static void parse(List<String> path, JsonNode node, Set<List<String>> found) {
        if (node.isEmpty()) {
            found.add(path);
        }
        node.properties().forEach(e -> parse(plus(path, e.getKey()), e.getValue(), found));
    }

    /** To the nested form of managedFields. */
    static ObjectNode format(Set<List<String>> paths) {
        ObjectNode root = Json.object();
        paths.forEach(path -> Json.child(root, path.toArray(String[]::new)));
        return root;
    }

    /** As messages show it: {@code .spec.template.spec.containers[name="db"].image}. */
    static String show(List<String> path) {
        StringBuilder text = new StringBuilder();
        for (String step : path) {
            if (step.startsWith("k:")) {
                List<String> keys = new ArrayList<>();
                Json.parse(step.substring(2)).properties().forEach(e -> keys.add(e.getKey() + "=" + e.getValue()));
                text.append('[').append(String.join(",", keys)).append(']');
            } else if (!step.equals(".")) {
                text.append(step.startsWith("v:") ? "[=" + step.substring(2) + "]" : "." + step.substring(2));
            }
        }
        return text.toString();
    }

    /** Takes a field away, and the objects that it leaves empty. */
    static void remove(ObjectNode root, List<String> path) {
        remove(root, path, 0);
    }

    private static void remove(JsonNode node, List<String> path, int i) {
        String step = path.get(i);
        boolean last = i == path.size() - 1 || i == path.size() - 2 && path.get(i + 1).equals(".");
        if (node instanceof ObjectNode object && step.startsWith("f:")) {
            String name = step.substring(2);
            JsonNode below = object.path(name);
            if (!last) {
                remove(below, path, i + 1);
            }
            if (last || below.isContainerNode() && below.isEmpty()) {
                object.remove(name);
            }
        } else if (node instanceof ArrayNode list) {
            for (int n = list.size() - 1; n >= 0; n--) {
                if (step.startsWith("v:") ? step.equals("v:" + list.get(n)) : matches(list.get(n), step)) {
                    if (last) {
                        list.remove(n);
                    } else {
                        remove(list.get(n), path, i + 1);
                    }
                }
            }
        }
    }

    private static boolean matches(JsonNode item, String step) {
        JsonNode key = Json.parse(step.substring(2));
        List<String> names = new ArrayList<>();
        key.fieldNames().forEachRemaining(names::add);
        return Schema.key(names, item).equals(key);
    }
}
