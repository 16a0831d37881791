package io.jenkins.plugins.statefulmongo.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

/** What is sent to mongod, and how its answers are read. */
class DocumentsTest {
    private static final ObjectId ID = new ObjectId("65a000000000000000000001");

    @Test
    void safety15_addingChangesNothingThatSomebodyConfigured() {
        Document config = config();
        Document next = Documents.withMember(config, "db-2.db:27017", true, false);
        assertThat(next.getInteger("version")).isEqualTo(6);
        assertThat(next).doesNotContainKey("term");
        assertThat(next.get("settings")).isEqualTo(config.get("settings"));
        List<Document> members = next.getList("members", Document.class);
        assertThat(members.subList(0, 2)).isEqualTo(config.getList("members", Document.class));
        assertThat(members.get(2)).as("the lowest free _id").isEqualTo(new Document("_id", 1).append("host", "db-2.db:27017"));
        assertThat(config.getInteger("version")).as("what was read stays").isEqualTo(5);
    }

    @Test
    void safety15_removingTakesOneMemberAndNothingElse() {
        Document config = config();
        List<Document> before = config.getList("members", Document.class);
        Document next = Documents.withoutMember(config, before.get(1).getString("host"));
        assertThat(next.getInteger("version")).isEqualTo(6);
        assertThat(next.get("settings")).isEqualTo(config.get("settings"));
        assertThat(next.getList("members", Document.class)).containsExactly(before.get(0));
    }

    @Test
    void safety18_aJoiningMemberHasNeitherVoteNorPriorityUntilItGetsBoth() {
        Document next = Documents.withMember(config(), "db-2.db:27017", false, true);
        Document member = next.getList("members", Document.class).get(2);
        assertThat(member).containsEntry("votes", 0).containsEntry("priority", 0);
        assertThat(Documents.joining(member)).isTrue();
        Document voting = Documents.withVote(next, "db-2.db:27017").getList("members", Document.class).get(2);
        assertThat(voting).containsEntry("votes", 1).containsEntry("priority", 1);
        assertThat(Documents.joining(voting)).isFalse();
    }

    @Test
    void aMemberThatSomebodyWantsWithoutAVoteIsNotJoining() {
        assertThat(Documents.joining(new Document("votes", 0).append("tags", new Document("use", "reports")))).isFalse();
    }

    @Test
    void anInitiatedMembersAnswers() {
        MemberState state = Answers.initiated(1, new Document("version", "7.0.14"), config(), status("db-0.db:27017"), compatibility());
        assertThat(state.state()).isEqualTo("SECONDARY");
        assertThat(state.host()).isEqualTo("db-1.db:27017");
        assertThat(state.primary()).isEqualTo("db-0.db:27017");
        assertThat(state.term()).isEqualTo(4);
        assertThat(state.applied()).isEqualTo(new OpTime(4, 1_000, 7));
        assertThat(state.compatibility()).isEqualTo("6.0");
        assertThat(state.compatibilityTarget()).isEqualTo("7.0");
        assertThat(state.config().name()).isEqualTo("rs0");
        assertThat(state.config().setId()).isEqualTo(ID.toString());
        assertThat(state.config().member("db-3.db:27017").orElseThrow().delaySeconds()).as("slaveDelay before 5.0").isEqualTo(60);
        assertThat(state.peer("db-0.db:27017").orElseThrow().up()).isTrue();
    }

    @Test
    void safety12_whatAnInitialSyncHasCopiedIsCounted() {
        Document status = status("db-0.db:27017");
        assertThat(Answers.initiated(1, new Document("version", "7.0.14"), config(), status, null).copied()).isZero();
        status.append("initialSyncStatus", new Document("totalInitialSyncElapsedMillis", 90_000)
                .append("approxTotalBytesCopied", 5_000L)
                .append("appliedOps", 7)
                .append("databases", new Document("app", new Document("app.people", new Document("documentsCopied", 40)))));
        assertThat(Answers.initiated(1, new Document("version", "7.0.14"), config(), status, null).copied()).isEqualTo(5_047);
    }

    @Test
    void safety10_aMemberThatSeesTwoPrimariesIsNoWitnessForEither() {
        Document status = status("db-0.db:27017");
        status.getList("members", Document.class).get(1).put("stateStr", "PRIMARY");
        assertThat(Answers.initiated(1, new Document("version", "7.0.14"), config(), status, null).primary()).isNull();
    }

    @Test
    void safety17_aMemberThatIsNoMoreInItsConfigurationIsRemoved() {
        MemberState state = Answers.initiated(1, new Document("version", "7.0.14"), config(), Answers.REMOVED, null);
        assertThat(state.state()).isEqualTo("REMOVED");
        assertThat(state.applied()).isEqualTo(OpTime.NONE);
        assertThat(state.healthy()).isFalse();
    }

    @Test
    void refusalsNameTheMemberAndTheRemedy() {
        assertThat(Answers.refused("db-0", Identity.NOBODY, "replSetGetStatus", 76, "NoReplicationEnabled", "not running with --replSet"))
                .hasMessage("db-0 runs without a replica set.\n  mongod answers replSetGetStatus: not running with --replSet\n"
                        + "  Add --replSet NAME to mongod's command.");
        assertThat(Answers.refused("db-0", Identity.NOBODY, "replSetGetStatus", 13, "Unauthorized", "requires authentication"))
                .hasMessage("db-0 asks for authentication.\n  mongod answers replSetGetStatus: requires authentication\n"
                        + "  Give parameter 'rootCredentialsId': the id of a user name with password in Jenkins' credentials.");
        assertThat(Answers.refused("db-0", Identity.root(new Login("shop-mongo", "root", "planted")), "replSetGetConfig", 13, "Unauthorized", "not authorized"))
                .hasMessage("db-0 lets user 'root' of credential 'shop-mongo' in, but not do what the step needs.\n"
                        + "  mongod answers replSetGetConfig: not authorized\n  Give the user the role root on admin.");
        Failure other = Answers.refused("db-0", Identity.NOBODY, "replSetReconfig", 103, "NewReplicaSetConfigurationIncompatible", "no");
        assertThat(other).isInstanceOf(MemberRefused.class).hasMessage("db-0 refuses replSetReconfig: no (103 NewReplicaSetConfigurationIncompatible).");
    }

    private static Document config() {
        return new Document("_id", "rs0").append("version", 5).append("term", 4)
                .append("members", List.of(
                        new Document("_id", 0).append("host", "db-0.db:27017").append("priority", 2),
                        new Document("_id", 2).append("host", "db-3.db:27017").append("priority", 0).append("slaveDelay", 60)))
                .append("settings", new Document("electionTimeoutMillis", 5_000).append("replicaSetId", ID));
    }

    private static Document status(String primary) {
        Document optime = new Document("ts", new BsonTimestamp(1_000, 7)).append("t", 4L);
        return new Document("term", 4L).append("syncSourceHost", primary)
                .append("optimes", new Document("appliedOpTime", optime))
                .append("members", List.of(
                        new Document("name", primary).append("health", 1.0).append("stateStr", "PRIMARY").append("optime", optime),
                        new Document("name", "db-1.db:27017").append("health", 1.0).append("stateStr", "SECONDARY").append("self", true)));
    }

    private static Document compatibility() {
        return new Document("featureCompatibilityVersion", new Document("version", "6.0").append("targetVersion", "7.0"));
    }
}
