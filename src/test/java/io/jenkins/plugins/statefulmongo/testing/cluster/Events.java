package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Records events as the real components do: a repeated one counts up. */
final class Events {
    private final Store store;
    private long number;

    Events(Store store) {
        this.store = store;
    }

    synchronized void record(Resource type, ObjectNode about, String source, String kind, String reason, String message) {
        String namespace = Json.namespace(about);
        ObjectNode home = store.get(Resource.NAMESPACES, "", namespace);
        if (home == null || Json.deleting(home)) {
            return;
        }
        for (ObjectNode event : store.list(Resource.EVENTS, namespace)) {
            if (Json.text(event, "involvedObject", "uid").equals(Json.uid(about)) && Json.text(event, "reason").equals(reason)
                    && Json.text(event, "message").equals(message)) {
                store.edit(Resource.EVENTS, event, e -> e.put("count", e.path("count").asInt() + 1).put("lastTimestamp", Json.now()));
                return;
            }
        }
        ObjectNode event = Json.object().put("kind", "Event").put("apiVersion", "v1");
        event.putObject("metadata").put("namespace", namespace)
                .put("name", Json.name(about) + "." + Long.toHexString(System.nanoTime() + ++number));
        JsonNode metadata = about.get("metadata");
        event.putObject("involvedObject").put("kind", type.kind()).put("apiVersion", type.apiVersion()).put("namespace", namespace)
                .put("name", Json.name(about)).put("uid", Json.uid(about)).set("resourceVersion", metadata.path("resourceVersion"));
        event.put("reason", reason).put("message", message).put("type", kind).put("count", 1)
                .put("firstTimestamp", Json.now()).put("lastTimestamp", Json.now()).put("reportingComponent", source);
        event.putObject("source").put("component", source);
        store.create(Resource.EVENTS, event, false);
    }

    void normal(Resource type, ObjectNode about, String source, String reason, String message) {
        record(type, about, source, "Normal", reason, message);
    }

    void warning(Resource type, ObjectNode about, String source, String reason, String message) {
        record(type, about, source, "Warning", reason, message);
    }
}
