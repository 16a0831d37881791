package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StuckPodsTest {
    private final MongoSet set = new MongoSet(3);
    /** Its patience is at its end: memberTimeoutSeconds is 0. */
    private final StuckPods pods = pods(0);
    private Trouble trouble;
    private long now;
    private int examinations;

    private StuckPods pods(int memberTimeoutSeconds) {
        return new StuckPods((set, ordinal, pod) -> {
            examinations++;
            return Optional.ofNullable(trouble);
        }, new Roll.Options(memberTimeoutSeconds, 120, true, false, "cluster.local"), () -> now);
    }

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

    private void judge(Integer... behind) throws Failure, Unavailable, InterruptedException {
        pods.judgePatience(scene(), Set.of(behind), "what stands");
    }

    private Scene scene() {
        return new Scene(set.set(), set.hosts(), set.pods(), set.members());
    }

    /** As one tick that only waits. */
    private Map<Integer, Stuck> tick(StuckPods pods, int second) throws Failure, Unavailable, InterruptedException {
        now = second * 1_000_000_000L;
        Map<Integer, Stuck> stuck = pods.find(scene());
        pods.judgePatience(scene(), Set.of(), "what stands");
        return stuck;
    }

    private static Trouble trouble(Cause cause, String what) {
        return new Trouble("db-2", 2, null, cause, false, what, "says Kubernetes", "Mend it.");
    }

    @Test
    void rule6_aPodThatIsNotMadeIsHopelessAfterStuckSecondsAndNotBefore() throws Exception {
        set.node(2).exists = false;
        trouble = trouble(Cause.NOT_CREATED, "db-2 cannot be created");
        StuckPods patient = pods(600);
        assertThat(tick(patient, 0)).isEmpty();
        assertThat(tick(patient, 1)).as("its controller needs a moment").isEmpty();
        assertThat(examinations).isZero();
        assertThat(tick(patient, 2)).containsEntry(2, new Stuck(false, "db-2 cannot be created.\nsays Kubernetes\nMend it."));
        assertThat(tick(patient, 121).get(2).hopeless()).isFalse();
        assertThat(tick(patient, 122).get(2).hopeless()).as("the decider turns round").isTrue();
        set.part("status").put("updateRevision", MongoSet.OLD);
        assertThat(tick(patient, 123).get(2).hopeless()).as("the old template has its own time").isFalse();
        assertThat(tick(patient, 243).get(2).hopeless()).isTrue();
    }

    @Test
    void rule6_whatTheClusterSaysIsSeenWithinFiveSecondsAlsoWhereThePodItselfDoesNotChange() throws Exception {
        set.node(2).broken();
        StuckPods patient = pods(600);
        assertThat(tick(patient, 0)).isEmpty();
        trouble = Trouble.hopeless(set.pods().get(2), "db", Cause.IMAGE_NOT_FOUND, "db-2 cannot start", "", "Push it.");
        assertThat(tick(patient, 5).get(2).hopeless()).isTrue();
    }

    @Test
    void rule6_aPodThatIsNotReadyWhileItsMongodIsWellFailsAfterStuckSecondsHoweverMuchIsWritten() throws Exception {
        set.node(2).ready = false;
        trouble = trouble(Cause.PROBE, "db-2 runs, but does not become ready: container db fails its probe");
        StuckPods patient = pods(600);
        for (int second = 0; second < 120; second += 10) {
            set.node(2).applied = new OpTime(1, MongoSet.NOW + second, 1);
            assertThat(tick(patient, second).get(2).hopeless()).as("a running mongod is never deleted").isFalse();
        }
        set.node(2).applied = new OpTime(1, MongoSet.NOW + 120, 1);
        assertThatThrownBy(() -> tick(patient, 120)).isInstanceOf(Failure.class).hasMessage("""
                db-2 runs, but does not become ready: container db fails its probe.
                  says Kubernetes
                  No progress for 120 s (stuckSeconds). It is left as it is: time alone deletes nothing.
                  Mend it.
                  what stands""");
    }

    @Test
    void rule6_anImageOnItsWayIsWaitedForHoweverLongItTakes() throws Exception {
        set.node(2).broken();
        trouble = trouble(Cause.UNDER_WAY, "db-2 waits for its image on node-1");
        StuckPods patient = pods(600);
        for (int second = 0; second < 10_000; second += 100) {
            assertThat(tick(patient, second).get(2).hopeless()).isFalse();
        }
        trouble = trouble(Cause.UNKNOWN, "db-2 does not start on node-1");
        tick(patient, 10_000);
        assertThatThrownBy(() -> tick(patient, 10_120)).hasMessageStartingWith("db-2 does not start on node-1.\n  says Kubernetes\n");
    }

    @Test
    void rule6_aPodThatNeverEndsIsToldAfterItsGracePeriod() throws Exception {
        set.node(2).terminating = true;
        trouble = trouble(Cause.TERMINATING, "db-2 is to be deleted and does not end");
        StuckPods patient = pods(600);
        tick(patient, 0);
        tick(patient, 179);
        assertThatThrownBy(() -> tick(patient, 180)).hasMessageStartingWith("db-2 is to be deleted and does not end.\n");
    }

    @Test
    void safety12_aMemberThatCopiesHasItsTimeAsLongAsItGetsFurther() throws Exception {
        set.node(2).state = "STARTUP2";
        set.node(2).ready = false;
        StuckPods patient = pods(600);
        for (int second = 0; second < 6_000; second += 500) {
            set.node(2).copied = second;
            tick(patient, second);
        }
        assertThatThrownBy(() -> tick(patient, 6_100)).hasMessageStartingWith("db-2 has made no progress for 600 s (memberTimeoutSeconds): STARTUP2.\n");
    }

    @Test
    void safety12_aMongodThatEndedOnceAndAnswersAgainIsNotHopelessForThat() throws Exception {
        set.node(2).state = "STARTUP2";
        set.node(2).ready = false;
        trouble = new Trouble("db-2", 2, "db", Cause.OUT_OF_MEMORY, false, "db-2 does not stay up: container db is killed for memory (1 restart)", "", "");
        StuckPods patient = pods(600);
        for (int second = 0; second <= 300; second += 10) {
            set.node(2).copied = second;
            assertThat(tick(patient, second).get(2).hopeless()).as("it copies, after %s s", second).isFalse();
        }
        set.node(2).container(137, null).answers = false;
        assertThat(tick(patient, 310).get(2).hopeless()).as("it recovers").isFalse();
        set.node(2).container(137, "CrashLoopBackOff");
        assertThat(tick(patient, 320).get(2).hopeless()).as("it ended again").isTrue();
    }

    @Test
    void rule6_aProbeThatFailsBetweenTwoCrashesDoesNotBeginStuckSecondsAnew() throws Exception {
        set.node(2).broken().phase = "Running";
        StuckPods patient = pods(600);
        for (int second = 0; second < 120; second += 20) {
            set.node(2).container(2, "CrashLoopBackOff");
            trouble = new Trouble("db-2", 2, "db", Cause.CRASH, false, "db-2 cannot start: container db ends with code 2", "", "");
            assertThat(tick(patient, second).get(2).hopeless()).as("after %s s", second).isFalse();
            set.node(2).container(2, null);
            trouble = trouble(Cause.PROBE, "db-2 runs, but does not become ready: container db fails its probe");
            assertThat(tick(patient, second + 10).get(2).hopeless()).as("it runs").isFalse();
        }
        set.node(2).container(2, "CrashLoopBackOff");
        trouble = new Trouble("db-2", 2, "db", Cause.CRASH, false, "db-2 cannot start: container db ends with code 2", "", "");
        assertThat(tick(patient, 120).get(2).hopeless()).isTrue();
    }

    @Test
    void rule6_aMomentInWhichItIsReadyBetweenTwoEndsDoesNotBeginStuckSecondsAnew() throws Exception {
        StuckPods patient = pods(600);
        for (int second = 0; second < 120; second += 20) {
            assertThat(tickOfAnEnd(patient, second).hopeless()).as("after %s s", second).isFalse();
            set.node(2).ready = true;
            set.node(2).container(137, null);
            assertThat(tick(patient, second + 11)).as("Ready again").containsEntry(2, new Stuck(false, "it ended a moment ago"));
        }
        assertThat(tickOfAnEnd(patient, 120).hopeless()).isTrue();
    }

    @Test
    void rule6_onceItStaysUpWhatItEndedOfIsForgotten() throws Exception {
        StuckPods patient = pods(600);
        tickOfAnEnd(patient, 0);
        set.node(2).ready = true;
        set.node(2).container(137, null);
        assertThat(tick(patient, 5)).containsKey(2);
        assertThat(tick(patient, 14)).containsKey(2);
        assertThat(tick(patient, 15)).as("up for 10 s").isEmpty();
        assertThat(tickOfAnEnd(patient, 300).hopeless()).as("the first end for long").isFalse();
    }

    private Stuck tickOfAnEnd(StuckPods pods, int second) throws Exception {
        set.node(2).ready = false;
        set.node(2).container(137, "CrashLoopBackOff");
        trouble = new Trouble("db-2", 2, "db", Cause.OUT_OF_MEMORY, false, "db-2 does not stay up: container db is killed for memory (1 restart)", "", "");
        return tick(pods, second).get(2);
    }

    @Test
    void rule6_aPodThatIsEvictedAndMadeAgainInTurnsIsHopelessAfterStuckSeconds() throws Exception {
        StuckPods patient = pods(600);
        for (int round = 0; round < 4; round++) {
            assertThat(tickOfAnEviction(patient, round, 30 * round).hopeless()).as("round %s", round).isFalse();
            set.node(2).uid = "of round " + (round + 1);
            set.node(2).phase = "Running";
            set.node(2).ready = true;
            set.node(2).terminating = false;
            assertThat(tick(patient, 30 * round + 25)).as("Ready again").containsEntry(2, new Stuck(false, "it ended a moment ago"));
        }
        assertThat(tickOfAnEviction(patient, 4, 120).hopeless()).isTrue();
    }

    /** Its controller deletes it as soon as it sees it. */
    private Stuck tickOfAnEviction(StuckPods pods, int round, int second) throws Exception {
        set.node(2).ready = false;
        set.node(2).phase = "Failed";
        set.node(2).terminating = round % 2 == 0;
        trouble = trouble(Cause.EVICTED, "db-2 ended on node-" + round + ": Evicted");
        return tick(pods, second).get(2);
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
