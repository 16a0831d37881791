package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StuckPodsTest {
    private final MongoSet set = new MongoSet(3);
    /** Its patience is at its end: memberTimeoutSeconds is 0. */
    private final StuckPods pods = new StuckPods(null, new Roll.Options(0, 120, true, false, "cluster.local"));

    @Test
    void safety12_aSecondaryThatCopiesNoMoreEndsTheStepAndIsLeftAsItIs() {
        set.node(2).behind(45);
        assertThatThrownBy(() -> judge(2))
                .isInstanceOf(Failure.class)
                .hasMessage("db-2 has made no progress for 0 s (memberTimeoutSeconds): SECONDARY, 45 s behind db-0.\n"
                        + "  It is left as it is: time alone deletes nothing. Its log and its network tell more: kubectl logs -n ns db-2 -c db\n"
                        + "  what stands");
    }

    @Test
    void safety12_oneThatDoesNotAnswerSaysWhy() {
        set.node(1).answers = false;
        assertThatThrownBy(this::judge).hasMessageStartingWith(
                "db-1 has made no progress for 0 s (memberTimeoutSeconds): db-1 is not running.\n");
    }

    @Test
    void safety12_oneThatEndsHasItsGracePeriodForThat() {
        set.node(1).terminating = true;
        assertThatCode(this::judge).doesNotThrowAnyException();
    }

    private void judge(Integer... behind) throws Failure {
        pods.judgePatience(new Scene(set.set(), set.hosts(), set.pods(), set.members()), Set.of(behind), "what stands");
    }

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
