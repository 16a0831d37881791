package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** Create, read, change and delete, as the API server does them. */
final class Rest {
    private static final Set<String> WITHOUT_STATUS = Set.of("ConfigMap", "Secret", "Event", "StorageClass", "Lease", "ControllerRevision");

    /** An answer: 200, or 201 for something new. */
    record Reply(int code, ObjectNode body) {}

    private final Store store;
    private final Deletion deletion;
    private final Access access;

    Rest(Store store, Deletion deletion, Access access) {
        this.store = store;
        this.deletion = deletion;
        this.access = access;
    }

    Reply serve(Call call) {
        synchronized (store) {
            return switch (call.verb()) {
                case "create" -> call.subresource().equals("eviction") ? new Reply(201, deletion.evict(call)) : create(call);
                case "get" -> new Reply(200, call.subresource().equals("scale") ? scale(call, found(call)) : found(call));
                case "list" -> new Reply(200, list(call));
                case "update" -> update(call);
                case "patch" -> patch(call);
                case "delete" -> new Reply(200, deletion.delete(call.resource(), found(call), call.json(), call.query(), call.isDryRun()));
                default -> new Reply(200, deleteCollection(call));
            };
        }
    }

    private ObjectNode found(Call call) {
        ObjectNode o = store.get(call.resource(), call.namespace(), call.name());
        if (o == null) {
            throw ApiException.notFound(call.resource(), call.name());
        }
        return o;
    }

    private ObjectNode list(Call call) {
        Predicate<JsonNode> selector = Selector.of(call.query());
        ObjectNode list = Json.object().put("kind", call.resource().kind() + "List").put("apiVersion", call.resource().apiVersion());
        list.putObject("metadata").put("resourceVersion", String.valueOf(store.version()));
        ArrayNode items = list.putArray("items");
        store.list(call.resource(), call.namespace().isEmpty() ? null : call.namespace()).stream().filter(selector).forEach(items::add);
        return list;
    }

    private ObjectNode deleteCollection(Call call) {
        ObjectNode deleted = list(call);
        deleted.path("items").forEach(o -> deletion.delete(call.resource(), (ObjectNode) o, call.json(), call.query(), call.isDryRun()));
        return deleted;
    }

    private ObjectNode bodyOf(Call call) {
        if (!(call.json() instanceof ObjectNode body)) {
            throw ApiException.badRequest("the request's body is no object");
        }
        Resource type = call.resource();
        ObjectNode o = body.deepCopy().put("kind", type.kind()).put("apiVersion", type.apiVersion());
        if (!body.path("kind").asText(type.kind()).equals(type.kind())) {
            throw ApiException.badRequest(body.path("kind").asText() + " in version \"" + body.path("apiVersion").asText()
                    + "\" cannot be handled as a " + type.kind() + ": no kind matches");
        }
        ObjectNode metadata = Json.child(o, "metadata");
        if (type.namespaced()) {
            if (!metadata.path("namespace").asText(call.namespace()).equals(call.namespace())) {
                throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
            }
            metadata.put("namespace", call.namespace());
        } else {
            metadata.remove("namespace");
        }
        if (!call.name().isEmpty() && !metadata.path("name").asText(call.name()).equals(call.name())) {
            throw ApiException.badRequest("the name of the object (" + Json.name(o) + ") does not match the name on the URL (" + call.name() + ")");
        }
        if (!call.name().isEmpty()) {
            metadata.put("name", call.name());
        }
        boolean apply = call.contentType().startsWith("application/apply-patch");
        boolean strict = call.query().getOrDefault("fieldValidation", "").equals("Strict");
        String unknown = apply || strict ? Validation.unknownField(type, o) : null;
        if (unknown != null && apply) {
            throw new ApiException(500, "", "failed to create typed patch object (" + call.namespace() + "/" + call.name() + "; "
                    + type.apiVersion() + ", Kind=" + type.kind() + "): " + unknown + ": field not declared in schema", null);
        }
        if (unknown != null) {
            throw ApiException.badRequest(type.kind() + " in version \"" + type.version() + "\" cannot be handled as a " + type.kind()
                    + ": strict decoding error: unknown field \"" + unknown.substring(1) + "\"");
        }
        return o;
    }

    private Reply create(Call call) {
        ObjectNode o = bodyOf(call);
        ObjectNode metadata = Json.child(o, "metadata");
        if (!metadata.hasNonNull("name") && metadata.hasNonNull("generateName")) {
            metadata.put("name", metadata.get("generateName").asText() + UUID.randomUUID().toString().substring(0, 5));
        }
        return createNew(call, o, "");
    }

