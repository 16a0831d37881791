package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A container without a readiness probe is Ready as soon as it runs, also one that ends a moment later. Such a pod counts only when it was
 * seen Ready for a while; one with probes counts at once.
 */
final class Settling {
    static final Duration FIRST = Duration.ofSeconds(3);
    /** For one that ended before. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    private record Run(long since, int restarts) {}

    private final Map<String, Run> runs = new HashMap<>();
    private Duration next = Duration.ofDays(1);

    /**
     * The uids of pods that are Ready, but only just.
     *
     * @param pods as plain trees; all that are looked at, as the others are forgotten
     * @param now monotonic, in nanoseconds: the controller's wall clock may be wrong by hours, beside the cluster's that is in the pods
     */
    Set<String> unsettled(List<Map<String, Object>> pods, long now) {
        Set<String> unsettled = new HashSet<>();
        Set<String> ready = new HashSet<>();
        next = Duration.ofDays(1);
        for (Map<String, Object> tree : pods) {
            PodState pod = PodState.of(tree);
            if (!pod.serves() || probed(tree)) {
                continue;
            }
            ready.add(pod.uid());
            int restarts = pod.containers().stream().mapToInt(PodState.ContainerState::restarts).sum();
            Run run = runs.get(pod.uid());
            if (run == null || run.restarts() != restarts) {
                run = new Run(now, restarts);
                runs.put(pod.uid(), run);
            }
            Duration left = (restarts == 0 ? FIRST : AGAIN).minusNanos(now - run.since());
            if (left.compareTo(Duration.ZERO) > 0) {
                unsettled.add(pod.uid());
                next = left.compareTo(next) < 0 ? left : next;
            }
        }
        runs.keySet().retainAll(ready);
        return unsettled;
    }

    /** When the next of them will have settled. */
    Duration next() {
        return next;
    }

    private static boolean probed(Map<String, Object> pod) {
        return Json.list(pod, "spec", "containers").stream().allMatch(c -> c.get("readinessProbe") != null);
    }
}
