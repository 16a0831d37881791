package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The events of one watch. */
final class Watches {
    private Watches() {}

    /** Sends what is there (when no version is given) and then each change; returns how to stop it. */
    static Runnable start(Store store, Call call, Consumer<String> send) {
        Predicate<JsonNode> selector = Selector.of(call.query());
        String from = call.query().getOrDefault("resourceVersion", "");
        synchronized (store) {
            long version = from.isEmpty() || from.equals("0") ? store.version() : Long.parseLong(from);
            if (from.isEmpty() || from.equals("0")) {
                store.list(call.resource(), call.namespace().isEmpty() ? null : call.namespace()).stream().filter(selector)
                        .forEach(o -> send.accept(event("ADDED", o)));
            }
            try {
                return store.watch(version, change -> {
                    boolean here = change.resource() == call.resource()
                            && (call.namespace().isEmpty() || call.namespace().equals(Json.namespace(change.object())));
                    String type = here ? type(change, selector) : null;
                    if (type != null) {
                        send.accept(event(type, change.object()));
                    }
                });
            } catch (ApiException expired) {
                send.accept(event("ERROR", expired.status()));
                return () -> {};
            }
        }
    }

    /** An object that comes into the selection is added to it, one that leaves is deleted from it. */
    private static String type(Store.Change change, Predicate<JsonNode> selector) {
        boolean before = change.before() != null && selector.test(change.before());
        boolean after = !change.type().equals("DELETED") && selector.test(change.object());
        return after ? before ? "MODIFIED" : "ADDED" : before ? "DELETED" : null;
    }

    /** Tells which version the watch has come to: under the store's lock, so that no earlier event follows. */
    static void bookmark(Store store, Call call, Consumer<String> send) {
        synchronized (store) {
            ObjectNode mark = Json.object().put("kind", call.resource().kind()).put("apiVersion", call.resource().apiVersion());
            mark.putObject("metadata").put("resourceVersion", String.valueOf(store.version())).putNull("creationTimestamp");
            send.accept(event("BOOKMARK", mark));
        }
    }

    static String event(String type, ObjectNode o) {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", o);
        return event.toString();
    }
}
