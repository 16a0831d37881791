package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Steps between releases that MongoDB does not support: refused, and no object of the namespace changed, came or went. */
final class Forbidden {
    private record Way(String from, String to) {}

    private static final List<Way> WAYS = List.of(new Way("mongo:7.0.16", "mongo:5.0.31"), new Way("mongo:6.0.20", "mongo:8.0.5"));

    private static final List<Kind> KINDS = List.of(
            Kind.STATEFUL_SET, Kind.POD, Kind.CLAIM, Kind.SERVICE, Kind.DISRUPTION_BUDGET, Kind.CONFIG_MAP, Kind.SECRET, Kind.LEASE);

    private Forbidden() {}

    static void run(Settings settings, Figures figures) throws Exception {
        figures.title("forbidden: " + WAYS.size() + " ways");
        int touched = 0;
        for (Way way : WAYS) {
            try (LoadedSet set = LoadedSet.start(settings, way.from, "majority")) {
                Map<String, String> before = versions(set);
                Bench.Ended ended = set.set().update("image", way.to);
                Map<String, String> after = versions(set);
                if (ended.failure() == null) {
                    throw new AssertionError(way.from + " was updated to " + way.to);
                }
                long changed = changed(before, after);
                figures.progress(way.from + " -> " + way.to + ": " + ended.failure().lines().findFirst().orElse("") + "; changed: " + changed);
                touched += changed;
                figures.verified(set.load().verify());
            }
        }
        figures.figure("update.forbidden-touched", touched);
    }

    /** By kind and name, the resourceVersion of all that an update could touch. */
    private static Map<String, String> versions(LoadedSet set) throws Exception {
        Map<String, String> versions = new TreeMap<>();
        for (Kind kind : KINDS) {
            for (Map<String, Object> object : set.bench().kube().list(kind, set.namespace(), null)) {
                versions.put(kind + " " + Json.text(object, "metadata", "name"), Json.text(object, "metadata", "resourceVersion"));
            }
        }
        return versions;
    }

    private static long changed(Map<String, String> before, Map<String, String> after) {
        Map<String, String> all = new TreeMap<>(before);
        all.putAll(after);
        return all.keySet().stream()
                .filter(k -> !after.getOrDefault(k, "").equals(before.get(k)))
                .count();
    }
}
