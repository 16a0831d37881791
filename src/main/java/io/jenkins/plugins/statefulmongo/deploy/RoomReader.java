package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reads what {@link Room} judges. Costs nothing where no pod is added. */
final class RoomReader {
    private RoomReader() {}

    /**
     * @param live the StatefulSet that runs; null where there is none
     * @param console told once where quotas or limits may not be read: they are then not checked
     */
    static void check(Kube kube, String namespace, List<Map<String, Object>> objects, Map<String, Object> live, Console console)
            throws Failure, Unavailable, InterruptedException {
        for (Map<String, Object> set : Manifest.of(objects, Kind.STATEFUL_SET)) {
            int wanted = Json.number(set, 1, "spec", "replicas");
            int pods = wanted - (live == null ? 0 : Json.number(live, 1, "spec", "replicas"));
            if (pods <= 0) {
                return;
            }
            List<Map<String, Object>> quotas = list(kube, namespace, Kind.QUOTA, "quotas", console);
            Room room = new Room(list(kube, namespace, Kind.LIMIT_RANGE, "limits", console), quotas);
            room.check(set, pods, quotas.isEmpty() ? pods : newClaims(kube, namespace, set, wanted));
        }
    }

    private static List<Map<String, Object>> list(Kube kube, String namespace, Kind kind, String what, Console console)
            throws Failure, Unavailable, InterruptedException {
        try {
            return kube.list(kind, namespace, null);
        } catch (Refused e) {
            if (e.code() != 403) {
                throw e;
            }
            String line = what + " not checked: this connection cannot list " + kind.plural();
            console.changed(line, line);
            return List.of();
        }
    }

    /** Claims of an earlier release are counted by the quota already. */
    private static int newClaims(Kube kube, String namespace, Map<String, Object> set, int replicas)
            throws Failure, Unavailable, InterruptedException {
        List<String> there = kube.list(Kind.CLAIM, namespace, null).stream().map(Manifest::name).toList();
        int start = Json.number(set, 0, "spec", "ordinals", "start");
        return (int) IntStream.range(start, start + replicas)
                .filter(ordinal -> Json.list(set, "spec", "volumeClaimTemplates").stream()
                        .anyMatch(t -> !there.contains(Manifest.name(t) + "-" + Manifest.name(set) + "-" + ordinal)))
                .count();
    }
}
