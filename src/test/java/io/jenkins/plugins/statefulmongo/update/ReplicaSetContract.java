package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What initReplicaSet and rollingImageUpdate do to a replica set: the same on the embedded cluster and on a real one. Mostly at 4.4: from 5.0
 * on every member that ends quiesces for 15 s, which one test of an update shows as well as ten.
 */
public abstract class ReplicaSetContract extends OnReplicaSet {
    private static final String TIME = "(?:\\d+\\.\\d s|\\d+ s|\\d+ min \\d+ s)";

    @Test
    void initiatesThreeMembersAndChangesNothingTheSecondTime() throws Exception {
        set.apply("mongo:4.4.28", 3);
        Ended first = set.initiate();
        assertThat(first.failure()).isNull();
        assertThat(first.console()).matches("initReplicaSet " + set.bench.namespace() + "/db as rs0\n"
                + "  asked db-0, db-1, db-2: none initiated, none has data\n"
                + "  initiated; db-\\d PRIMARY after " + TIME + " \\(term \\d+\\)\n"
                + "  MEMBER  STATE      SYNCS FROM  LAG  VERSION\n"
                + "(  db-\\d    (PRIMARY    -    |SECONDARY  db-\\d ) +(-  |0 s)  4\\.4\\.28\n){3}");
        assertThat(first.result()).containsEntry("replicaSet", "rs0").containsEntry("changed", true);
        assertThat((List<?>) first.result().get("members")).hasSize(3);

        long version = set.configVersion();
        Ended second = set.initiate();
        assertThat(second.console()).contains("  asked db-0, db-1, db-2: all initiated\n").doesNotContain("initiated; ");
        assertThat(second.result()).containsEntry("changed", false);
        assertThat(set.configVersion()).isEqualTo(version);
    }

