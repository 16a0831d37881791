package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private final MongoSet set = new MongoSet(3);
    private long now;
    private final CatchUp catchUp = new CatchUp(() -> now);

    @Test
    void safety10_theMarkIsWhatThePrimaryHadAfterTheSecondaryWasSeen() {
        assertThat(behind(0)).containsExactly(1, 2);
        assertThat(behind(0)).isEmpty();
    }

    @Test
    void aReplacedPodIsMarkedAnew() {
        settle();
        set.node(2).revision = MongoSet.NEW;
        set.node(2).behind(5);
        assertThat(behind(0)).containsExactly(2);
        assertThat(behind(0)).containsExactly(2);
        set.node(2).behind(0);
        assertThat(behind(0)).isEmpty();
    }

    @Test
    void aMemberThatWasNoSecondaryInBetweenIsMarkedAnew() {
        settle();
        set.node(1).state = "RECOVERING";
        assertThat(behind(0)).isEmpty();
        set.node(1).state = "SECONDARY";
        assertThat(behind(0)).containsExactly(1);
    }

    @Test
    void aMemberThatWasNoSecondaryWhileThereWasNoPrimaryIsMarkedAnew() {
        settle();
        set.node(1).state = "RECOVERING";
        assertThat(catchUp.behind(set.pods(), set.members(), Optional.empty(), Map.of())).isEmpty();
        set.node(1).state = "SECONDARY";
        assertThat(behind(0)).containsExactly(1);
    }

    @Test
    void safety10_aPrimaryThatHasNotWrittenInItsTermSaysNothing() {
        settle();
        set.nodes().forEach(n -> n.term = 2);
        assertThat(behind(0)).containsExactly(1, 2);
        assertThat(behind(0)).as("still what the primary before it wrote").containsExactly(1, 2);
        set.nodes().forEach(n -> n.applied = new OpTime(2, MongoSet.NOW + 1, 1));
        behind(0);
        assertThat(behind(0)).isEmpty();
    }

    @Test
    void safety10_opTimeOfAnOlderTermIsVoid() {
        settle();
        set.primary(1);
        set.nodes().forEach(n -> n.term = 2);
        set.node(1).applied = new OpTime(2, MongoSet.NOW + 1, 1);
        assertThat(behind(1)).containsExactly(0, 2);
        // They still have only what the old primary wrote, however much that was.
        set.node(0).applied = new OpTime(1, MongoSet.NOW + 100, 1);
        assertThat(behind(1)).containsExactly(0, 2);
        set.node(0).applied = new OpTime(2, MongoSet.NOW + 1, 1);
        set.node(2).applied = new OpTime(2, MongoSet.NOW + 1, 2);
        assertThat(behind(1)).isEmpty();
    }

    @Test
    void safety09_aDelayedMemberMayStayBehindByItsDelay() {
        set.node(2).behind(60);
        catchUp.behind(set.pods(), set.members(), Optional.of(set.member(0)), Map.of(2, 60L));
        assertThat(catchUp.behind(set.pods(), set.members(), Optional.of(set.member(0)), Map.of(2, 60L))).isEmpty();
        set.node(2).behind(62);
        assertThat(catchUp.behind(set.pods(), set.members(), Optional.of(set.member(0)), Map.of(2, 60L))).containsExactly(2);
    }

    @Test
    void safety08_aMemberThatStaysSecondaryButCopiesNoMoreFallsBehind() {
        settle();
        write(1);
        assertThat(behind(0)).as("what it reached holds for a moment").isEmpty();
        now += CatchUp.FRESH.toNanos() + 1;
        set.node(1).applied = set.node(0).applied;
        assertThat(behind(0)).containsExactly(2);
        now += 600_000_000_000L;
        assertThat(behind(0)).containsExactly(2);
        set.node(2).applied = set.node(1).applied;
        assertThat(behind(0)).isEmpty();
    }

    @Test
    void nobodyFallsBehindWhereNobodyWrites() {
        settle();
        now += 600_000_000_000L;
        assertThat(behind(0)).isEmpty();
    }

    @Test
    void aMemberWithASteadyLagIsCaughtUpAtTwoLooksThatFollowEachOther() {
        settle();
        int twice = 0;
        boolean before = false;
        for (int i = 0; i < 100; i++) {
            now += 250_000_000L;
            write(1);
            set.node(1).applied = set.node(0).applied;
            set.node(2).applied = new OpTime(1, MongoSet.NOW + i - 3, 1);
            boolean caughtUp = behind(0).isEmpty();
            twice += before && caughtUp ? 1 : 0;
            before = caughtUp;
        }
        assertThat(twice).isGreaterThan(10);
    }

    /** By the primary, and nobody has it yet. */
    private void write(long seconds) {
        OpTime last = set.node(0).applied;
        set.node(0).applied = new OpTime(last.term(), last.seconds() + seconds, 1);
    }

    private void settle() {
        behind(0);
        assertThat(behind(0)).isEmpty();
    }

    private Set<Integer> behind(int primary) {
        return catchUp.behind(set.pods(), set.members(), Optional.of(set.member(primary)), Map.of());
    }
}
