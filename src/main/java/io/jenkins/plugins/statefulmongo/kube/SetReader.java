package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads a StatefulSet and its pods from the API server's own store: what is read here may be acted upon. */
public final class SetReader {
    private final Kube kube;
    private final String namespace;
    private final String name;
    private final String container;

    /**
     * @param container the name of mongod's container, or null: found by its command or image
     */
    public SetReader(Kube kube, String namespace, String name, String container) {
        this.kube = kube;
        this.namespace = namespace;
        this.name = name;
        this.container = container;
    }

    /**
     * @throws Failure where there is no such StatefulSet, or no such container in it
     */
    public SetState set() throws Failure, Unavailable, InterruptedException {
        Map<String, Object> object = kube.get(Kind.STATEFUL_SET, namespace, name).orElseThrow(() -> missing(namespace, name));
        SetState set = SetState.of(object, container);
        if (container != null && !set.isMongo()) {
            throw new Failure(
                    "parameter 'container' names '" + container + "', but StatefulSet " + name + " has no such container.",
                    "It has: " + Json.list(object, "spec", "template", "spec", "containers").stream()
                            .map(c -> Json.text(c, "name"))
                            .collect(Collectors.joining(", ")) + ".");
        }
        return set;
    }

    /** As {@link #set()}, for the steps that need a MongoDB replica set. */
    public SetState mongo() throws Failure, Unavailable, InterruptedException {
        SetState set = set();
        if (!set.isMongo()) {
            throw new Failure(
                    "StatefulSet " + name + " runs no MongoDB: no container's command or image says mongod.",
                    "If one does, name it with the parameter 'container'.");
        }
        return set;
    }

    /** The pods that this set controls, by ordinal, terminating ones included. */
    public List<PodState> pods(SetState set) throws Failure, Unavailable, InterruptedException {
        String selector = Json.map(set.object(), "spec", "selector", "matchLabels").entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
        return kube.list(Kind.POD, namespace, "labelSelector=" + Kind.encode(selector)).stream()
                .map(PodState::of)
                .filter(p -> set.uid().equals(p.owner()))
                .sorted(Comparator.comparingInt(PodState::ordinal))
                .toList();
    }

    /** Where a StatefulSet is expected and there is none. */
    public static Failure missing(String namespace, String name) {
        return new Failure(
                "there is no StatefulSet " + name + " in namespace " + namespace + ".",
                "Check the parameters 'namespace', 'name' and 'cluster', or run deployStatefulMongo first.");
    }
}
