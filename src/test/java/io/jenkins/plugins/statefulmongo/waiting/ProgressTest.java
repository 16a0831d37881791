package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    private Duration at(int seconds, String state) {
        return progress.idle("db-0", state, Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void aNewStateIsProgressAndTheSameIsNot() {
        assertThat(at(0, "pending")).isZero();
        assertThat(at(30, "pending")).isEqualTo(Duration.ofSeconds(30));
        assertThat(at(40, "running")).isZero();
        assertThat(at(50, "running")).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aCrashLoopMakesNone() {
        at(0, "running");
        at(1, "backing off");
        at(20, "running");
        assertThat(at(21, "backing off")).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void whoWasForgottenStartsAnew() {
        at(0, "unready");
        progress.retain(List.of("db-1"));
        assertThat(at(100, "unready")).isZero();
    }

    @Test
    void restartsAndBackOffTimesAreNoProgress() {
        var once = Pods.starting(Pods.container("mongo:7.0.14", false, 1, "CrashLoopBackOff", "back-off 10s", 1, "Error"));
        var twice = Pods.starting(Pods.container("mongo:7.0.14", false, 2, "CrashLoopBackOff", "back-off 20s", 1, "Error"));
        var running = Pods.starting(Pods.container("mongo:7.0.14", false, 2, null, null, 1, "Error"));
        assertThat(Progress.fingerprint(once)).isEqualTo(Progress.fingerprint(twice)).isNotEqualTo(Progress.fingerprint(running));
    }
}