    /** With {@code applier} not empty, it owns the fields by its apply, else the writer by its update. */
    private Reply createNew(Call call, ObjectNode o, String applier) {
        Resource type = call.resource();
        String name = Json.name(o);
        if (name.isEmpty()) {
            throw ApiException.invalid(type, "", "metadata.name", "Required value: name or generateName is required");
        }
        if (type.namespaced()) {
            ObjectNode namespace = store.get(Resource.NAMESPACES, "", call.namespace());
            if (namespace == null) {
                throw ApiException.notFound(Resource.NAMESPACES, call.namespace());
            }
            if (Json.deleting(namespace)) {
                throw new ApiException(403, "Forbidden", type.qualified() + " \"" + name + "\" is forbidden: unable to create new content in"
                        + " namespace " + call.namespace() + " because it is being terminated", ApiException.details(type, name));
            }
        }
        if (hasStatus(type)) {
            o.remove("status");
        }
        ObjectNode applied = o.deepCopy();
        Defaults.fill(type, o);
        Validation.check(type, null, o, store);
        Json.child(o, "metadata").remove("managedFields");
        ObjectNode owned = o;
        if (applier.isEmpty()) {
            ServerSideApply.own(owned, null, type, call.manager());
        } else {
            owned = ServerSideApply.apply(type, o, applied, applier, true);
            Defaults.fill(type, owned); // lists that go as a whole came without them
        }
        return new Reply(201, store.create(type, owned, call.isDryRun()));
    }

    private static boolean hasStatus(Resource type) {
        return !WITHOUT_STATUS.contains(type.kind());
    }

    private Reply update(Call call) {
        if (call.subresource().equals("scale")) {
            return rescale(call, Json.at(call.json(), "spec", "replicas").asInt());
        }
        ObjectNode live = found(call);
        return new Reply(200, change(call, live, bodyOf(call)));
    }

    private Reply patch(Call call) {
        boolean apply = call.contentType().startsWith("application/apply-patch");
        if (call.subresource().equals("scale")) {
            return rescale(call, Json.at(call.json(), "spec", "replicas").asInt());
        }
        if (!apply) {
            ObjectNode live = found(call);
            return new Reply(200, change(call, live, Patches.patch(call.resource(), live, call.contentType(), call.json())));
        }
        if (!call.query().containsKey("fieldManager")) {
            throw ApiException.invalid(call.resource(), call.name(), "fieldManager", "Required value: is required for apply patch");
        }
        ObjectNode applied = bodyOf(call);
        if (Json.at(call.json(), "metadata", "managedFields").size() > 0) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        ObjectNode live = store.get(call.resource(), call.namespace(), call.name());
        if (live == null) {
            access.check(call, "create");
            return createNew(call, applied, call.manager());
        }
        boolean force = call.query().getOrDefault("force", "false").equals("true");
        ObjectNode result = ServerSideApply.apply(call.resource(), live, applied, call.manager(), force);
        return new Reply(200, finish(call, live, result));
    }

    private ObjectNode change(Call call, ObjectNode live, ObjectNode changed) {
        if (call.subresource().equals("status")) {
            ObjectNode after = live.deepCopy();
            after.set("status", changed.path("status").deepCopy());
            checkVersion(call.resource(), live, changed);
            return store.put(call.resource(), after, call.isDryRun());
        }
        ObjectNode after = changed.deepCopy();
        if (live.get("metadata").has("managedFields")) {
            Json.child(after, "metadata").set("managedFields", live.get("metadata").get("managedFields").deepCopy());
        }
        Defaults.fill(call.resource(), after);
        ServerSideApply.own(after, live, call.resource(), call.manager());
        return finish(call, live, after);
    }

    private ObjectNode finish(Call call, ObjectNode live, ObjectNode after) {
        Resource type = call.resource();
        checkVersion(type, live, after);
        if (hasStatus(type) && live.has("status")) {
            after.set("status", live.get("status"));
        }
        for (String fixed : List.of("deletionTimestamp", "deletionGracePeriodSeconds")) {
            if (live.get("metadata").has(fixed)) {
                Json.child(after, "metadata").set(fixed, live.get("metadata").get(fixed));
            }
        }
        if (type == Resource.SERVICES) {
            for (String fixed : List.of("clusterIP", "clusterIPs")) {
                Json.setIfAbsent(Json.child(after, "spec"), fixed, Json.at(live, "spec", fixed));
            }
        }
        Defaults.fill(type, after);
        Validation.check(type, live, after, store);
        return store.put(type, after, call.isDryRun());
    }

    private static void checkVersion(Resource type, ObjectNode live, ObjectNode changed) {
        String version = Json.text(changed, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.text(live, "metadata", "resourceVersion"))) {
            throw ApiException.modified(type, Json.name(live));
        }
        String uid = Json.uid(changed);
        if (!uid.isEmpty() && !uid.equals(Json.uid(live))) {
            throw ApiException.invalid(type, Json.name(live), "metadata.uid", "Invalid value: \"" + uid + "\": field is immutable");
        }
    }

    private ObjectNode scale(Call call, ObjectNode o) {
        ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            metadata.set(field, o.get("metadata").path(field));
        }
        scale.putObject("spec").put("replicas", Json.at(o, "spec", "replicas").asInt());
        scale.putObject("status").put("replicas", Json.at(o, "status", "replicas").asInt());
        return scale;
    }

    private Reply rescale(Call call, int replicas) {
        ObjectNode live = found(call);
        ObjectNode after = live.deepCopy();
        Json.child(after, "spec").put("replicas", replicas);
        ServerSideApply.own(after, live, call.resource(), call.manager());
        return new Reply(200, scale(call, store.put(call.resource(), after, call.isDryRun())));
    }
}
