package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What happened to the pods of a namespace since it was opened, without a gap. */
public final class PodDiary implements AutoCloseable {
    private final Store store;
    private final String namespace;
    private final List<String> created = new ArrayList<>();
    private final Runnable stop;
    private int fewest = Integer.MAX_VALUE;
    private String thinnest = "";

    PodDiary(Store store, String namespace) {
        this.store = store;
        this.namespace = namespace;
        stop = store.watch(store.version(), this::changed);
    }

    /** The names of the pods that were created, each as often as it was. */
    public synchronized List<String> created() {
        return List.copyOf(created);
    }

    /** How many pods were Ready at the moment with the fewest. */
    public synchronized int fewestReady() {
        return fewest;
    }

    /** Which pods were Ready at that moment. */
    public synchronized String thinnest() {
        return thinnest;
    }

    private synchronized void changed(Store.Change change) {
        if (change.resource() != Resource.PODS || !Json.namespace(change.object()).equals(namespace)) {
            return;
        }
        if (change.type().equals("ADDED")) {
            created.add(Json.name(change.object()));
        }
        Set<String> ready = store.list(Resource.PODS, namespace).stream().filter(Pods::isHealthy).map(Json::name).collect(Collectors.toSet());
        if (ready.size() < fewest) {
            fewest = ready.size();
            thinnest = ready.toString();
        }
    }

    @Override
    public void close() {
        stop.run();
    }
}
