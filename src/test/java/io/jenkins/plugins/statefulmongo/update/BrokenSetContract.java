package io.jenkins.plugins.statefulmongo.update;

import static io.jenkins.plugins.statefulmongo.update.ReplicaSetBench.member;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/**
 * What half-done, damaged and odd replica sets meet with, on the embedded cluster as on a real one: mended where that is safe, else refused with
 * each member's story and a way out, which these tests go. Nobody is initiated twice, nothing is forced.
 */
public abstract class BrokenSetContract extends OnReplicaSet {
    private static final String IMAGE = "mongo:4.4.28";
    private static final String ID = " \\(set id [0-9a-f]{24}\\)";

    @Test
    void safety15_aSetOfOneMemberIsNotUpdatedBeforeTheOthersAreAdded() throws Exception {
        set.apply(IMAGE, 3);
        set.initiateAlone(0);
        set.ready(3);
        String version = set.version();
        assertThat(set.update("image", "mongo:4.4.29").failure())
                .startsWith("the set has 1 voting member(s) with data and needs 1 for a majority write: while one is replaced, writes stop.\n");
        assertThat(set.version()).isEqualTo(version);
    }

    @Test
    void safety15_aMemberInitiatedUnderItsShortNameIsRefusedWithTheCommandThatMakesItRight() throws Exception {
        set.apply(IMAGE, 3);
        set.initiateByHand(0); // rs.initiate()
        set.bench.until("db-0 to be primary", () -> set.isPrimary(0));
        set.insert(0, 1);
        set.ready(3);
        String id = set.setId(0);
        String refusal = set.initiate().failure();
        assertThat(refusal).matches("db-0 is the member db-0:27017 of rs0, not by its stable name\\.\n"
                + "  db-0: PRIMARY of rs0" + ID + ", configuration version \\d+ with 1 member\\(s\\)\n"
                + "  db-1: not initiated, empty\n"
                + "  db-2: not initiated, empty\n"
                + "  Nothing was changed\\. An address goes with its pod, and a short name is known to that pod alone: the others would not find it again\\.\n"
                + "  Rename one member at a time in mongosh on the primary, its own name last, and wait for rs\\.status\\(\\) in between:\n"
                + "  c = rs\\.conf\\(\\); c\\.members\\[0]\\.host = '" + set.host(0) + "'; rs\\.reconfig\\(c\\)\n"
                + "  Then run this step again\\.");
        String version = set.version();
        assertThat(set.update("image", "mongo:4.4.29", "allowDowntime", true).failure())
                .startsWith("db-0 is the member db-0:27017 of rs0, not by its stable name.\n  db-0: PRIMARY of rs0 (set id ")
                .endsWith("\n  Nothing was touched: an address goes with its pod, and the others would not find the new one.\n"
                        + "  initReplicaSet tells how to rename them.");
        assertThat(set.version()).isEqualTo(version);

        renameAsToldBy(refusal, 0);
        assertThat(set.initiate().failure()).isNull();
        assertThat(set.setId(2)).isEqualTo(id);
        set.bench.until("the data to be copied", () -> set.count(2) == 1);
    }

    @Test
    void safety15_membersByAddressAreRefusedWithTheCommandsThatRenameThem() throws Exception {
        set.apply(IMAGE, 3);
        set.ready(3);
        List<Document> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(member(i, Json.text(set.bench.get(Kind.POD, "db-" + i), "status", "podIP") + ":27017"));
        }
        set.initiateByHand(0, members.toArray(Document[]::new));
        set.elect(0);
        String id = set.setId(0);
        String refusal = set.initiate().failure();
        assertThat(refusal).startsWith("db-0 is the member " + members.get(0).getString("host") + ", db-1 is the member " + members.get(1).getString("host")
                        + ", db-2 is the member " + members.get(2).getString("host") + " of rs0, not by their stable names.\n")
                .contains("\n  c = rs.conf(); c.members[2].host = '" + set.host(2) + "'; rs.reconfig(c)\n");
        assertThat(set.update("image", "mongo:4.4.29").failure())
                .startsWith("db-0 is the member " + members.get(0).getString("host") + ", db-1 is the member ")
                .endsWith("\n  initReplicaSet tells how to rename them.");

