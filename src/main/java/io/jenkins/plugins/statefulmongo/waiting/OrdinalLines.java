package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.report.Columns;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the ordinals look on the console and in the step's result. */
final class OrdinalLines {
    private OrdinalLines() {}

    static String title(WaitDecision decision) {
        SetState set = decision.set();
        String start = "waitOrdinals " + set.namespace() + "/" + set.name() + ": ";
        if (decision.partitioned()) {
            int first = set.start() + set.partition();
            return start + count(set.replicas()) + ", from " + set.pod(first) + " on at revision " + set.updateRevision()
                    + ", below it (partition " + set.partition() + ") at " + decision.current();
        }
        return start + count(set.replicas()) + " at revision " + set.updateRevision();
    }

    /**
     * A line for each pod, in its order.
     *
     * @param claims by the pods' uids
     */
    static List<String> lines(List<PodState> pods, Map<String, List<ClaimState>> claims) {
        return Columns.align(pods.stream()
                .map(p -> new String[] {
                    p.name(), ready(p), p.node(), claims.get(p.uid()).stream().map(OrdinalLines::claim).collect(Collectors.joining(", "))
                })
                .toList());
    }

    static Map<String, Object> result(PodState pod, List<ClaimState> claims) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", pod.name());
        result.put("ordinal", pod.ordinal());
        result.put("readySeconds", pod.timeToReady().orElse(Duration.ZERO).toSeconds());
        result.put("node", pod.node());
        List<Map<String, Object>> list = new ArrayList<>();
        for (ClaimState claim : claims) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", claim.name());
            one.put("volume", claim.volume());
            one.put("capacity", claim.capacity());
            list.add(one);
        }
        result.put("claims", list);
        return result;
    }

    private static String ready(PodState pod) {
        Duration time = pod.timeToReady().orElse(Duration.ZERO);
        // Long after its creation it did not take that long, but was ready again.
        return time.compareTo(Duration.ofHours(1)) < 0
                ? "Ready after " + time.toSeconds() + " s"
                : "Ready since " + pod.readyAt();
    }

    private static String claim(ClaimState claim) {
        String size = claim.capacity() == null ? claim.requested() : claim.capacity();
        String volume = claim.volume() == null ? "unbound" : claim.volume();
        return claim.name() + " (" + size + ", " + (volume.length() > 9 ? volume.substring(0, 8) + "…" : volume) + ")";
    }

    private static String count(int replicas) {
        return replicas == 1 ? "1 ordinal" : replicas + " ordinals";
    }
}
