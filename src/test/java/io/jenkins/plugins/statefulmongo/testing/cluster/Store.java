package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The objects of the cluster, as etcd keeps them: a counter of versions, and a history from which a watch continues.
 * What it returns is shared and must not be changed: {@link #edit} copies.
 */
final class Store {
    /** What happened; {@code before} is null for a new object. */
    record Change(String type, Resource resource, ObjectNode before, ObjectNode object, long version) {}

    private record Key(Resource type, String namespace, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key o) {
            int byType = Integer.compare(Resource.ALL.indexOf(type), Resource.ALL.indexOf(o.type));
            int byNamespace = byType != 0 ? byType : namespace.compareTo(o.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(o.name);
        }
    }

    private static final int HISTORY = 20_000;

    private final Map<Key, ObjectNode> objects = new TreeMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final List<Consumer<Change>> watchers = new CopyOnWriteArrayList<>();
    private long version = 1000;

    synchronized long version() {
        return version;
    }

    synchronized ObjectNode get(Resource type, String namespace, String name) {
        return objects.get(new Key(type, type.namespaced() ? namespace : "", name));
    }

    /** All objects of a type, of one namespace or (null) of all. */
    synchronized List<ObjectNode> list(Resource type, String namespace) {
        List<ObjectNode> found = new ArrayList<>();
        objects.forEach((key, o) -> {
            if (key.type == type && (namespace == null || key.namespace.equals(namespace))) {
                found.add(o);
            }
        });
        return found;
    }

    /** Adds an object, with a new uid unless {@code dryRun}. */
    synchronized ObjectNode create(Resource type, ObjectNode o, boolean dryRun) {
        Key key = key(type, o);
        if (objects.containsKey(key)) {
            throw ApiException.alreadyExists(type, key.name);
        }
        ObjectNode created = o.deepCopy();
        ObjectNode metadata = Json.child(created, "metadata");
        metadata.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", Json.now());
        metadata.remove(List.of("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds"));
        if (created.has("spec") && !type.kind().equals("Service")) {
            metadata.put("generation", 1);
        }
        return dryRun ? created : commit("ADDED", type, key, null, created);
    }

    /** Replaces an object; the same content changes nothing, not even its version. */
    synchronized ObjectNode put(Resource type, ObjectNode o, boolean dryRun) {
        Key key = key(type, o);
        ObjectNode before = objects.get(key);
        if (before == null) {
            throw ApiException.notFound(type, key.name);
        }
        ObjectNode after = o.deepCopy();
        ObjectNode metadata = Json.child(after, "metadata");
        for (String fixed : List.of("uid", "creationTimestamp", "resourceVersion", "generation")) {
            if (before.get("metadata").has(fixed)) {
                metadata.set(fixed, before.get("metadata").get(fixed));
            }
        }
        if (after.equals(before)) {
            return before;
        }
        if (before.path("metadata").has("generation") && !before.path("spec").equals(after.path("spec"))) {
            metadata.put("generation", before.get("metadata").get("generation").asLong() + 1);
        }
        if (dryRun) {
            return after;
        }
        boolean finished = Json.deleting(after) && type != Resource.PODS && type != Resource.NAMESPACES
                && after.get("metadata").path("finalizers").isEmpty();
        return finished ? commit("DELETED", type, key, before, after) : commit("MODIFIED", type, key, before, after);
    }

    /** Changes a copy of the object, if it is still there and has this uid (or uid is null). */
    synchronized ObjectNode edit(Resource type, String namespace, String name, String uid, Consumer<ObjectNode> change) {
        ObjectNode before = get(type, namespace, name);
        if (before == null || uid != null && !Json.uid(before).equals(uid)) {
            return null;
        }
        ObjectNode after = before.deepCopy();
        change.accept(after);
        return put(type, after, false);
    }

    ObjectNode edit(Resource type, ObjectNode o, Consumer<ObjectNode> change) {
        return edit(type, Json.namespace(o), Json.name(o), Json.uid(o), change);
    }

    synchronized void remove(Resource type, ObjectNode o) {
        Key key = key(type, o);
        ObjectNode before = objects.get(key);
        if (before != null && Json.uid(before).equals(Json.uid(o))) {
            commit("DELETED", type, key, before, before.deepCopy());
        }
    }

    /** Calls {@code watcher} for each change after {@code from}, in order and under this store's lock: it must not block. */
    synchronized Runnable watch(long from, Consumer<Change> watcher) {
        if (!history.isEmpty() && from + 1 < history.getFirst().version && history.size() == HISTORY) {
            throw new ApiException(410, "Expired", "too old resource version: " + from + " (" + history.getFirst().version + ")", null);
        }
        history.stream().filter(change -> change.version > from).forEach(watcher);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    private ObjectNode commit(String what, Resource type, Key key, ObjectNode before, ObjectNode after) {
        Json.child(after, "metadata").put("resourceVersion", String.valueOf(++version));
        if (what.equals("DELETED")) {
            objects.remove(key);
        } else {
            objects.put(key, after);
        }
        Change change = new Change(what, type, before, after, version);
        history.add(change);
        if (history.size() > HISTORY) {
            history.removeFirst();
        }
        watchers.forEach(watcher -> watcher.accept(change));
        return after;
    }

    private static Key key(Resource type, ObjectNode o) {
        return new Key(type, type.namespaced() ? Json.namespace(o) : "", Json.name(o));
    }
}