        renameAsToldBy(refusal, 0);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("changed", false);
        assertThat(set.setId(0)).isEqualTo(id);
    }

    @Test
    void db0WithoutItsVolumeGetsEverythingBackAndNobodyIsInitiatedAgain() throws Exception {
        set.initiated(IMAGE, "OnDelete");
        set.insert(set.primary(), 1);
        set.bench.until("db-1 and db-2 to have it", () -> set.count(1) == 1 && set.count(2) == 1);
        String id = set.setId(1);
        set.loseVolume(0);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("changed", false);
        assertThat(ended.console()).doesNotContain("initiated; ", "added ");
        assertThat(set.setId(0)).isEqualTo(id);
        assertThat(set.count(0)).isEqualTo(1);
    }

    @Test
    void db0WithoutItsVolumeBeforeAnyInitiationIsAsEmptyAsTheOthers() throws Exception {
        set.apply(IMAGE, 3);
        set.ready(3);
        set.loseVolume(0);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains("  asked db-0, db-1, db-2: none initiated, none has data\n", "  initiated; db-");
    }

    @Test
    void twoSetsOfOneNameAreNotUpdatedAndBecomeOneByTheWayThatIsTold() throws Exception {
        set.apply(IMAGE, 3);
        set.initiateAlone(0);
        set.initiateAlone(2);
        set.insert(0, 1);
        set.insert(2, 2);
        set.ready(3);
        String version = set.version();
        assertThat(set.update("image", "mongo:4.4.29", "allowDowntime", true).failure())
                .matches("the pods of StatefulSet db are members of different replica sets\\.\n"
                        + "  db-0: PRIMARY of rs0" + ID + ", configuration version \\d+ with 1 member\\(s\\)\n"
                        + "  db-1: not initiated, empty\n"
                        + "  db-2: PRIMARY of rs0" + ID + ", configuration version \\d+ with 1 member\\(s\\)\n"
                        + "  Nothing was touched: a member of the one says nothing about what the other needs\\.\n"
                        + "  initReplicaSet tells how they become one set\\.");
        assertThat(set.version()).isEqualTo(version);
        assertThat(set.initiate().failure())
                .endsWith("\n  Decide which one to keep, save what is needed of the other, then delete the other members' volume claims and pods: they join the kept one.");

        String id = set.setId(0);
        set.loseVolume(2);
        assertThat(set.initiate().failure()).isNull();
        assertThat(set.setId(2)).isEqualTo(id);
        assertThat(set.count(0)).as("the kept one's").isEqualTo(1);
    }

    @Test
    void safety16_dataWithoutAnInitiatedSetIsRefused() throws Exception {
        foreignDataOn(2);
        assertThat(set.initiate().failure()).isEqualTo("no member is initiated, but db-2 has data.\n"
                + "  Nothing was changed: initiating would make one member's data the set's and drop the others'.\n"
                + "  Data of a standalone mongod: initiate by hand on that member alone, then run this step to add the others.\n"
                + "  MONGO_INITDB_ROOT_* makes every member create its own user: remove it from the StatefulSet, delete the volumes, deploy again.");

        set.initiateAlone(2);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("primary", "db-2");
        set.bench.until("the data to be copied", () -> set.count(0) == 1);
    }

    @Test
    void aMemberWithForeignDataIsNotAddedToASet() throws Exception {
        foreignDataOn(2);
        set.initiateByHand(0, member(0, set.host(0)), member(1, set.host(1)));
        set.bench.until("db-0 to answer as a member", () -> set.config(0) != null);
        assertThat(set.initiate().failure()).matches("db-2 has data, but is no member of rs0\\.\n"
                + "  db-0: (PRIMARY|SECONDARY) of rs0" + ID + ", configuration version \\d+ with 2 member\\(s\\)\n"
                + "  db-1: (PRIMARY|SECONDARY|STARTUP2) of rs0" + ID + ", configuration version \\d+ with 2 member\\(s\\)\n"
                + "  db-2: not initiated, has data\n"
                + "  The configuration names " + Pattern.quote(set.host(0) + ", " + set.host(1) + "; the stable name is " + set.host(2)) + "\\.\n"
                + "  Nothing was changed: to add it would drop what it holds\\.\n"
                + "  A removed or foreign member whose data is not needed: delete its volume claim and its pod, then run this step again\\.");

        set.loseVolume(2);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains("  added db-2\n");
    }

    @Test
    void thePrimaryNeedNotBeDb0() throws Exception {
        set.apply(IMAGE, 3);
        set.initiateAlone(2);
        assertThat(set.initiate().result()).containsEntry("primary", "db-2");
        set.ready(3);
        Ended ended = set.update("image", "mongo:4.4.29");
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains("mongo:4.4.28 -> mongo:4.4.29, primary db-2\n");
        assertThat((List<?>) ended.result().get("order")).extracting(r -> ((Map<?, ?>) r).get("name")).isEqualTo(List.of("db-1", "db-0", "db-2"));
    }

    @Test
    void safety15_withoutAMajorityItWaitsAndSaysWhoIsAway() throws Exception {
        set.initiated(IMAGE, "OnDelete");
        String id = set.setId(0);
        scale(1);
        set.bench.until("two pods to go", () -> set.pods().size() == 1);
        set.bench.until("db-0 to find itself alone", () -> !set.isPrimary(0));
        Bench.Running alone = set.bench.begin(set.initiating(), "job/1");
        String waits = "a majority: 1 of 3 voters are there, 2 are needed; away: db-1, db-2 (db-0 SECONDARY)";
        set.bench.until("it to wait", () -> waits.equals(alone.waitingFor()));
        assertThat(alone.cancel()).isEqualTo("Nothing was changed. Bring the voters back that are away: without a majority a set changes by force only,"
                + " which may lose acknowledged writes and which this step never does.");
        assertThat(set.update("image", "mongo:4.4.29").failure())
                .startsWith("db-1, db-2 are voting members of rs0, but StatefulSet db has 1 replicas: with one pod more away, writes would stop.\n");

        Bench.Running waiting = set.bench.begin(set.initiating(), "job/2");
        scale(3);
        Ended ended = waiting.await();
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("changed", false);
        assertThat(set.setId(2)).isEqualTo(id);
    }

    @Test
    void aMemberThatIsStuckInTerminatingIsNamedAndNothingIsInitiatedWithoutIt() throws Exception {
        set.apply(IMAGE, 3);
        set.ready(3);
        set.deleteForEver(1);
        try {
            Bench.Running running = set.bench.begin(set.initiating(), "job/1");
            set.bench.until("it to wait", () -> "db-1 to answer (db-1 is terminating)".equals(running.waitingFor()));
            assertThat(running.cancel()).isEqualTo("Nothing was changed: every pod is asked first, as any of them may hold the set."
                    + " waitOrdinals tells why one does not come up, or does not end.");
        } finally {
            set.release(1);
        }
        assertThat(set.initiate().failure()).isNull();
    }

    @Test
    void safety15_anArbiterAndAHiddenMemberStayAsTheyAre() throws Exception {
        set.apply(IMAGE, 5);
        set.ready(5);
        set.initiateByHand(0, member(0, set.host(0)), member(1, set.host(1)), member(2, set.host(2)), delayed(3),
                member(4, set.host(4)).append("arbiterOnly", true));
        set.elect(0);
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("changed", false);
        assertThat((List<?>) ended.result().get("members")).extracting(r -> ((Map<?, ?>) r).get("state"))
                .isEqualTo(List.of("PRIMARY", "SECONDARY", "SECONDARY", "SECONDARY", "ARBITER"));
        assertThat((String) ended.result().get("connectionString")).doesNotContain("db-3.", "db-4.").contains("db-2.");
        Document config = set.config(0);
        assertThat(config.getList("members", Document.class)).hasSize(5);
        assertThat(config.getList("members", Document.class).get(3).getBoolean("hidden")).isTrue();
        assertThat(config.getList("members", Document.class).get(4).getBoolean("arbiterOnly")).isTrue();
        assertThat(set.update("image", "mongo:4.4.29").failure())
                .startsWith("the set has 3 voting member(s) with data and needs 3 for a majority write: while one is replaced, writes stop.\n");
    }

    @Test
    void safety09_anArbiterAndAHiddenMemberAreUpdatedLikeTheOthersAndStayAsTheyAre() throws Exception {
        set.apply(IMAGE, 5);
        set.ready(5);
        set.initiateByHand(0, member(0, set.host(0)), member(1, set.host(1)), member(2, set.host(2)),
                member(3, set.host(3)).append("priority", 0).append("hidden", true), member(4, set.host(4)).append("arbiterOnly", true));
        set.elect(0);
        assertThat(set.initiate().failure()).isNull();
        Ended ended = set.update("image", "mongo:4.4.29");
        assertThat(ended.failure()).isNull();
        assertThat((List<?>) ended.result().get("order")).extracting(r -> ((Map<?, ?>) r).get("name"))
                .isEqualTo(List.of("db-4", "db-3", "db-2", "db-1", "db-0"));
        assertThat(((Number) ended.result().get("elections")).intValue()).isEqualTo(1);
        List<Document> members = set.config(0).getList("members", Document.class);
        assertThat(members.get(3).getBoolean("hidden")).isTrue();
        assertThat(members.get(4).getBoolean("arbiterOnly")).isTrue();
    }

    @Test
    void safety26_aDelayedMemberIsNotWaitedForUntilItIsUpToDate() throws Exception {
        set.apply(IMAGE, 4);
        set.ready(4);
        set.initiateByHand(0, member(0, set.host(0)), member(1, set.host(1)), member(2, set.host(2)), delayed(3));
        set.elect(0);
        assertThat(set.initiate().failure()).isNull();
        Bench.Running update = set.begin("bench/1", "image", "mongo:4.4.29");
        set.bench.until("the delayed member to be replaced", () -> update.console().contains("  db-3  replaced"));
        set.command(3, "admin", new Document("fsync", 1).append("lock", true)); // so it stays behind as it is told to
        set.insert(set.primary(), 1);
        Ended ended = update.await();
        assertThat(ended.failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(4);
        assertThat(set.count(set.primary())).isEqualTo(1);
        assertThat(set.count(3)).as("the delayed member").isZero();
    }

    /** As {@code slaveDelay: 3600}: hidden, without vote. */
    private Document delayed(int ordinal) {
        return member(ordinal, set.host(ordinal)).append("priority", 0).append("votes", 0).append("hidden", true).append("slaveDelay", 3_600);
    }

    private void scale(int replicas) throws Exception {
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("spec", Map.of("replicas", replicas)));
    }

    /** One of the mongods once ran for itself, and has data; now all are to be members of a set. */
    private void foreignDataOn(int ordinal) throws Exception {
        set.applyCommand(IMAGE, 3, "mongod, --bind_ip_all", "OnDelete", "");
        set.ready(3);
        set.answers(ordinal);
        set.insert(ordinal, 1);
        set.apply(IMAGE, 3);
        for (int i = 0; i < 3; i++) {
            set.replacePod(i);
        }
        set.ready(3);
    }

    /** Carries out the commands of a message on a primary, its own last. */
    private void renameAsToldBy(String message, int primary) throws Exception {
        Matcher m = Pattern.compile("c\\.members\\[(\\d+)]\\.host = '([^']+)'").matcher(message);
        Map<Integer, String> names = new TreeMap<>();
        while (m.find()) {
            names.put(Integer.parseInt(m.group(1)), m.group(2));
        }
        assertThat(names).isNotEmpty();
        String own = names.remove(primary);
        for (Map.Entry<Integer, String> name : names.entrySet()) {
            rename(primary, name.getKey(), name.getValue());
        }
        rename(primary, primary, own);
    }

    private void rename(int primary, int index, String host) throws Exception {
        set.bench.until("the member to be renamed", () -> {
            Document config = set.config(primary);
            config.getList("members", Document.class).get(index).put("host", host);
            config.put("version", config.get("version", Number.class).longValue() + 1);
            try {
                set.command(primary, "admin", new Document("replSetReconfig", config));
                return true;
            } catch (MongoCommandException e) {
                return false; // the change before this one has not spread yet
            }
        });
        set.bench.until("everybody to be there", () -> set.command(primary, "admin", new Document("replSetGetStatus", 1))
                .getList("members", Document.class).stream()
                .allMatch(s -> List.of("PRIMARY", "SECONDARY").contains(s.getString("stateStr"))));
    }
}
