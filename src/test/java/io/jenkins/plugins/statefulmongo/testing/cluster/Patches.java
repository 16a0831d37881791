package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.List;

/** The three kinds of patch beside server-side apply. */
final class Patches {
    private Patches() {}

    static ObjectNode patch(Resource type, ObjectNode live, String contentType, JsonNode patch) {
        switch (contentType) {
            case "application/json-patch+json":
                return json(type, live, patch);
            case "application/merge-patch+json":
                return merge(live, patch);
            case "application/strategic-merge-patch+json":
                ObjectNode result = live.deepCopy();
                strategic(result, patch);
                return result;
            default:
                throw new ApiException(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types"
                        + " include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml", null);
        }
    }

    private static ObjectNode json(Resource type, ObjectNode live, JsonNode patch) {
        for (JsonNode operation : patch) {
            String path = operation.path("path").asText();
            if (operation.path("op").asText().equals("test") && !live.at(path).equals(operation.path("value"))) {
                throw unprocessable();
            }
        }
        try {
            return (ObjectNode) JsonPatch.apply(patch, live.deepCopy());
        } catch (JsonPatchException e) {
            throw unprocessable();
        }
    }

    private static ApiException unprocessable() {
        return new ApiException(422, "Invalid", "the server rejected our request due to an error in our request", Json.object());
    }

    private static ObjectNode merge(JsonNode live, JsonNode patch) {
        ObjectNode result = live instanceof ObjectNode object ? object.deepCopy() : Json.object();
        patch.properties().forEach(e -> {
            if (e.getValue().isNull()) {
                result.remove(e.getKey());
            } else if (e.getValue().isObject()) {
                result.set(e.getKey(), merge(result.get(e.getKey()), e.getValue()));
            } else {
                result.set(e.getKey(), e.getValue());
            }
        });
        return result;
    }

    private static void strategic(ObjectNode into, JsonNode patch) {
        boolean replace = patch.path("$patch").asText().equals("replace");
        if (replace) {
            into.removeAll();
        }
        patch.properties().forEach(e -> {
            String name = e.getKey();
            JsonNode value = e.getValue();
            if (name.startsWith("$")) {
                return;
            }
            List<String> keys = value.isArray() ? Schema.keys(name, value) : null;
            if (value.isNull()) {
                into.remove(name);
            } else if (value.isObject()) {
                strategic(Json.child(into, name), value);
            } else if (keys != null) {
                items(Json.list(into, name), value, keys.subList(0, 1));
            } else {
                into.set(name, value);
            }
        });
    }

    private static void items(ArrayNode list, JsonNode patch, List<String> keys) {
        for (JsonNode item : patch) {
            ObjectNode same = Schema.find(list, keys, Schema.key(keys, item));
            if (item.path("$patch").asText().equals("delete")) {
                for (int i = list.size() - 1; i >= 0; i--) {
                    if (list.get(i) == same) {
                        list.remove(i);
                    }
                }
            } else if (same == null) {
                list.add(item);
            } else {
                strategic(same, item);
            }
        }
    }
}
