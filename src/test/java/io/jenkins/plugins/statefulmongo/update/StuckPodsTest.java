package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import org.junit.jupiter.api.Test;

class StuckPodsTest {

    @Test
    void oneRestartMoreDoesNotBeginStuckSecondsAnew() {
        String first = sameness(Cause.CRASH, "db-2 cannot start: container db ends with code 2");
        assertThat(sameness(Cause.CRASH, "db-2 cannot start: container db ends with code 2 (1 restart)")).isEqualTo(first);
        assertThat(sameness(Cause.CRASH, "db-2 cannot start: container db ends with code 2 (15 restarts)")).isEqualTo(first);
    }

    @Test
    void anotherCauseIsAChange() {
        assertThat(sameness(Cause.CRASH, "db-2 cannot start")).isNotEqualTo(sameness(Cause.IMAGE_PULL, "db-2 cannot start"));
    }

    private static String sameness(Cause cause, String what) {
        return StuckPods.sameness(new Trouble("db-2", 2, "db", cause, false, what, "", ""));
    }
}
