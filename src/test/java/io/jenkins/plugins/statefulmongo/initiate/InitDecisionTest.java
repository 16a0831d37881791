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
        String remedy = "Nothing was changed: every pod is asked first, as any of them may hold the set. waitOrdinals tells why one does not come up,"
                + " or does not end.";
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to answer (db-2 is not running)", remedy));
        set.node(2).exists = false;
        assertThat(next()).isEqualTo(new Action.Wait("db-2 to answer (no pod yet)", remedy));
    }

    @Test
    void safety16_aPodBeyondTheReplicasMayHoldTheSetAsWell() {
        MongoSet four = new MongoSet(4);
        four.part("spec").put("replicas", 3);
        fresh(four);
        four.node(3).answers = false;
        assertThat(next(four)).isInstanceOfSatisfying(Action.Wait.class, w -> assertThat(w.reason()).isEqualTo("db-3 to answer (db-3 is not running)"));
        four.node(3).answers = true;
        four.node(3).data = true;
        assertThat(refusal(four)).startsWith("no member is initiated, but db-3 has data.\n");
        four.node(3).data = false;
        assertThat(next(four)).isEqualTo(new Action.Initiate(0, four.hosts().all()));
        assertThat(four.hosts().all()).hasSize(3);
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
        set.node(0).priority = 1;
        set.node(1).state = "STARTUP2";
        assertThat(next()).as("both others still copy").isEqualTo(new Action.StandForElection(0));
        set.node(1).unseen = true;
        set.node(2).unseen = true;
        assertThat(next()).as("it has not heard of the others yet").isInstanceOf(Action.Wait.class);
        set.node(1).unseen = false;
        set.node(2).unseen = false;
        set.node(1).initiated = false;
        set.node(2).initiated = false;
        assertThat(next()).as("nobody else knows of the set").isInstanceOf(Action.Wait.class);
    }

    @Test
    void safety15_withoutAMajorityTheVotersThatAreAwayAreNamed() {
        set.withoutPrimary();
        set.outsider("far-1.example:27017", false).outsider("far-2.example:27017", false).outsider("far-3.example:27017", false);
        assertThat(next()).isEqualTo(new Action.Wait(
                "a majority: 3 of 6 voters are there, 4 are needed; away: far-1.example:27017, far-2.example:27017, far-3.example:27017"
                        + " (db-0 SECONDARY, db-1 SECONDARY, db-2 SECONDARY)",
                "Nothing was changed. Bring the voters back that are away: without a majority a set changes by force only, which may lose acknowledged"
                        + " writes and which this step never does."));
    }

    @Test
    void safety15_membersThatAreNamedByAddressAreRefusedWithTheCommandsThatRenameThem() {
        for (int i = 0; i < 3; i++) {
            set.node(i).host = "10.244.0." + (i + 2) + ":27017";
        }
        assertThat(refusal()).isEqualTo("""
                db-0 is the member 10.244.0.2:27017, db-1 is the member 10.244.0.3:27017, db-2 is the member 10.244.0.4:27017 of rs0, not by their stable names.
                db-0: PRIMARY of rs0 (set id id-1), configuration version 1 with 3 member(s)
                db-1: SECONDARY of rs0 (set id id-1), configuration version 1 with 3 member(s)
                db-2: SECONDARY of rs0 (set id id-1), configuration version 1 with 3 member(s)

                Nothing was changed. An address goes with its pod, and a short name is known to that pod alone: the others would not find it again.
                Rename one member at a time in mongosh on the primary, its own name last, and wait for rs.status() in between:
                c = rs.conf(); c.members[0].host = 'db-0.db.ns.svc.cluster.local:27017'; rs.reconfig(c)
                c = rs.conf(); c.members[1].host = 'db-1.db.ns.svc.cluster.local:27017'; rs.reconfig(c)
                c = rs.conf(); c.members[2].host = 'db-2.db.ns.svc.cluster.local:27017'; rs.reconfig(c)
                Then run this step again.""");
    }

    @Test
    void membersOfAnotherDnsDomainMayBeThoseOfAnUnnamedClusterDomain() {
        set.node(1).host = "db-1.db.ns.svc.example.org:27017";
        assertThat(refusal())
                .startsWith("db-1 is the member db-1.db.ns.svc.example.org:27017 of rs0, not by its stable name.\n")
                .contains("\nIf the cluster's DNS domain is another one than cluster.local, name it with the parameter 'clusterDomain'.\n");
    }

    @Test
    void safety15_aMemberThatNamedItselfByItsShortNameIsNotTakenForAnother() {
        set.node(0).host = "db-0:27017";
        for (int i : new int[] {1, 2}) {
            set.node(i).configured = false;
            unborn(i);
        }
        assertThat(refusal())
                .startsWith("db-0 is the member db-0:27017 of rs0, not by its stable name.\n")
                .contains("db-1: not initiated, empty\n")
                .contains("c = rs.conf(); c.members[0].host = 'db-0.db.ns.svc.cluster.local:27017'; rs.reconfig(c)\n");
    }

    @Test
    void aMemberThatLostItsVolumeIsWaitedForWhereverItIs() {
        unborn(0);
        set.primary(1);
        assertThat(next()).isEqualTo(new Action.Wait("db-0 to become SECONDARY (not initiated)"));
        set.withoutPrimary();
        assertThat(next()).isEqualTo(new Action.Wait("a primary (db-0 not initiated, db-1 SECONDARY, db-2 SECONDARY)"));
        set.primary(0);
        assertThat(next()).as("the others do not know yet")
                .isEqualTo(new Action.Wait("a primary (db-0 not initiated, db-1 SECONDARY, db-2 SECONDARY)"));
    }

    @Test
    void safety15_anArbiterAHiddenAndADelayedMemberAreAcceptedAsTheyAre() {
        MongoSet five = new MongoSet(5);
        five.node(2).arbiter = true;
        five.node(2).state = "ARBITER";
        five.node(3).hidden = true;
        five.node(3).priority = 0;
        five.node(4).hidden = true;
        five.node(4).priority = 0;
        five.node(4).delay = 3_600;
        five.node(4).behind(3_600);
        assertThat(next(five)).isEqualTo(new Action.Finish(five.config(), 0));
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
        return refusal(set, oldClaims);
    }

    private static String refusal(MongoSet set, String... oldClaims) {
        Action next = next(set, oldClaims);
        assertThat(next).isInstanceOf(Action.Refuse.class);
        Action.Refuse refuse = (Action.Refuse) next;
        List<String> all = new ArrayList<>(List.of(refuse.what()));
        all.addAll(refuse.lines());
        return all.stream().collect(Collectors.joining("\n"));
    }
}
