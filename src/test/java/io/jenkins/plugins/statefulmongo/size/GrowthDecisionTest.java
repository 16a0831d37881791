package io.jenkins.plugins.statefulmongo.size;

import static io.jenkins.plugins.statefulmongo.size.Looked.claim;
import static io.jenkins.plugins.statefulmongo.size.Looked.look;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.size.GrowthDecision.Action;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthDecisionTest {
    private final MongoSet set = new MongoSet(3);

    @Test
    void anOrdinalWithoutAVolumeMayBeAdded() {
        assertThat(next(5, false)).isEqualTo(new Action.Grow(true));
        set.nodes().forEach(n -> n.initiated = false);
        assertThat(next(5, false)).as("nobody is a member").isEqualTo(new Action.Grow(false));
    }

    @Test
    void safety17_aVolumeWhoseMemberAnsweredRemovedIsUsed() {
        assertThat(next(4, false, claim(3, "removed id-1 7"))).isEqualTo(new Action.Grow(true));
        assertThat(refusal(4, claim(3, "removed id-2 7"))).as("of another set").startsWith("mongo-data-db-3 is the volume of an earlier member");
    }

    @Test
    void safety17_aStaleVolumeIsRefusedUnlessItIsToBeWiped() {
        ClaimState stale = claim(3, ClaimState.STALE);
        assertThat(refusal(4, stale)).isEqualTo("mongo-data-db-3 is the volume of an earlier member, and nobody saw it learn that it was removed"
                + " from the replica set.\n"
                + "Started on such volumes, old members can elect a primary of their own beside the set's. Nothing was touched.\n"
                + "If the data is not needed, give wipe: true: the volumes are deleted, and the new members copy all data from the others."
                + " Else save what is needed first, or give replicas: 3.");
        assertThat(next(4, true, stale)).isEqualTo(new Action.Wipe(stale));
        set.nodes().forEach(n -> n.initiated = false);
        assertThat(refusal(4, stale)).startsWith("mongo-data-db-3 is ");
    }

    @Test
    void safety17_aVolumeOfWhichNobodyKnowsHowItsMemberLeftIsRefused() {
        assertThat(refusal(5, claim(3, null), claim(4, "removed id-1 7"))).startsWith("mongo-data-db-3 is ");
        assertThat(refusal(5, claim(3, null), claim(4, null))).startsWith("mongo-data-db-3, mongo-data-db-4 are volumes of earlier members, and"
                + " nobody saw them learn that they were removed");
        set.nodes().forEach(n -> n.initiated = false);
        assertThat(next(5, false, claim(3, null))).as("initReplicaSet asks its mongod").isEqualTo(new Action.Grow(false));
    }

    @Test
    void aMemberThatWasOnlyScaledAwayComesBackToItsVolume() {
        MongoSet five = new MongoSet(5);
        five.part("spec").put("replicas", 3);
        five.node(3).exists = false;
        five.node(4).exists = false;
        assertThat(new GrowthDecision(look(five), 5, false).next()).isEqualTo(new Action.Grow(true));
        assertThat(new GrowthDecision(look(five), 5, true).next()).as("a member's volume is never wiped").isEqualTo(new Action.Grow(true));
    }

    @Test
    void wipeTakesAllThatIsNoMembers() {
        ClaimState removed = claim(3, "removed id-1 7");
        assertThat(next(4, true, removed)).isEqualTo(new Action.Wipe(removed));
        assertThat(next(4, true, claim(3, null, true))).isEqualTo(new Action.Wait("the old volume mongo-data-db-3 to be gone"));
        assertThat(next(4, true)).isEqualTo(new Action.Grow(true));
    }

    @Test
    void safety17_volumesOfASetThatWasScaledToNothingAreNotWiped() {
        set.part("spec").put("replicas", 0);
        set.nodes().forEach(n -> n.exists = false);
        assertThat(next(3, false)).as("all come back to their volumes").isEqualTo(new Action.Grow(false));
        assertThat(next(3, true)).isEqualTo(new Action.Refuse(
                "StatefulSet db has no pod that could tell whose volumes mongo-data-db-0, mongo-data-db-1, mongo-data-db-2 are: they may be all that the"
                        + " replica set has.",
                List.of("Nothing was touched. Run the step without wipe: the pods come back to these volumes. If nobody needs the data, delete the"
                        + " claims by hand.")));
    }

    @Test
    void whoeverServesButDidNotAnswerMayKnowTheSet() {
        set.nodes().forEach(n -> n.initiated = false);
        set.node(1).answers = false;
        assertThat(next(5, false)).isEqualTo(new Action.Wait("db-1 to answer, or to load its configuration"));
        set.node(1).answers = true;
        set.node(1).data = true;
        assertThat(next(5, false)).isEqualTo(new Action.Wait("db-1 to answer, or to load its configuration"));
        set.node(1).answers = false;
        set.node(1).broken();
        assertThat(next(5, false)).as("it does not run, and no volume is at stake").isEqualTo(new Action.Grow(false));
        assertThat(next(5, false, claim(4, null))).isEqualTo(new Action.Wait("db-1 to answer, or to load its configuration"));
    }

    @Test
    void atMostFiftyMembersWhoeverTheyAre() {
        for (int i = 0; i < 46; i++) {
            set.outsider("far-" + i + ".example:27017", true);
        }
        assertThat(next(4, false)).isEqualTo(new Action.Grow(true));
        assertThat(refusal(5)).startsWith("rs0 would have 51 members, and MongoDB allows 50.\n");
    }

    private Action next(int replicas, boolean wipe, ClaimState... more) {
        return new GrowthDecision(look(set, more), replicas, wipe).next();
    }

    private String refusal(int replicas, ClaimState... more) {
        Action.Refuse refuse = (Action.Refuse) next(replicas, false, more);
        return refuse.what() + "\n" + String.join("\n", (List<String>) refuse.lines());
    }
}
