package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The names and connections inside the cluster: who answers under a name at a port. Safe on all threads. */
final class Network {
    private final Store store;
    private final Map<String, List<Program>> running = new ConcurrentHashMap<>();

    Network(Store store) {
        this.store = store;
    }

    /** The programs that run in a pod now. */
    void runs(String podUid, List<Program> programs) {
        if (programs.isEmpty()) {
            running.remove(podUid);
        } else {
            running.put(podUid, List.copyOf(programs));
        }
    }

    List<Program> in(ObjectNode pod) {
        return pod == null ? List.of() : running.getOrDefault(Json.uid(pod), List.of());
    }

    /** The programs that another pod reaches under this name and port, for a pod in {@code namespace}. */
    List<Program> reach(String namespace, String host, int port) {
        List<Program> found = new ArrayList<>();
        for (ObjectNode pod : resolve(namespace, host)) {
            in(pod).stream().filter(program -> program.listensOutside(port)).forEach(found::add);
        }
        return found;
    }

    /** The cluster's DNS, with the search path of a pod in {@code namespace}. */
    List<ObjectNode> resolve(String namespace, String host) {
        if (host.matches("[0-9.]+")) {
            return store.list(Resource.PODS, null).stream().filter(pod -> Json.text(pod, "status", "podIP").equals(host)).toList();
        }
        String name = host.replaceAll("\\.$", "").replaceAll("\\.cluster\\.local$", "");
        boolean full = name.endsWith(".svc");
        String[] p = name.replaceAll("\\.svc$", "").split("\\.");
        if (p.length == 3) {
            return named(p[2], p[1], p[0]);
        }
        if (p.length == 2) {
            List<ObjectNode> found = full ? List.of() : named(namespace, p[1], p[0]);
            return found.isEmpty() ? endpoints(p[1], p[0]) : found;
        }
        return p.length == 1 && !full ? endpoints(namespace, p[0]) : List.of();
    }

    private List<ObjectNode> named(String namespace, String service, String hostname) {
        return endpoints(namespace, service).stream().filter(pod -> Json.text(pod, "spec", "hostname").equals(hostname)
                && Json.text(pod, "spec", "subdomain").equals(service)).toList();
    }

    /** The pods behind a service: those that are ready, or all that run when it says so. */
    List<ObjectNode> endpoints(String namespace, String serviceName) {
        ObjectNode service = store.get(Resource.SERVICES, namespace, serviceName);
        JsonNode selector = service == null ? null : Json.at(service, "spec", "selector");
        if (selector == null || selector.isEmpty()) {
            return List.of();
        }
        boolean unready = Json.at(service, "spec", "publishNotReadyAddresses").asBoolean();
        ObjectNode labels = Json.object();
        labels.set("matchLabels", selector);
        return store.list(Resource.PODS, namespace).stream().filter(pod -> Selector.matches(labels, pod)
                && running.containsKey(Json.uid(pod)) && (unready || Pods.isHealthy(pod))).toList();
    }

    /** The text of one file of a Secret, or null. */
    String secret(String namespace, String name, String file) {
        ObjectNode secret = store.get(Resource.SECRETS, namespace, name);
        String data = secret == null ? "" : Json.text(secret, "data", file);
        return data.isEmpty() ? null : new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    }

    String volumeOf(String namespace, String claim) {
        return Json.text(store.get(Resource.CLAIMS, namespace, claim), "spec", "volumeName");
    }
}