    @Test
    void refusesAnotherNameThanMongodRunsWith() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        assertThat(set.initiate("replicaSet", "rs1").failure())
                .isEqualTo("parameter 'replicaSet' is 'rs1', but mongod of StatefulSet db runs with --replSet rs0.\n"
                        + "  Leave the parameter out, or give the name that mongod runs with.");
    }

    @Test
    void safety15_aMemberThatIsASetAloneIsGivenTheOthers() throws Exception {
        set.apply("mongo:4.4.28", 3);
        set.initiateAlone(1);
        set.command(1, "test", new Document("insert", "kept").append("documents", List.of(new Document("_id", 1))));
        Ended ended = set.initiate();
        assertThat(ended.failure()).isNull();
        assertThat(ended.console())
                .contains("  asked db-0, db-1, db-2: db-1 initiated\n")
                .containsSubsequence("  added db-0\n", "  added db-2\n");
        assertThat(ended.result()).containsEntry("primary", "db-1");
        assertThat(set.command(1, "test", new Document("count", "kept")).get("n", Number.class).intValue()).isEqualTo(1);
    }

    @Test
    void refusesMembersOfDifferentSetsOfOneName() throws Exception {
        set.apply("mongo:4.4.28", 3);
        set.initiateAlone(0);
        set.initiateAlone(2);
        assertThat(set.initiate().failure())
                .startsWith("there are two replica sets named rs0: db-0 and db-2 belong to different ones.\n")
                .contains("  db-0: PRIMARY of rs0 (set id ", "  db-1: not initiated, empty\n", "  db-2: PRIMARY of rs0 (set id ")
                .contains("  Nothing was changed: joining them would drop the data of one.\n");
        assertThat(set.configVersion()).isEqualTo(1);
    }

    @Test
    void safety16_claimsOlderThanTheStatefulSetCountAsData() throws Exception {
        set.bench.apply("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: mongo-data-db-3},"
                + " spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
        set.apply("mongo:4.4.28", 3);
        assertThat(set.initiate().failure())
                .startsWith("no member is initiated, but there are volumes from before this StatefulSet: mongo-data-db-3.\n");
    }

    @Test
    void refusesMembersThatListenOnLoopbackOnly() throws Exception {
        set.apply("mongo:4.4.28", 3, "--quiet", "OnDelete");
        assertThat(set.initiate().failure())
                .startsWith("the members do not reach each other by their stable names: ")
                .endsWith("  Nothing was initiated.\n"
                        + "  mongod must listen on all addresses (--bind_ip_all), the headless Service must be named like the StatefulSet's"
                        + " serviceName and publish names before readiness (publishNotReadyAddresses: true), and clusterDomain must be"
                        + " the cluster's.");
    }

    @Test
    void updatesSecondariesFirstThePrimaryLastWithOneElection() throws Exception {
        set.initiated("mongo:7.0.14", "RollingUpdate");
        int primary = set.primary();
        set.command(primary, "test", new Document("insert", "kept").append("documents", List.of(new Document("_id", 1))));
        Map<String, String> before = set.uids();
        Ended ended = set.update("image", "mongo:7.0.16");
        assertThat(ended.failure()).isNull();

        List<Integer> secondaries = java.util.stream.Stream.of(2, 1, 0).filter(i -> i != primary).toList();
        String line = "  db-%d  replaced, Ready, caught up with db-\\d after " + TIME + "\n";
        assertThat(ended.console()).matches("rollingImageUpdate " + set.bench.namespace() + "/db: mongo:7.0.14 -> mongo:7.0.16, primary db-" + primary + "\n"
                + line.formatted(secondaries.get(0)) + line.formatted(secondaries.get(1))
                + "  db-" + primary + "  stepped down, db-\\d PRIMARY after " + TIME + " \\(term \\d+\\)\n"
                + line.formatted(primary)
                + "  done in " + TIME + ": 1 election, at most " + TIME + " without a primary\n");
        assertThat((List<?>) ended.result().get("order")).extracting(r -> ((Map<?, ?>) r).get("name"))
                .isEqualTo(List.of("db-" + secondaries.get(0), "db-" + secondaries.get(1), "db-" + primary));
        assertThat(((List<?>) ended.result().get("order")).stream()
                        .map(r -> (Map<?, ?>) r)
                        .flatMap(r -> java.util.stream.Stream.of(r.get("startedAt"), r.get("endedAt")))
                        .map(t -> Instant.parse((String) t)))
                .as("one after the other").isSorted().hasSize(6);
        assertThat((long) ended.result().get("termAfter") - (long) ended.result().get("termBefore")).isEqualTo(1);
        assertThat(ended.result())
                .containsEntry("elections", 1L).containsEntry("changed", true)
                .containsEntry("versionBefore", "7.0.14").containsEntry("versionAfter", "7.0.16");
        assertThat(set.images().values()).containsOnly("mongo:7.0.16").hasSize(3);
        assertThat(set.uids().values()).doesNotContainAnyElementsOf(before.values());
        assertThat(set.strategy()).as("safety 2: the original strategy is back").isEqualTo("RollingUpdate");
        assertThat(set.journal()).isNull();
        assertThat(set.command(set.primary(), "test", new Document("count", "kept")).get("n", Number.class).intValue()).isEqualTo(1);

        Map<String, String> after = set.uids();
        String version = set.version();
        Ended second = set.update("image", "mongo:7.0.16");
        assertThat(second.console()).contains("  all 3 members run mongo:7.0.16 already\n");
        assertThat(second.result()).containsEntry("changed", false);
        assertThat(set.uids()).isEqualTo(after);
        assertThat(set.version()).isEqualTo(version);
    }

    @Test
    void safety13_anImageThatDoesNotExistIsRolledBackByItself() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        Map<String, String> before = set.uids();
        Ended ended = set.update("image", "mongo:missing-4.4.29", "version", "4.4.29");
        assertThat(ended.failure())
                .startsWith("db-2 does not come up with the new template (mongo:missing-4.4.29): ")
                .endsWith("Rolled back: every member runs mongo:4.4.28 again, the set is whole.");
        assertThat(ended.console())
                .contains("  rolling back to mongo:4.4.28\n")
                .containsPattern("  db-2  deleted, as it could not start, Ready, caught up with db-\\d after ")
                .containsPattern("  rolled back in " + TIME + ": 0 elections, at most 0\\.0 s without a primary\n");
        Map<String, String> after = set.uids();
        assertThat(after).containsEntry("db-0", before.get("db-0")).containsEntry("db-1", before.get("db-1"));
        assertThat(set.images().values()).containsOnly("mongo:4.4.28").hasSize(3);
        assertThat(set.strategy()).isEqualTo("OnDelete");
        assertThat(set.journal()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "7.0.14, 5.0.31, going from MongoDB 7.0.14 (db-0) down to 5.0.31 is not possible.",
        "6.0.20, 8.0.4, going from MongoDB 6.0.20 (db-0) to 8.0.4 skips a release.",
    })
    void forbiddenStepsTouchNothing(String from, String to, String message) throws Exception {
        set.initiated("mongo:" + from, "OnDelete");
        String version = set.version();
        Ended ended = set.update("image", "mongo:" + to);
        assertThat(ended.failure()).startsWith(message + "\n  Nothing was touched: ");
        assertThat(set.version()).isEqualTo(version);
    }

    @Test
    void safety14_theFirstMembersReleaseMustBeTheOneThatWasNamed() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        Map<String, String> before = set.uids();
        String image = "mongo:4.4.29@sha256:" + "0".repeat(64); // which tells no release
        Ended ended = set.update("image", image, "version", "4.4.30");
        assertThat(ended.failure())
                .startsWith("db-2 runs MongoDB 4.4.29, but " + image + " was taken for 4.4.30.\n  The update stops here.\n")
                .contains("StatefulSet db stays at OnDelete");
        assertThat(set.uids()).containsEntry("db-0", before.get("db-0")).containsEntry("db-1", before.get("db-1"));
        assertThat(set.update("image", image, "version", "4.4.29").failure()).as("the right release goes on").isNull();
        assertThat(set.images().values()).containsOnly(image);

        assertThat(set.update("image", image, "version", "4.2.24", "featureCompatibilityVersion", "raise").failure())
                .as("where the image runs already, too")
                .matches("(?s)db-\\d runs MongoDB 4\\.4\\.29, but \\S+ was taken for 4\\.2\\.24\\.\n.*Give the image's true release with the parameter 'version'.*");
        Document parameter = set.command(set.primary(), "admin", new Document("getParameter", 1).append("featureCompatibilityVersion", 1));
        assertThat(parameter.get("featureCompatibilityVersion", Document.class).getString("version")).isEqualTo("4.4");
    }

    @Test
    void safety11_twoMembersNeedAllowDowntime() throws Exception {
        set.apply("mongo:4.4.28", 2);
        set.initiate();
        set.ready(2);
        String version = set.version();
        assertThat(set.update("image", "mongo:4.4.29").failure())
                .startsWith("the set has 2 voting member(s) with data and needs 2 for a majority write: while one is replaced, writes stop.\n");
        assertThat(set.version()).isEqualTo(version);
        assertThat(set.update("image", "mongo:4.4.29", "allowDowntime", true).failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(2);
    }

    @Test
    void safety07_anUpdateWaitsForTheLeaseOfAnotherBuild() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        set.giveLeaseTo("other/7");
        String version = set.version();
        Bench.Running update = set.begin("bench/1", "image", "mongo:4.4.29");
        set.bench.until("it to say whom it waits for", () -> update.console().contains("  waits for other/7, which is changing this set\n"));
        assertThat(set.version()).isEqualTo(version);
        set.giveLeaseTo("");
        assertThat(update.await().failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29");
    }

    @Test
    void safety08_healthyMembersGoByEvictionAndWaitForTheBudget() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        set.bench.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: db},"
                + " spec: {maxUnavailable: 0, selector: {matchLabels: {app: db}}}}");
        set.bench.until("the budget to be counted", () -> Json.number(set.bench.get(Kind.DISRUPTION_BUDGET, "db"), 0, "status", "expectedPods") == 3);
        Map<String, String> before = set.uids();
        Bench.Running update = set.begin("bench/1", "image", "mongo:4.4.29");
        set.bench.until("it to say what it waits for", () -> update.console().contains("  waits: Cannot evict pod"));
        assertThat(set.uids()).isEqualTo(before);
        set.bench.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: db},"
                + " spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}}");
        assertThat(update.await().failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29");
    }

    @Test
    void safety02_anUpdateThatWasCutShortIsContinuedByTheNextBuild() throws Exception {
        set.initiated("mongo:4.4.28", "RollingUpdate");
        int primary = set.primary();
        String first = primary == 2 ? "db-1" : "db-2";
        Bench.Running cut = set.begin("job/1", "image", "mongo:4.4.29");
        set.bench.until("the first member to be back", () -> cut.console().contains("  " + first + "  replaced"));
        assertThat(cut.cancel()).startsWith("StatefulSet db stays at OnDelete with the template of mongo:4.4.29");
        assertThat(set.strategy()).isEqualTo("OnDelete");
        String kept = set.uids().get(first);

        Ended ended = set.begin("job/2", "image", "mongo:4.4.29").await();
        assertThat(ended.failure()).isNull();
        assertThat(ended.console())
                .contains("mongo:4.4.28 -> mongo:4.4.29")
                .contains("  continues the update that job/1 began\n")
                .containsPattern("  done in " + TIME + ": 1 election, at least " + TIME + " without a primary\n");
        assertThat(ended.result()).containsEntry("sawAll", false);
        assertThat(set.uids()).as("no pod is replaced twice").containsEntry(first, kept);
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
        assertThat(set.journal()).isNull();
    }

    @Test
    void safety01_anExistingSetKeepsItsImageAndItsTemplateIsRolledMemberByMember() throws Exception {
        assertThat(set.deploy("image", "mongo:4.4.28", "storage", "1Gi").failure()).isNull();
        assertThat(set.initiate().failure()).isNull();
        set.ready(3);
        assertThat(set.update("image", "mongo:4.4.29").failure()).isNull();
        Map<String, String> before = set.uids();

        Ended again = set.deploy("image", "mongo:4.4.28", "storage", "1Gi");
        assertThat(again.failure()).isNull();
        assertThat(again.console()).contains("  keeps mongo:4.4.29 (rollingImageUpdate changes images)\n");
        assertThat(set.uids()).isEqualTo(before);
        assertThat(set.images().values()).containsOnly("mongo:4.4.29");

        Ended larger = set.deploy("image", "mongo:4.4.28", "storage", "1Gi", "memory", "768Mi");
        assertThat(larger.failure()).isNull();
        assertThat(larger.console()).containsPattern("  done in " + TIME + ": 1 election, at most " + TIME + " without a primary\n");
        assertThat(set.uids().values()).doesNotContainAnyElementsOf(before.values()).hasSize(3);
        assertThat(set.images().values()).containsOnly("mongo:4.4.29");
        assertThat(set.journal()).isNull();
    }

    @Test
    void safety09_aSetThatCouldNeverStartIsRepairedByAGoodImage() throws Exception {
        set.apply("mongo:missing", 3);
        set.bench.until("the pods to fail", () -> set.pods().stream()
                .filter(p -> p.containers().stream().anyMatch(c -> String.valueOf(c.waitingReason()).matches("ErrImagePull|ImagePullBackOff")))
                .count() == 3);
        Ended ended = set.update("image", "mongo:4.4.29");
        assertThat(ended.failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(3);
        assertThat(set.initiate().failure()).isNull();
    }

    @Test
    void safety13_aSetThatNobodyInitiatedFailsWithAnImageThatDoesNotExist() throws Exception {
        set.apply("mongo:4.4.28", 3);
        set.bench.until("the pods to run", () -> set.pods().stream().filter(p -> p.serves()).count() == 3);
        assertThat(set.update("image", "mongo:missing-4.4.29", "version", "4.4.29").failure())
                .startsWith("db-0 does not come up with the new template (mongo:missing-4.4.29): ")
                .endsWith("Rolled back: every member runs mongo:4.4.28 again, the set is whole.");
        assertThat(set.images().values()).containsOnly("mongo:4.4.28").hasSize(3);
    }

    @Test
    void raisesTheCompatibilityVersionAtTheEnd() throws Exception {
        set.initiated("mongo:6.0.20", "OnDelete");
        Ended ended = set.update("image", "mongo:7.0.16", "featureCompatibilityVersion", "raise");
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).endsWith("  featureCompatibilityVersion 6.0 -> 7.0; from here there is no way back\n");
        assertThat(ended.result()).containsEntry("featureCompatibilityVersion", "7.0");
        Document parameter = set.command(set.primary(), "admin", new Document("getParameter", 1).append("featureCompatibilityVersion", 1));
        assertThat(parameter.get("featureCompatibilityVersion", Document.class).getString("version")).isEqualTo("7.0");
    }
}
