package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known of a pod that is not ready.
 *
 * @param events of the pod and of its claims, in any order
 * @param claims of the pod
 * @param logs the last lines of a container that ended, by its name
 */
record Evidence(PodState pod, List<EventState> events, List<ClaimState> claims, Map<String, String> logs) {
    /** Kubernetes' messages can be pages long; the console shows what a line holds. */
    static final int LINE = 400;

    /** The latest event about this kind of object with one of these reasons. */
    Optional<EventState> latest(String kind, String... reasons) {
        List<String> wanted = Arrays.asList(reasons);
        return events.stream()
                .filter(e -> kind.equals(e.kind()) && wanted.contains(e.reason()))
                .max(Comparator.comparing(EventState::last));
    }

    static String clip(String text) {
        String line = text == null ? "" : text.strip().replaceAll("\\s+", " ");
        return line.length() <= LINE ? line : line.substring(0, LINE) + "…";
    }
}
