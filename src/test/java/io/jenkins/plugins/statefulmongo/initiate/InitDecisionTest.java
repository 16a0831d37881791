package io.jenkins.plugins.statefulmongo.initiate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.initiate.InitDecision.Action;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class InitDecisionTest {
    private final MongoSet set = new MongoSet(3);

    @Test
    void initiatesAllMembersInOneCommandOnTheLowestOrdinal() {
        fresh(set);
        assertThat(next()).isEqualTo(new Action.Initiate(0, set.hosts().all()));
        set.part("spec", "ordinals").put("start", 0);
        assertThat(next()).isEqualTo(new Action.Initiate(0, set.hosts().all()));
    }

    @Test
    void safety16_aMemberThatWasNotAskedMayHoldTheSet() {
        fresh(set);
        set.node(2).answers = false;
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to answer (db-2 is not running)"));
        set.node(2).exists = false;
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to answer (no pod yet)"));
    }

    @Test
    void aSetThatIsCompleteIsAccepted() {
        assertThat(next()).isEqualTo(new Action.Finish(set.config(), 0));
    }

    @Test
    void aSetOfAnotherNameIsRefusedWithEachMembersStory() {
        set.nodes().forEach(n -> n.setName = "rs9");
        assertThat(refusal()).isEqualTo("db-0 is initiated as rs9, not as rs0.\n"
                + "db-0: PRIMARY of rs9 (set id id-1), configuration version 1 with 3 member(s)\n"
                + "db-1: SECONDARY of rs9 (set id id-1), configuration version 1 with 3 member(s)\n"
                + "db-2: SECONDARY of rs9 (set id id-1), configuration version 1 with 3 member(s)\n"
                + "Nothing was changed: a replica set cannot be renamed.\n"
                + "Deploy with replicaSet: 'rs9', or remove this set and its volumes first (deployStatefulMongo absent: true, volumes: 'delete').");
    }

    @Test
    void twoSetsOfTheSameNameAreNeverJoined() {
        set.node(2).setId = "id-2";
        assertThat(refusal())
                .startsWith("there are two replica sets named rs0: db-0 and db-2 belong to different ones.\n")
                .contains("db-2: SECONDARY of rs0 (set id id-2)")
                .contains("Nothing was changed: joining them would drop the data of one.");
    }

    @Test
    void safety16_dataWithoutAnInitiatedSetIsRefused() {
        fresh(set);
        set.node(1).data = true;
        set.node(2).data = true;
        assertThat(refusal())
                .startsWith("no member is initiated, but db-1 has data, and db-2 has data.\nNothing was changed: ")
                .contains("initiate by hand on that member alone")
                .contains("MONGO_INITDB_ROOT_*");
    }

    @Test
    void safety16_claimsOlderThanTheStatefulSetCountAsData() {
        fresh(set);
        assertThat(refusal("mongo-data-db-1", "mongo-data-db-3"))
                .isEqualTo("no member is initiated, but there are volumes from before this StatefulSet: mongo-data-db-1, mongo-data-db-3.\n"
                        + "Nothing was changed: they may hold the data of the set that ran here.\n"
                        + "If that data is not needed, delete these claims; else bring back the replicas that they belong to.");
    }

    @Test
    void anEmptyMemberThatTheConfigurationNamesGetsEverythingByItself() {
        unborn(2);
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to become SECONDARY (not initiated)"));
        set.node(2).initiated = true;
        set.node(2).state = "STARTUP2";
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to become SECONDARY (STARTUP2)"));
    }

    @Test
    void safety15_initReplicaSetOnlyAdds() {
        set.outsider("far.example:27017", true);
        set.node(2).configured = false;
        unborn(2);
        assertThat(next()).isEqualTo(new Action.Add(0, set.host(2), true, false));
        set.node(2).configured = true;
        set.node(2).initiated = true;
        assertThat(next()).as("the outsider stays").isEqualTo(new Action.Finish(set.config(), 0));
        assertThat(set.config().members()).hasSize(4);
    }

    @Test
    void membersAreAddedOneAtATimeEachOnlyWhenAllBeforeAreHealthy() {
        MongoSet five = new MongoSet(5);
        for (int i : new int[] {3, 4}) {
            five.node(i).configured = false;
            five.node(i).initiated = false;
        }
        assertThat(next(five)).isEqualTo(new Action.Add(0, five.host(3), true, false));
        five.node(3).configured = true;
        five.node(3).initiated = true;
        five.node(3).state = "STARTUP2";
        assertThat(next(five)).isEqualTo(new Action.Wait("db-3 to become SECONDARY (STARTUP2)"));
        five.node(3).state = "SECONDARY";
        assertThat(next(five)).isEqualTo(new Action.Add(0, five.host(4), true, false));
    }

    @Test
    void safety18_before50AMemberJoinsWithoutAVoteAndGetsItAsSecondary() {
        set.nodes().forEach(n -> n.version = "4.4.29");
        set.node(2).configured = false;
        unborn(2);
        assertThat(next()).isEqualTo(new Action.Add(0, set.host(2), false, true));
        set.node(2).configured = true;
        set.node(2).joining = true;
        set.node(2).votes = 0;
        set.node(2).initiated = true;
        set.node(2).state = "STARTUP2";
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to become SECONDARY (STARTUP2)"));
        set.node(2).state = "SECONDARY";
        assertThat(next()).isEqualTo(new Action.GiveVote(0, set.host(2)));
        set.node(2).joining = false;
        set.node(2).votes = 1;
        assertThat(next()).isInstanceOf(Action.Finish.class);
    }

    @Test
    void safety18_on42TheNextChangeWaitsForAMajorityToHaveTheConfiguration() {
        set.nodes().forEach(n -> n.version = "4.2.24");
        set.node(0).configVersion = 2;
        assertThat(next()).isEqualTo(new Action.Wait("a majority to have configuration version 2"));
        set.node(1).configVersion = 2;
        assertThat(next()).isInstanceOf(Action.Finish.class);
    }

    @Test
    void atMostSevenVote() {
        MongoSet eight = new MongoSet(8);
        eight.node(7).configured = false;
        eight.node(7).initiated = false;
        assertThat(next(eight)).isEqualTo(new Action.Add(0, eight.host(7), false, false));
    }

    @Test
    void safety25_afterAnInitiationTheLowestOrdinalStandsInsteadOfWaiting() {
        set.withoutPrimary();
        set.nodes().forEach(n -> n.term = 0);
        set.node(2).state = "STARTUP2";
        assertThat(next()).isEqualTo(new Action.StandForElection(0));
        set.node(0).priority = 0;
        assertThat(next()).isEqualTo(new Action.StandForElection(1));
        set.node(1).state = "STARTUP2";
        assertThat(next()).as("no majority yet").isInstanceOf(Action.Wait.class);
    }

    @Test
    void safety10_aSetThatHadAPrimaryElectsByItself() {
        set.withoutPrimary();
        assertThat(next()).isEqualTo(new Action.Wait("a primary (db-0 SECONDARY, db-1 SECONDARY, db-2 SECONDARY)"));
    }

    @Test
    void safety17_aMemberThatKnowsThatItWasRemovedIsAddedAgain() {
        set.node(2).configured = false;
        set.node(2).state = "REMOVED";
        set.node(2).primary = null;
        assertThat(next()).isEqualTo(new Action.Add(0, set.host(2), true, false));
        set.node(2).setId = "id-2";
        assertThat(refusal()).as("of another set").startsWith("there are two replica sets named rs0: ");
    }

    @Test
    void aMemberThatTheOthersDoNotNameAndThatDoesNotKnowItIsNotTakenBack() {
        set.node(2).configured = false;
        assertThat(refusal())
                .startsWith("db-2 is initiated (SECONDARY), but the newest configuration does not name it by its stable name.\n")
                .contains("the stable name is db-2.db.ns.svc.cluster.local:27017")
                .contains("delete its volume claim and its pod, then run this step again");
    }

    @Test
    void whereNoPodIsNamedNobodyCountsAsRemoved() {
        for (var node : set.nodes()) {
            node.configured = false;
            node.state = "REMOVED";
            node.primary = null;
        }
        set.outsider("10.0.0.7:27017", true);
        assertThat(refusal()).startsWith("db-0 is initiated (REMOVED), but the newest configuration does not name it by its stable name.\n");
    }

    @Test
    void aSetHasAtMostFiftyMembers() {
        MongoSet large = new MongoSet(51);
        large.node(50).configured = false;
        large.node(50).initiated = false;
        assertThat(((Action.Refuse) next(large)).what()).isEqualTo("db-50 cannot be added: rs0 has 50 members, and MongoDB allows 50.");
    }

    @Test
    void aMemberWithDataOfItsOwnIsNotAdded() {
        set.node(2).configured = false;
        unborn(2);
        set.node(2).data = true;
        assertThat(refusal()).startsWith("db-2 has data, but is no member of rs0.\n");
    }

    private void unborn(int ordinal) {
        set.node(ordinal).initiated = false;
    }

    private static void fresh(MongoSet set) {
        set.nodes().forEach(n -> n.initiated = false);
    }

    private Action next() {
        return next(set);
    }

    private static Action next(MongoSet set, String... oldClaims) {
        return new InitDecision(set.set(), set.hosts(), "rs0", set.members(), List.of(oldClaims)).next();
    }

    private String refusal(String... oldClaims) {
        Action next = next(set, oldClaims);
        assertThat(next).isInstanceOf(Action.Refuse.class);
        Action.Refuse refuse = (Action.Refuse) next;
        List<String> all = new ArrayList<>(List.of(refuse.what()));
        all.addAll(refuse.lines());
        return all.stream().collect(Collectors.joining("\n"));
    }
}
