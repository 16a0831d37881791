package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private static final Instant READY = Instant.parse("2026-01-01T00:00:00Z");
    private final Settling settling = new Settling();

    private static Map<String, Object> pod(boolean probe, int restarts) {
        return Map.of(
                "metadata", Map.of("name", "db-0", "uid", "u"),
                "spec", Map.of("containers", List.of(probe ? Map.of("name", "db", "readinessProbe", Map.of()) : Map.of("name", "db"))),
                "status", Map.of(
                        "conditions", List.of(Map.of("type", "Ready", "status", "True", "lastTransitionTime", READY.toString())),
                        "containerStatuses", List.of(Map.of("name", "db", "ready", true, "restartCount", restarts))));
    }

    private Set<String> at(int seconds, Map<String, Object> pod) {
        return settling.unsettled(List.of(pod), READY.plusSeconds(seconds), Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void aPodWithAProbeIsBelievedAtOnce() {
        assertThat(at(0, pod(true, 0))).isEmpty();
    }

    @Test
    void aPodWithoutIsBelievedAfterAWhile() {
        assertThat(at(0, pod(false, 0))).containsExactly("u");
        assertThat(settling.next()).isEqualTo(Settling.FIRST);
        assertThat(at(2, pod(false, 0))).containsExactly("u");
        assertThat(at(3, pod(false, 0))).isEmpty();
    }

    @Test
    void onceItEndedItTakesLonger() {
        at(0, pod(false, 0));
        assertThat(at(3, pod(false, 1))).containsExactly("u");
        assertThat(at(12, pod(false, 1))).containsExactly("u");
        assertThat(at(13, pod(false, 1))).isEmpty();
    }

    @Test
    void whatHasBeenReadyForLongNeedsNoWatching() {
        assertThat(at(301, pod(false, 0))).isEmpty();
    }
}
