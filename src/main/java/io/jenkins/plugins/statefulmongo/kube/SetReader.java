package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads a StatefulSet and its pods: from the watch while a step only waits, from the API server's own store before it acts. A cache may
 * be a moment old; what is acted upon must not be.
 */
public final class SetReader implements AutoCloseable {
    private final Scope scope;
    private final Kube kube;
    private final String namespace;
    private final String name;
    private final String container;
    private Cluster.View view;

    /**
     * @param scope its wake-up is called at each change of the namespace's StatefulSets and pods
     * @param container the name of mongod's container, or null: found by its command or image
     */
    public SetReader(Scope scope, String name, String container) {
        this.scope = scope;
        this.kube = scope.kube();
        this.namespace = scope.namespace();
        this.name = name;
        this.container = container;
    }

    /**
     * @param fresh past every cache
     * @throws Failure where there is no such StatefulSet, or no such container in it
     */
    public SetState set(boolean fresh) throws Failure, Unavailable, InterruptedException {
        Optional<Map<String, Object>> object = fresh
                ? kube.get(Kind.STATEFUL_SET, namespace, name)
                : watched(Kind.STATEFUL_SET).stream()
                        .filter(s -> name.equals(Json.text(s, "metadata", "name")))
                        .findFirst();
        if (object.isEmpty()) {
            throw missing(scope, Kind.STATEFUL_SET, name);
        }
        SetState set = SetState.of(object.get(), container);
        if (container != null && !set.isMongo()) {
            throw new Failure(
                    "parameter 'container' names '" + container + "', but StatefulSet " + name + " has no such container.",
                    "It has: "
                            + Json.list(set.object(), "spec", "template", "spec", "containers").stream()
                                    .map(c -> Json.text(c, "name"))
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
        return set;
    }

    /** As {@link #set}, for the steps that need a MongoDB replica set. */
    public SetState mongo(boolean fresh) throws Failure, Unavailable, InterruptedException {
        SetState set = set(fresh);
        if (!set.isMongo()) {
            throw new Failure(
                    "StatefulSet " + name + " runs no MongoDB: no container's command or image says mongod.",
                    "If one does, name it with the parameter 'container'.");
        }
        return set;
    }

    /** The pods that this set controls, by ordinal, terminating ones included. */
    public List<PodState> pods(SetState set, boolean fresh) throws Failure, Unavailable, InterruptedException {
        List<Map<String, Object>> all = fresh
                ? kube.list(Kind.POD, namespace, "labelSelector=" + Kind.encode(selector(set)))
                : watched(Kind.POD);
        return all.stream()
                .map(p -> PodState.of(p, container))
                .filter(p -> set.uid().equals(p.owner()))
                .sorted(Comparator.comparingInt(PodState::ordinal))
                .toList();
    }

    /** Tells by their names what belongs to a set: itself, its pods and their claims. Others may pass as well. */
    public static Predicate<String> belongsTo(String set) {
        return name -> name.equals(set) || name.startsWith(set + "-") || name.contains("-" + set + "-");
    }

    /** Ends the watch, if one was needed. */
    @Override
    public void close() {
        if (view != null) {
            view.close();
        }
    }

    private List<Map<String, Object>> watched(Kind kind) throws Failure, Unavailable, InterruptedException {
        if (view == null) {
            view = scope.cluster().watch(namespace, Set.of(Kind.STATEFUL_SET, Kind.POD), belongsTo(name), scope.wake());
        }
        return view.list(kind);
    }

    /** Why there is no such object where one is expected: a wrong namespace, or another name. */
    public static Failure missing(Scope scope, Kind kind, String name) throws Failure, Unavailable, InterruptedException {
        if (!namespaceExists(scope)) {
            return new Failure(
                    "there is no namespace " + scope.namespace() + " on " + scope.kube().connection().name() + ".",
                    "Check the parameters 'namespace' and 'cluster', or run deployStatefulMongo first.");
        }
        List<String> others = scope.kube().list(kind, scope.namespace(), null).stream()
                .map(s -> Json.text(s, "metadata", "name"))
                .sorted()
                .toList();
        return new Failure(
                "there is no " + kind.kind() + " " + name + " in namespace " + scope.namespace() + ".",
                others.isEmpty() ? "It has none at all." : "It has: " + String.join(", ", others) + ".",
                "Check the parameters 'namespace', 'name' and 'cluster', or run "
                        + (kind == Kind.STATEFUL_SET ? "deployStatefulMongo" : "applyManifest") + " first.");
    }

    private static boolean namespaceExists(Scope scope) throws Failure, Unavailable, InterruptedException {
        try {
            return scope.kube().get(Kind.NAMESPACE, null, scope.namespace()).isPresent();
        } catch (Refused e) {
            if (e.code() == 403) {
                return true; // a namespaced Role is enough; then it cannot be told
            }
            throw e;
        }
    }

    private static String selector(SetState set) {
        return Json.map(set.object(), "spec", "selector", "matchLabels").entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }
}
