package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The scheduler and the kubelets of all nodes. */
final class Kubelet {
    static final List<String> NODES = List.of("node-1", "node-2", "node-3");
    static final String CPU = "4";
    static final String MEMORY = "8Gi";

    final Store store;
    final Loop loop;
    final Events events;
    final Images images;
    final Network network;
    private final Map<String, PodRun> runs = new ConcurrentHashMap<>();
    private int addresses;

    Kubelet(Store store, Loop loop, Events events, Images images, Network network) {
        this.store = store;
        this.loop = loop;
        this.events = events;
        this.images = images;
        this.network = network;
    }

    /** Called for each change of a pod, and for pods that may be scheduled now; works on the loop. */
    void look(String namespace, String name) {
        loop.soon("pod " + namespace + "/" + name, () -> sync(namespace, name));
    }

    void gone(ObjectNode pod) {
        loop.after(0, () -> {
            PodRun run = runs.remove(Json.uid(pod));
            if (run != null) {
                run.kill();
            }
        });
    }

    /** Tries again what could not be pulled; returns when all have tried. */
    void pullAgain() {
        loop.now(() -> runs.values().forEach(PodRun::pullAgain));
    }

    void close() {
        runs.values().forEach(PodRun::kill);
        runs.clear();
    }

    PodRun run(ObjectNode pod) {
        return pod == null ? null : runs.get(Json.uid(pod));
    }

    private void sync(String namespace, String name) {
        ObjectNode pod = store.get(Resource.PODS, namespace, name);
        if (pod == null) {
            return;
        }
        PodRun run = runs.get(Json.uid(pod));
        if (Json.deleting(pod)) {
            if (run == null) {
                finish(pod);
            } else {
                run.terminate(Json.at(pod, "metadata", "deletionGracePeriodSeconds").asLong());
            }
        } else if (Json.text(pod, "spec", "nodeName").isEmpty()) {
            schedule(pod);
        } else if (run == null) {
            PodRun started = new PodRun(this, pod, "10.244.0." + (++addresses % 250 + 2));
            runs.put(Json.uid(pod), started);
            loop.after(20, () -> {
                if (!started.isOver()) {
                    started.start();
                }
            });
        }
    }

    /** Takes a pod that has ended out of the store, once nobody's finalizer holds it. */
    void finish(ObjectNode pod) {
        ObjectNode now = store.get(Resource.PODS, Json.namespace(pod), Json.name(pod));
        if (now != null && Json.uid(now).equals(Json.uid(pod)) && Json.at(now, "metadata", "finalizers").isEmpty()) {
            store.remove(Resource.PODS, now);
        }
    }

    private void schedule(ObjectNode pod) {
        Optional<String> obstacle = obstacle(pod);
        if (obstacle.isPresent()) {
            if (!Json.text(Json.at(pod, "status", "conditions").path(0), "message").equals(obstacle.get())) {
                events.warning(Resource.PODS, pod, "default-scheduler", "FailedScheduling", obstacle.get());
                store.edit(Resource.PODS, pod, p -> {
                    PodRun.condition(Json.list(Json.child(p, "status"), "conditions"), "PodScheduled", false, "Unschedulable");
                    ((ObjectNode) Json.at(p, "status", "conditions").get(0)).put("message", obstacle.get());
                });
            }
            return;
        }
        List<ObjectNode> others = store.list(Resource.PODS, null);
        String owner = Json.text(Json.controller(pod), "uid");
        String node = NODES.stream().filter(n -> fits(pod, n)).min(Comparator.comparingLong((String n) -> others.stream()
                .filter(o -> Json.text(o, "spec", "nodeName").equals(n) && Json.text(Json.controller(o), "uid").equals(owner)).count())
                .thenComparing(n -> n)).orElseThrow();
        events.normal(Resource.PODS, pod, "default-scheduler", "Scheduled",
                "Successfully assigned " + Json.namespace(pod) + "/" + Json.name(pod) + " to " + node);
        store.edit(Resource.PODS, pod, p -> {
            Json.child(p, "spec").put("nodeName", node);
            PodRun.condition(Json.list(Json.child(p, "status"), "conditions"), "PodScheduled", true, "");
        });
    }

    private Optional<String> obstacle(ObjectNode pod) {
        for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
            String name = Json.text(volume, "persistentVolumeClaim", "claimName");
            if (name.isEmpty()) {
                continue;
            }
            ObjectNode claim = store.get(Resource.CLAIMS, Json.namespace(pod), name);
            if (claim == null) {
                return Optional.of("0/3 nodes are available: persistentvolumeclaim \"" + name + "\" not found. "
                        + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
            }
            if (!Json.text(claim, "status", "phase").equals("Bound")) {
                return Optional.of("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. "
                        + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
            }
        }
        for (String resource : List.of("cpu", "memory")) {
            BigDecimal wanted = BigDecimal.ZERO;
            for (JsonNode container : Json.at(pod, "spec", "containers")) {
                String request = Json.text(container, "resources", "requests", resource);
                wanted = wanted.add(request.isEmpty() ? BigDecimal.ZERO : new Quantity(request).getNumericalAmount());
            }
            if (wanted.compareTo(new Quantity(resource.equals("cpu") ? CPU : MEMORY).getNumericalAmount()) > 0) {
                return Optional.of("0/3 nodes are available: 3 Insufficient " + resource + ". no new claims to deallocate, "
                        + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
            }
        }
        return NODES.stream().anyMatch(node -> fits(pod, node)) ? Optional.empty()
                : Optional.of("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. "
                        + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
    }

    private boolean fits(ObjectNode pod, String node) {
        ObjectNode o = store.get(Resource.NODES, "", node);
        Map<String, String> labels = PodRun.labels(o);
        return !Json.at(o, "spec", "unschedulable").asBoolean()
                && labels.entrySet().containsAll(Json.strings(Json.at(pod, "spec", "nodeSelector")).entrySet());
    }
}
