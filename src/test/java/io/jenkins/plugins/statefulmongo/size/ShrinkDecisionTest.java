package io.jenkins.plugins.statefulmongo.size;

import static io.jenkins.plugins.statefulmongo.size.Looked.claim;
import static io.jenkins.plugins.statefulmongo.size.Looked.look;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.size.ShrinkDecision.Action;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShrinkDecisionTest {
    private static final OpTime MARK = new OpTime(1, MongoSet.NOW, 1);

    private final MongoSet set = new MongoSet(5);

    @Test
    void fromTheHighestOrdinalDownOneAfterTheOther() {
        assertThat(next(3)).isEqualTo(new Action.Remove(0, 4, set.host(4), 1));
        left(4);
        assertThat(next(3)).isEqualTo(new Action.Mark(claim(4, null), "removed id-1 1"));
        assertThat(next(3, claim(4, "removed id-1 1"))).isEqualTo(new Action.Remove(0, 3, set.host(3), 1));
        left(3);
        assertThat(next(3, claim(4, "removed id-1 1"), claim(3, "removed id-1 1"))).isEqualTo(new Action.Lower());
    }

    @Test
    void safety17_aPrimaryStepsDownFirstAndIsTheLastToLeave() {
        set.primary(4);
        assertThat(next(3)).isEqualTo(new Action.Remove(4, 3, set.host(3), 1));
        left(3);
        ClaimState marked = claim(3, "removed id-1 1");
        assertThat(next(3, marked)).isEqualTo(new Action.StepDown(4));
        set.nodes().stream().filter(n -> n.ordinal < 3).forEach(n -> n.behind(1));
        assertThat(next(3, marked)).as("safety 11").isEqualTo(new Action.Wait("db-0 or db-1 or db-2 to catch up with db-4, which is to step down"));
        set.nodes().stream().filter(n -> n.ordinal < 3).forEach(n -> n.priority = 0);
        assertThat(next(3, marked)).isInstanceOf(Action.Refuse.class);
    }

    @Test
    void safety17_nobodysPodGoesBeforeItKnowsOfItsRemoval() {
        set.node(4).configured = false;
        assertThat(next(4)).as("it has not heard of it").isEqualTo(new Action.Wait("db-4 to learn that it was removed (SECONDARY)"));
        set.node(4).state = "REMOVED";
        set.node(4).answers = false;
        assertThat(next(4)).isEqualTo(new Action.Wait("db-4 to answer: it is to say that it knows of its removal (does not answer)"));
        assertThat(decide(4, false, Set.of(4), MARK)).isEqualTo(new Action.Mark(claim(4, null), ClaimState.STALE));
        assertThat(decide(4, false, Set.of(4), MARK, claim(4, ClaimState.STALE))).isEqualTo(new Action.Lower());
        assertThat(decide(4, false, Set.of(4), MARK, claim(4, "removed id-1 1"))).as("it may have been added again since")
                .isEqualTo(new Action.Mark(claim(4, "removed id-1 1"), ClaimState.STALE));
    }

    @Test
    void aMemberOfAnotherSetLeavesAStaleVolume() {
        set.node(4).configured = false;
        set.node(4).setId = "id-2";
        assertThat(next(4)).isEqualTo(new Action.Mark(claim(4, null), ClaimState.STALE));
    }

    @Test
    void aPodThatNeverBecameAMemberMayGo() {
        set.node(4).configured = false;
        set.node(4).initiated = false;
        assertThat(next(4)).isEqualTo(new Action.Mark(claim(4, null), "removed id-1 1"));
        set.node(4).data = true;
        assertThat(next(4)).as("it may yet load its configuration").isInstanceOf(Action.Wait.class);
        assertThat(decide(4, false, Set.of(4), MARK)).isEqualTo(new Action.Mark(claim(4, null), ClaimState.STALE));
    }

    @Test
    void volumesThatAreToGoAreDeletedBeforeThePodIs() {
        left(4);
        assertThat(decide(4, true, Set.of(), MARK)).isEqualTo(new Action.Delete(claim(4, null)));
        assertThat(decide(4, true, Set.of(), MARK, claim(4, null, true))).isEqualTo(new Action.Lower());
    }

    @Test
    void theRemainingVotersNeedAMajority() {
        MongoSet three = new MongoSet(3);
        three.node(1).answers = false;
        assertThat(next(three, 2)).isEqualTo(new Action.Wait("a majority of healthy voters without db-2 (db-0 PRIMARY, db-1 does not answer, db-2 SECONDARY)"));
        assertThat(next(three, 1)).as("the same").isInstanceOf(Action.Wait.class);
        three.node(1).answers = true;
        three.node(2).answers = false;
        assertThat(next(three, 2)).as("who is down may leave").isEqualTo(new Action.Remove(0, 2, three.host(2), 1));
    }

    @Test
    void noAcknowledgedWriteMayDependOnWhoeverLeaves() {
        assertThat(decide(3, false, Set.of(), null)).isEqualTo(new Action.Wait("a majority without db-4 to have what the primary has"));
        set.node(1).behind(5);
        set.node(2).behind(5);
        assertThat(next(3)).isEqualTo(new Action.Wait("a majority without db-4 to have what the primary has"));
        set.node(2).behind(0);
        assertThat(next(3)).isInstanceOf(Action.Remove.class);
    }

    @Test
    void safety18_aMajorityMustHaveTheConfigurationBeforeTheNext() {
        set.node(0).configVersion = 2;
        assertThat(next(3)).isEqualTo(new Action.Wait("a majority to have configuration version 2"));
        set.node(1).configVersion = 2;
        set.node(2).configVersion = 2;
        assertThat(next(3)).isEqualTo(new Action.Remove(0, 4, set.host(4), 2));
    }

    @Test
    void safety10_nothingWithoutAPrimaryThatAMajorityNames() {
        set.withoutPrimary();
        assertThat(next(3)).isInstanceOf(Action.Wait.class);
        set.node(1).state = "PRIMARY";
        assertThat(next(3)).as("nobody else names it").isInstanceOf(Action.Wait.class);
    }

    @Test
    void safety15_membersOutsideTheStatefulSetStay() {
        MongoSet three = new MongoSet(3).outsider("far.example:27017", true);
        assertThat(next(three, 2)).isEqualTo(new Action.Remove(0, 2, three.host(2), 1));
        three.node(2).configured = false;
        three.node(2).state = "REMOVED";
        three.node(2).primary = null;
        assertThat(next(three, 2, claim(2, "removed id-1 1"))).isEqualTo(new Action.Lower());
        assertThat(three.config().members()).hasSize(3);
        MongoSet down = new MongoSet(4).outsider("far.example:27017", false);
        down.node(1).answers = false;
        assertThat(next(down, 3)).as("it counts in every majority").isInstanceOf(Action.Wait.class);
    }

    @Test
    void safety10_aSetWhosePrimaryNobodyHereCouldNameIsRefused() {
        MongoSet two = new MongoSet(2).outsider("far.example:27017", true);
        assertThat(next(two, 1)).isEqualTo(new Action.Refuse(
                "rs0 would have 2 voters, and only 1 of them would be pods of StatefulSet db: too few to tell who is primary.",
                List.of("Elsewhere are far.example:27017. Nobody was removed.", "Keep more replicas, or take the votes of those members away first.")));
    }

    @Test
    void whoeverWasScaledAwayWithoutBeingRemovedLeavesToo() {
        set.part("spec").put("replicas", 4);
        set.node(4).exists = false;
        assertThat(next(3)).isEqualTo(new Action.Remove(0, 4, set.host(4), 1));
        set.node(4).configured = false;
        assertThat(next(3)).as("it has no pod that could go").isEqualTo(new Action.Remove(0, 3, set.host(3), 1));
    }

    @Test
    void aSetThatNobodyInitiatedHasNobodyToRemove() {
        set.nodes().forEach(n -> n.initiated = false);
        assertThat(next(3)).isEqualTo(new Action.Lower());
        assertThat(decide(3, true, Set.of(), null)).isEqualTo(new Action.Delete(claim(3, null)));
        set.node(1).answers = false;
        assertThat(next(3)).isEqualTo(new Action.Wait("db-1 to answer, or to load its configuration: a member that was not asked may hold the set"));
    }

    @Test
    void safety17_aMemberThatMayYetLoadItsConfigurationIsNotTakenForOneThatNobodyInitiated() {
        set.nodes().forEach(n -> {
            n.initiated = false;
            n.data = true;
        });
        Action.Wait wait = new Action.Wait("db-0, db-1, db-2, db-3, db-4 to answer, or to load its configuration: a member that was not asked may hold the set");
        assertThat(next(3)).isEqualTo(wait);
        assertThat(decide(3, true, Set.of(), null)).as("its volume may be a voter's").isEqualTo(wait);
    }

    private void left(int ordinal) {
        set.node(ordinal).configured = false;
        set.node(ordinal).state = "REMOVED";
        set.node(ordinal).primary = null;
    }

    private Action next(int replicas, ClaimState... more) {
        return decide(replicas, false, Set.of(), MARK, more);
    }

    private Action decide(int replicas, boolean deleteVolumes, Set<Integer> givenUp, OpTime mark, ClaimState... more) {
        return new ShrinkDecision(look(set, more), replicas, deleteVolumes, givenUp, mark).next();
    }

    private static Action next(MongoSet set, int replicas, ClaimState... more) {
        return new ShrinkDecision(look(set, more), replicas, false, Set.of(), MARK).next();
    }
}
