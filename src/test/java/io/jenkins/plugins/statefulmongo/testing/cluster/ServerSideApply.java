package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Server-side apply, and who owns which field.
 * <ol>
 * <li>The applied object's fields become the manager's.
 * <li>One of them that another manager owns with another value is a conflict, unless forced: then the other loses it.
 * <li>A field that the manager applied before, now leaves out, and that nobody else owns, is removed.
 * <li>The rest is merged: objects field by field, keyed lists item by item, all else as a whole.
 * </ol>
 */
final class ServerSideApply {
    private ServerSideApply() {}

    static ObjectNode apply(Resource type, ObjectNode live, ObjectNode applied, String manager, boolean force) {
        Map<List<String>, JsonNode> wanted = Fields.of(applied);
        Map<List<String>, JsonNode> present = Fields.of(live);
        ObjectNode result = live.deepCopy();
        ArrayNode entries = Json.list(Json.child(result, "metadata"), "managedFields");

        Map<String, List<String>> conflicts = new TreeMap<>();
        Set<List<String>> before = new HashSet<>();
        Set<List<String>> others = new HashSet<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            ObjectNode entry = (ObjectNode) entries.get(i);
            Set<List<String>> owned = Fields.parse(entry.get("fieldsV1"));
            if (isApply(entry, manager)) {
                before = owned;
                continue;
            }
            for (List<String> path : List.copyOf(owned)) {
                JsonNode value = wanted.get(path);
                if (value != null && !value.equals(present.get(path))) {
                    owned.remove(path);
                    conflicts.computeIfAbsent(who(entry), k -> new ArrayList<>()).add(Fields.show(path));
                }
            }
            others.addAll(owned);
            if (force) {
                setFields(entries, i, owned);
            }
        }
        if (!conflicts.isEmpty() && !force) {
            throw conflict(conflicts);
        }
        for (List<String> path : before) {
            if (!wanted.containsKey(path) && !others.contains(path)) {
                Fields.remove(result, path);
            }
        }
        merge(result, applied);
        own(entries, type, manager, "Apply", wanted.keySet());
        return result;
    }

    /** After a write that was no apply: what it changed is the writer's now. */
    static void own(ObjectNode after, ObjectNode before, Resource type, String manager) {
        Map<List<String>, JsonNode> was = before == null ? Map.of() : Fields.of(before);
        Map<List<String>, JsonNode> is = Fields.of(after);
        Set<List<String>> changed = new HashSet<>();
        is.forEach((path, value) -> {
            if (!was.containsKey(path) || value != null && !value.equals(was.get(path))) {
                changed.add(path);
            }
        });
        ArrayNode entries = Json.list(Json.child(after, "metadata"), "managedFields");
        Set<List<String>> mine = new HashSet<>(changed);
        for (int i = entries.size() - 1; i >= 0; i--) {
            JsonNode entry = entries.get(i);
            Set<List<String>> owned = Fields.parse(entry.get("fieldsV1"));
            owned.retainAll(is.keySet());
            if (entry.path("operation").asText().equals("Update") && Json.text(entry, "manager").equals(manager)) {
                mine.addAll(owned);
            } else {
                owned.removeAll(changed);
                setFields(entries, i, owned);
            }
        }
        if (!mine.isEmpty()) {
            own(entries, type, manager, "Update", mine);
        }
        if (entries.isEmpty()) {
            Json.child(after, "metadata").remove("managedFields");
        }
    }

    private static void own(ArrayNode entries, Resource type, String manager, String operation, Set<List<String>> fields) {
        for (JsonNode entry : entries) {
            if (Json.text(entry, "manager").equals(manager) && Json.text(entry, "operation").equals(operation)) {
                if (!Fields.parse(entry.get("fieldsV1")).equals(fields)) {
                    ((ObjectNode) entry).put("time", Json.now()).set("fieldsV1", Fields.format(fields));
                }
                return;
            }
        }
        entries.addObject().put("manager", manager).put("operation", operation).put("apiVersion", type.apiVersion())
                .put("time", Json.now()).put("fieldsType", "FieldsV1").set("fieldsV1", Fields.format(fields));
    }

    private static void setFields(ArrayNode entries, int i, Set<List<String>> fields) {
        if (fields.isEmpty()) {
            entries.remove(i);
        } else if (!Fields.parse(entries.get(i).get("fieldsV1")).equals(fields)) {
            ((ObjectNode) entries.get(i)).set("fieldsV1", Fields.format(fields));
        }
    }

    private static boolean isApply(JsonNode entry, String manager) {
        return Json.text(entry, "manager").equals(manager) && Json.text(entry, "operation").equals("Apply");
    }

    private static String who(JsonNode entry) {
        String using = Json.text(entry, "operation").equals("Apply") ? "" : " using " + Json.text(entry, "apiVersion");
        return "\"" + Json.text(entry, "manager") + "\"" + using;
    }

    private static ApiException conflict(Map<String, List<String>> conflicts) {
        ObjectNode details = Json.object();
        ArrayNode causes = details.putArray("causes");
        Map<String, List<String>> byManager = new LinkedHashMap<>(conflicts);
        int count = 0;
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<String>> e : byManager.entrySet()) {
            e.getValue().sort(null);
            count += e.getValue().size();
            e.getValue().forEach(field -> causes.addObject().put("reason", "FieldManagerConflict")
                    .put("message", "conflict with " + e.getKey()).put("field", field));
        }
        if (count == 1) {
            byManager.forEach((who, fields) -> text.append("conflict with ").append(who).append(": ").append(fields.get(0)));
        } else {
            byManager.forEach((who, fields) -> text.append(text.isEmpty() ? "" : "\n").append("conflicts with ").append(who).append(":\n- ")
                    .append(String.join("\n- ", fields)));
        }
        return new ApiException(409, "Conflict",
                "Apply failed with " + count + (count == 1 ? " conflict: " : " conflicts: ") + text, details);
    }

    private static void merge(ObjectNode into, JsonNode from) {
        from.properties().forEach(e -> {
            String name = e.getKey();
            JsonNode value = e.getValue();
            JsonNode there = into.get(name);
            if (name.equals("managedFields") || name.equals("status") || value.isNull()) {
                return;
            }
            if (value.isObject() && there instanceof ObjectNode object && !Schema.isAtomic(name)) {
                merge(object, value);
            } else if (value.isArray() && there instanceof ArrayNode list && Schema.isSet(name)) {
                Set<JsonNode> members = new HashSet<>();
                list.forEach(members::add);
                value.forEach(item -> {
                    if (!members.contains(item)) {
                        list.add(item);
                    }
                });
            } else if (value.isArray() && there instanceof ArrayNode list && !value.isEmpty() && Schema.keys(name, value) != null) {
                List<String> keys = Schema.keys(name, value);
                for (JsonNode item : value) {
                    ObjectNode same = Schema.find(list, keys, Schema.key(keys, item));
                    if (same == null) {
                        list.add(item.deepCopy());
                    } else {
                        merge(same, item);
                    }
                }
            } else {
                into.set(name, value.deepCopy());
            }
        });
    }
}
