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
        return pod(probe, restarts, READY);
    }

    private static Map<String, Object> pod(boolean probe, int restarts, Instant ready) {
        return Map.of(
                "metadata", Map.of("name", "db-0", "uid", "u"),
                "spec", Map.of("containers", List.of(probe ? Map.of("name", "db", "readinessProbe", Map.of()) : Map.of("name", "db"))),
                "status", Map.of(
                        "conditions", List.of(Map.of("type", "Ready", "status", "True", "lastTransitionTime", ready.toString())),
                        "containerStatuses", List.of(Map.of("name", "db", "ready", true, "restartCount", restarts))));
    }

    private Set<String> at(int seconds, Map<String, Object> pod) {
        return settling.unsettled(List.of(pod), Duration.ofSeconds(seconds).toNanos());
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
    void theControllersClockMayBeWrongByAnHour() {
        for (int hours : new int[] {-1, 1}) {
            Settling fresh = new Settling();
            Map<String, Object> pod = pod(false, 0, Instant.now().plus(Duration.ofHours(hours)));
            assertThat(fresh.unsettled(List.of(pod), 0)).containsExactly("u");
            assertThat(fresh.unsettled(List.of(pod), Settling.FIRST.toNanos())).isEmpty();
        }
    }
}
