package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.JsonText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every call to the API server goes through here, one HTTP request each: what is sent is what is written below. Objects travel as
 * plain trees. {@link Requests} translates the answers at this border.
 */
public final class Kube implements JsonText, AutoCloseable {
    /** How long one call may take. Shorter than what is left of a Lease when a mutating call is made. */
    public static final Duration CALL = Duration.ofSeconds(10);
    /** The name under which server-side apply keeps our fields. */
    public static final String MANAGER = "stateful-mongo";

    private static final String JSON = "application/json";

    private final Connection connection;
    private final Transport transport;
    private final Requests requests;

    public Kube(Connection connection) throws Failure {
        this.connection = connection;
        transport = new Transport(connection);
        requests = new Requests(connection, transport);
    }

    public Connection connection() {
        return connection;
    }

    /** For what asks several things at once, or watches. */
    Requests requests() {
        return requests;
    }

    /** The API server's version, such as 1.34.4. */
    public String version() throws Failure, Unavailable, InterruptedException {
        String git = Json.text(call("GET", "/version", null, null, "read the version of the API server"), "gitVersion");
        return git == null ? "unknown" : git.replaceFirst("^v", "");
    }

    /** The object, or empty where there is none of that name. */
    public Optional<Map<String, Object>> get(Kind kind, String namespace, String name)
            throws Failure, Unavailable, InterruptedException {
        try {
            return Optional.of(call("GET", kind.path(namespace, name), null, null, "read " + kind.kind() + " " + name));
        } catch (Refused e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * All objects of a kind, read from the API server's own store.
     *
     * @param query such as {@code labelSelector=app%3Ddb}, or null
     */
    public List<Map<String, Object>> list(Kind kind, String namespace, String query)
            throws Failure, Unavailable, InterruptedException {
        String path = kind.path(namespace) + (query == null ? "" : "?" + query);
        return Json.list(call("GET", path, null, null, "list " + kind.plural() + " in " + namespace), "items");
    }

    public Map<String, Object> create(Kind kind, String namespace, Map<String, Object> object)
            throws Failure, Unavailable, InterruptedException {
        String name = Json.text(object, "metadata", "name");
        return call("POST", kind.path(namespace) + "?fieldManager=" + MANAGER, JSON, object, "create " + kind.kind() + " " + name);
    }

    public Map<String, Object> replace(Kind kind, String namespace, Map<String, Object> object)
            throws Failure, Unavailable, InterruptedException {
        String name = Json.text(object, "metadata", "name");
        return call("PUT", kind.path(namespace, name) + "?fieldManager=" + MANAGER, JSON, object, "write " + kind.kind() + " " + name);
    }

    /**
     * Server-side apply under {@link #MANAGER}, never with force. Unknown fields are refused by the server.
     *
     * @param dryRun the server answers what would stand, and stores nothing
     */
    public Map<String, Object> apply(Map<String, Object> object, String namespace, boolean dryRun)
            throws Failure, Unavailable, InterruptedException {
        return apply(object, namespace, dryRun ? "&dryRun=All" : "");
    }

    /**
     * As {@link #apply}, but takes the fields that differ from whoever manages them: only for fields that {@link #MANAGER} itself wrote by
     * other means than apply, which count as another manager's.
     */
    public Map<String, Object> reclaim(Map<String, Object> object, String namespace, boolean dryRun)
            throws Failure, Unavailable, InterruptedException {
        return apply(object, namespace, "&force=true" + (dryRun ? "&dryRun=All" : ""));
    }

    private Map<String, Object> apply(Map<String, Object> object, String namespace, String query)
            throws Failure, Unavailable, InterruptedException {
        Kind kind = Kind.of(object).orElseThrow(() -> new IllegalArgumentException("no such kind: " + object.get("kind")));
        String name = Json.text(object, "metadata", "name");
        String path = kind.path(namespace, name) + "?fieldManager=" + MANAGER + "&fieldValidation=Strict" + query;
        return call("PATCH", path, "application/apply-patch+yaml", object, "apply " + kind.kind() + " " + name);
    }

    /** Merge patch (RFC 7386). A {@code metadata.resourceVersion} in it makes the write conditional: 409 when the object has changed. */
    public Map<String, Object> patch(Kind kind, String namespace, String name, Map<String, Object> patch)
            throws Failure, Unavailable, InterruptedException {
        String path = kind.path(namespace, name) + "?fieldManager=" + MANAGER;
        return call("PATCH", path, "application/merge-patch+json", patch, "change " + kind.kind() + " " + name);
    }

    /** Sets one annotation, whatever else of the object has changed; null takes it away. */
    public void annotate(Kind kind, String namespace, String name, String key, String value) throws Failure, Unavailable, InterruptedException {
        patch(kind, namespace, name, Map.of("metadata", Map.of("annotations", Collections.singletonMap(key, value))));
    }

    /** As {@link #patch}, but the server stores nothing: it only says whether it would. */
    public void tryPatch(Kind kind, String namespace, String name, Map<String, Object> patch) throws Failure, Unavailable, InterruptedException {
        String path = kind.path(namespace, name) + "?dryRun=All&fieldManager=" + MANAGER;
        call("PATCH", path, "application/merge-patch+json", patch, "change " + kind.kind() + " " + name);
    }

    /**
     * Deletes exactly the object that was seen.
     *
     * @param options more DeleteOptions, such as {@code gracePeriodSeconds} or {@code propagationPolicy}
     * @return false where it was gone already
     */
    public boolean delete(Kind kind, String namespace, String name, String uid, Map<String, Object> options)
            throws Failure, Unavailable, InterruptedException {
        Map<String, Object> body = Deletion.options(uid, null, options);
        try {
            call("DELETE", kind.path(namespace, name), JSON, body, "delete " + kind.kind() + " " + name);
            return true;
        } catch (Refused e) {
            if (e.code() == 404) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes an object exactly as it was seen: 409 where it has changed since. */
    public void deleteAsSeen(Kind kind, String namespace, String name, String uid, String resourceVersion, Map<String, Object> options)
            throws Failure, Unavailable, InterruptedException {
        Map<String, Object> body = Deletion.options(uid, resourceVersion, options);
        call("DELETE", kind.path(namespace, name), JSON, body, "delete " + kind.kind() + " " + name);
    }

    /**
     * Asks the Eviction API for a pod, exactly as it was seen: it honours PodDisruptionBudgets, a plain delete does not.
     *
     * @throws Refused with code 429 where a budget forbids it now, 409 where the pod has changed
     */
    public void evict(String namespace, String name, String uid, String resourceVersion, int graceSeconds)
            throws Failure, Unavailable, InterruptedException {
        Map<String, Object> eviction = Deletion.eviction(namespace, name, uid, resourceVersion, graceSeconds);
        call("POST", Kind.POD.path(namespace, name) + "/eviction", JSON, eviction, "evict Pod " + name);
    }

    /** The last lines that a container wrote; empty where there are none. */
    public String log(String namespace, String pod, String container, boolean previous, int lines)
            throws Failure, Unavailable, InterruptedException {
        String path = Kind.POD.path(namespace, pod) + "/log?container=" + Kind.encode(container) + "&tailLines=" + lines
                + (previous ? "&previous=true" : "");
        HttpResponse<byte[]> answer = requests.send("GET", path, null, null);
        if (answer.code() == 403) {
            throw new Refused(403, requests.tree(Requests.text(answer)), "cannot read the log of pod " + pod);
        }
        return HttpResponse.isSuccessful(answer.code()) ? Requests.text(answer) : "";
    }

    /** An answer of an application behind a Service, through the API server's service proxy. */
    public record Answer(int code, String body) {}

    /**
     * @param path with its query, from the root of the application
     */
    public Answer proxy(String namespace, String service, String port, String method, String path)
            throws Failure, Unavailable, InterruptedException {
        String url = Kind.SERVICE.path(namespace) + "/" + Kind.encode(service) + ":" + Kind.encode(port) + "/proxy" + path;
        boolean body = !method.equals("GET") && !method.equals("HEAD");
        HttpResponse<byte[]> answer = requests.send(method, url, body ? "application/octet-stream" : null, body ? "" : null);
        if (answer.code() == 401 || answer.code() == 403) {
            Map<String, Object> status = requests.tree(Requests.text(answer));
            if ("Status".equals(status.get("kind"))) {
                throw new Refused(answer.code(), status, "cannot " + method.toLowerCase() + " " + path + " of Service " + service);
            }
        }
        return new Answer(answer.code(), Requests.text(answer));
    }

    /** Opens a local port on loopback that leads to a port of the pod. It does not outlive the pod. */
    public LocalPortForward forward(String namespace, String pod, int port) throws Unavailable {
        try {
            return transport.client().pods()
                    .inNamespace(namespace)
                    .withName(pod)
                    .portForward(port, InetAddress.getLoopbackAddress(), 0);
        } catch (RuntimeException e) {
            throw new Unavailable("cannot open a port-forward to " + pod + ": " + Transport.message(e));
        }
    }

    @Override
    public void close() {
        transport.close();
    }

    private Map<String, Object> call(String method, String path, String type, Map<String, Object> body, String what)
            throws Failure, Unavailable, InterruptedException {
        return requests.answer(requests.send(method, path, type, body == null ? null : write(body)), method, path, what);
    }

    @Override
    public Map<String, Object> read(String json) {
        return requests.read(json);
    }

    @Override
    public String write(Map<String, Object> tree) {
        return requests.write(tree);
    }
}
