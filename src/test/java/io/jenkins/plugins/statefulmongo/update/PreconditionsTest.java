package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreconditionsTest {
    private final MongoSet set = new MongoSet(3);

    @Test
    void aHealthySetOfThreePasses() {
        assertThatCode(() -> {
            Preconditions.check(set.set());
            Preconditions.checkMembers(scene(), false);
            Preconditions.checkOplog(1_200, 600);
        }).doesNotThrowAnyException();
    }

    @Test
    void safety15_votersElsewhereThatAreDownLeaveNoneToSpare() {
        assertThat(Preconditions.noneToSpare(scene())).isFalse();
        set.outsider("gone-1:27017", false).outsider("gone-2:27017", false);
        assertThat(Preconditions.noneToSpare(scene())).isTrue();
        assertThat(Preconditions.voters(scene()))
                .isEqualTo("db-0 PRIMARY, db-1 SECONDARY, db-2 SECONDARY, gone-1:27017 (not reachable/healthy), gone-2:27017 (not reachable/healthy)");
        set.node(2).broken();
        assertThat(Preconditions.noneToSpare(scene())).as("db-2 is to be repaired, not taken away").isFalse();
    }

    @Test
    void safety03_aPartitionIsRefused() {
        set.part("spec", "updateStrategy", "rollingUpdate").put("partition", 2);
        assertThat(refusal()).isEqualTo("StatefulSet db has updateStrategy.rollingUpdate.partition 2.\n"
                + "  Nothing was touched: pods below a partition come back at an older revision than they had.\n"
                + "  Set the partition to 0, or the strategy to OnDelete, first.");
    }

    @Test
    void safety06_anOperatorsSetIsRefused() {
        set.part("metadata").put("ownerReferences", List.of(
                Map.of("controller", true, "kind", "MongoDBCommunity", "name", "demo", "uid", "1")));
        assertThat(refusal()).isEqualTo("StatefulSet db belongs to MongoDBCommunity/demo, which would undo any change.\n"
                + "  Nothing was touched. Change the image where that controller is configured.");
    }

    @Test
    void safety06_membersOfAShardedClusterAreRefused() {
        set.container().put("args", List.of("--replSet", "rs0", "--configsvr"));
        assertThat(refusal()).isEqualTo("StatefulSet db runs mongod with --configsvr: it is part of a sharded cluster.\n"
                + "  Nothing was touched: sharded clusters have an order of their own that this step does not know.");
    }

    @Test
    void safety06_aSetWithoutVolumesOfItsOwnIsRefused() {
        set.part("spec").put("volumeClaimTemplates", List.of());
        assertThat(refusal()).isEqualTo("StatefulSet db has no volumeClaimTemplates: a replaced pod would lose its data.\n"
                + "  Nothing was touched. Give every member a volume of its own.");
    }

    @Test
    void safety11_setsThatCannotKeepAWriteMajorityNeedAllowDowntime() {
        String text = "the set has 2 voting member(s) with data and needs 2 for a majority write: while one is replaced, writes stop.\n"
                + "  Nothing was touched. Add members (replicas: 3 or more), or accept the pause with allowDowntime: true.";
        assertThat(membersRefused(new MongoSet(2))).isEqualTo(text);
        MongoSet withArbiter = new MongoSet(3);
        withArbiter.node(2).arbiter = true;
        assertThat(membersRefused(withArbiter)).isEqualTo(text);
        assertThat(membersRefused(new MongoSet(1))).startsWith("the set has 1 voting member(s) with data and needs 1 ");
        assertThatCode(() -> Preconditions.checkMembers(scene(new MongoSet(2)), true)).doesNotThrowAnyException();
    }

    @Test
    void safety11_aDelayedMemberDoesNotCountForAMajorityWrite() {
        set.node(1).delay = 3_600;
        assertThat(membersRefused(set)).startsWith(
                "the set has 2 voting member(s) with data and no delay and needs 2 for a majority write: while one is replaced, writes stop.\n");
    }

    @Test
    void safety11_whereOnlyOneMemberCanBePrimaryItsReplacementStopsWrites() {
        set.node(1).priority = 0;
        set.node(2).priority = 0;
        assertThat(membersRefused(set)).isEqualTo("only db-0 of this StatefulSet can become primary: while it is replaced, writes stop.\n"
                + "  Nothing was touched. Give another member a priority above 0, or accept the pause with allowDowntime: true.");
    }

    @Test
    void safety11_unequalPrioritiesAreAnnouncedBeforeTheStart() {
        assertThat(Preconditions.unequalPriorities(scene())).isEmpty();
        set.node(1).priority = 2;
        assertThat(Preconditions.unequalPriorities(scene()))
                .contains("priorities differ: db-1 will take the primary's place back, one election more");
        MongoSet hidden = new MongoSet(3);
        hidden.node(1).priority = 0;
        hidden.node(1).hidden = true;
        assertThat(Preconditions.unequalPriorities(scene(hidden))).isEmpty();
    }

    @Test
    void safety15_membersOfTwoSetsAreRefusedWithEachMembersStory() {
        set.node(0).setId = "id-2";
        set.node(1).answers = false;
        assertThat(namesRefused()).isEqualTo("""
                the pods of StatefulSet db are members of different replica sets.
                  db-0: PRIMARY of rs0 (set id id-2), configuration version 1 with 3 member(s)
                  db-1: does not answer (db-1 is not running)
                  db-2: SECONDARY of rs0 (set id id-1), configuration version 1 with 3 member(s)
                  Nothing was touched: a member of the one says nothing about what the other needs.
                  initReplicaSet tells how they become one set.""");
    }

    @Test
    void safety15_aMemberByAnotherNameThanItsStableOneIsRefused() {
        set.node(1).host = "10.244.0.3:27017";
        set.node(2).exists = false;
        assertThat(namesRefused()).isEqualTo("""
                db-1 is the member 10.244.0.3:27017 of rs0, not by its stable name.
                  db-0: PRIMARY of rs0 (set id id-1), configuration version 1 with 3 member(s)
                  db-1: SECONDARY of rs0 (set id id-1), configuration version 1 with 3 member(s)
                  db-2: no pod
                  Nothing was touched: an address goes with its pod, and the others would not find the new one.
                  initReplicaSet tells how to rename them.""");
    }

    private String namesRefused() {
        return catchThrowableOfType(Failure.class, () -> Preconditions.checkNames(scene())).getMessage();
    }

    @Test
    void safety12_theOplogMustHoldTwiceTheMemberTimeout() {
        Failure refused = catchThrowableOfType(Failure.class, () -> Preconditions.checkOplog(1_199, 600));
        assertThat(refused).hasMessage("the primary's oplog holds 1199 s of writes, less than twice memberTimeoutSeconds (600 s).\n"
                + "  Nothing was touched: a member that is away longer than that must copy all data anew.\n"
                + "  Enlarge the oplog (replSetResizeOplog), or lower memberTimeoutSeconds.");
    }

    private String refusal() {
        return catchThrowableOfType(Failure.class, () -> Preconditions.check(set.set())).getMessage();
    }

    private static String membersRefused(MongoSet set) {
        return catchThrowableOfType(Failure.class, () -> Preconditions.checkMembers(scene(set), false)).getMessage();
    }

    private Scene scene() {
        return scene(set);
    }

    private static Scene scene(MongoSet s) {
        return new Scene(s.set(), s.hosts(), s.pods(), s.members());
    }

    @Test
    void safety08_aMemberHasAMinuteToEndOrAsLongAsItsPodSays() {
        MongoSet s = new MongoSet(3);
        s.part("spec", "template", "spec").put("terminationGracePeriodSeconds", 10);
        assertThat(Roll.grace(s.set())).isEqualTo(60);
        s.part("spec", "template", "spec").put("terminationGracePeriodSeconds", 90);
        assertThat(Roll.grace(s.set())).isEqualTo(90);
    }
}
