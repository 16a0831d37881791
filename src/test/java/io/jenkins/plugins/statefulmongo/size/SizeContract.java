package io.jenkins.plugins.statefulmongo.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changing the number of members: the same on the embedded cluster and on a real one. */
public abstract class SizeContract {
    private static final String TIME = "(?:\\d+\\.\\d s|\\d+ s|\\d+ min \\d+ s)";

    Bench bench;
    ReplicaSetBench set;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        bench = new Bench(kubeconfig());
        set = new ReplicaSetBench(bench);
    }

    @AfterEach
    void closeBench() throws Exception {
        bench.close();
    }

    /** As a user's manifest would describe it; from 5.0 on its mongods quiesce briefly. */
    static String manifest(String image, int replicas) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: db}
                spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: db}, ports: [{port: 27017}]}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: %d
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      terminationGracePeriodSeconds: 60
                      containers:
                      - name: db
                        image: '%s'
                        command: [mongod, --replSet, rs0, --setParameter, shutdownTimeoutMillisForSignaledShutdown=100, --bind_ip_all]
                        resources: {requests: {cpu: 10m, memory: 64Mi}}
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """
                .formatted(replicas, image);
    }

    Ended deploy(String image, int replicas, Object... more) throws Exception {
        List<Object> parameters = new ArrayList<>(List.of("manifest", manifest(image, replicas)));
        parameters.addAll(List.of(more));
        return set.deploy(parameters.toArray());
    }

    Ended done(Ended ended) {
        assertThat(ended.failure()).as(ended.console()).isNull();
        return ended;
    }

    void initiated(String image, int replicas) throws Exception {
        done(deploy(image, replicas));
        done(set.initiate());
    }

    /** By host without what follows the pod's name: votes and priority, as the configuration says. */
    Map<String, Integer> votes() throws Exception {
        Map<String, Integer> votes = new TreeMap<>();
        for (Document member : config().getList("members", Document.class)) {
            votes.put(member.getString("host").replaceFirst("\\..*", ""), member.get("votes", Number.class).intValue());
        }
        return votes;
    }

    Document config() throws Exception {
        return set.command(0, "admin", new Document("replSetGetConfig", 1)).get("config", Document.class);
    }

    long term() throws Exception {
        return set.command(0, "admin", new Document("replSetGetStatus", 1)).get("term", Number.class).longValue();
    }

    Map<String, String> marks() throws Exception {
        Map<String, String> marks = new TreeMap<>();
        for (Map<String, Object> claim : bench.kube().list(Kind.CLAIM, bench.namespace(), null)) {
            String mark = Json.text(claim, "metadata", "annotations", ClaimState.MARK);
            marks.put(Json.text(claim, "metadata", "name"), mark == null ? "" : mark.replaceFirst(" .*", ""));
        }
        return marks;
    }

    private List<String> pods() throws Exception {
        return set.pods().stream().map(PodState::name).sorted().toList();
    }

    private int primary() throws Exception {
        for (PodState pod : set.pods()) {
            if (Boolean.TRUE.equals(set.command(pod.ordinal(), "admin", new Document("isMaster", 1)).get("ismaster"))) {
                return pod.ordinal();
            }
        }
        throw new AssertionError("no primary");
    }

    private void insert(int primary, int id) throws Exception {
        set.command(primary, "test", new Document("insert", "kept").append("documents", List.of(new Document("_id", id)))
                .append("writeConcern", new Document("w", "majority").append("wtimeout", 5_000)));
    }

    private int count(int ordinal) throws Exception {
        return set.command(ordinal, "test", new Document("count", "kept")).get("n", Number.class).intValue();
    }

    private void scaleByHand(int replicas) throws Exception {
        bench.kube().patch(Kind.STATEFUL_SET, bench.namespace(), "db", Map.of("spec", Map.of("replicas", replicas)));
        bench.until("as many pods", () -> set.pods().size() == replicas);
    }

    private void removeByHand(int primary, int ordinal) throws Exception {
        Document config = config();
        List<Document> members = new ArrayList<>(config.getList("members", Document.class));
        members.removeIf(m -> m.getString("host").startsWith("db-" + ordinal + "."));
        config.append("members", members).append("version", config.get("version", Number.class).intValue() + 1).remove("term");
        set.command(primary, "admin", new Document("replSetReconfig", config));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mongo:4.2.24", "mongo:4.4.28", "mongo:7.0.14"})
    void safety18_membersAreAddedAfterTheirPodsOneVotingChangeAtATime(String image) throws Exception {
        initiated(image, 1);
        insert(0, 1);
        long term = term();
        long version = config().get("version", Number.class).longValue();
        Ended grown = done(deploy(image, 3));
        assertThat(grown.console())
                .contains("  ~ StatefulSet db: spec.replicas: 1 -> 3\n")
                .containsSubsequence("  added db-1\n", "  added db-2\n")
                .containsPattern("  db-2 +SECONDARY ")
                .endsWith("  applied: 0 created, 1 changed, 1 unchanged\n");
        assertThat(votes()).isEqualTo(Map.of("db-0", 1, "db-1", 1, "db-2", 1));
        // From 5.0 on the set itself gives the vote, by a configuration of its own, a moment after the member became SECONDARY.
        bench.until("both to be added and given their votes, each by itself", () -> config().get("version", Number.class).longValue() - version == 4);
        assertThat(term()).as("nobody was elected").isEqualTo(term);
        assertThat(Json.map(set.set(), "metadata", "annotations")).doesNotContainKey(SizeChange.ANNOTATION);

        Ended second = done(deploy(image, 3));
        assertThat(second.console()).endsWith("  nothing to do: 0 created, 0 changed, 2 unchanged\n");
        assertThat(done(set.initiate()).result()).containsEntry("changed", false);
    }

    @Test
    void safety17_membersLeaveBeforeTheirPodsAndComeBackToTheirVolumes() throws Exception {
        initiated("mongo:4.4.28", 3);
        int primary = primary();
        insert(primary, 1);
        Map<String, String> before = set.uids();
        assertThat(deploy("mongo:4.4.28", 1).failure()).startsWith("StatefulSet db runs 3 members, and 1 are wanted.\n");
        assertThat(set.uids()).isEqualTo(before);

        Ended shrunk = done(deploy("mongo:4.4.28", 1, "allowShrink", true));
        String left = "  db-%d  removed, answers REMOVED after " + TIME + "; its volume mongo-data-db-%d stays\n";
        assertThat(shrunk.console())
                .contains("  removes db-2, db-1 from the replica set first; their volumes stay (volumes: 'delete' removes them too)\n")
                .containsPattern(left.formatted(1, 1))
                .containsPattern(left.formatted(2, 2));
        assertThat(votes()).isEqualTo(Map.of("db-0", 1));
        assertThat(pods()).containsExactly("db-0");
        assertThat(set.uids()).containsEntry("db-0", before.get("db-0"));
        assertThat(marks()).isEqualTo(Map.of("mongo-data-db-0", "", "mongo-data-db-1", "removed", "mongo-data-db-2", "removed"));
        insert(0, 2);

        Ended again = done(deploy("mongo:4.4.28", 3));
        assertThat(again.console()).containsSubsequence("  added db-1\n", "  added db-2\n");
        assertThat(votes()).isEqualTo(Map.of("db-0", 1, "db-1", 1, "db-2", 1));
        assertThat(marks().values()).as("they are members again").containsOnly("");
        assertThat(count(primary())).isEqualTo(2);
        assertThat(done(set.initiate()).result()).containsEntry("changed", false);
    }

    @Test
    void safety17_whoIsTakenBackIsNotMarkedAsRemovedAnyMore() throws Exception {
        initiated("mongo:4.4.28", 3);
        set.placePrimary(0);
        Document config = config();
        removeByHand(0, 2);
        bench.until("db-2 to know of it", () -> "REMOVED".equals(stateOf(2)));
        // As a shrinking leaves it that is aborted here.
        bench.kube().annotate(Kind.CLAIM, bench.namespace(), "mongo-data-db-2", ClaimState.MARK,
                "removed " + config.get("settings", Document.class).get("replicaSetId") + " " + config.get("version"));
        Ended back = done(set.initiate());
        assertThat(back.console()).contains("  added db-2\n");
        assertThat(marks().values()).containsOnly("");

        removeByHand(0, 2);
        scaleByHand(2);
        assertThat(deploy("mongo:4.4.28", 3).failure()).as("nobody asked it this time").startsWith("mongo-data-db-2 is the volume of an earlier member");
    }

    private String stateOf(int ordinal) throws Exception {
        try {
            return set.command(ordinal, "admin", new Document("replSetGetStatus", 1)).get("myState", Number.class).intValue() == 10 ? "REMOVED" : "";
        } catch (com.mongodb.MongoCommandException e) {
            return e.getErrorCode() == 93 ? "REMOVED" : ""; // what one that was removed answers
        }
    }

    @Test
    void safety17_aPrimaryThatLeavesStepsDownFirstWithOneElection() throws Exception {
        initiated("mongo:4.4.28", 3);
        set.placePrimary(2);
        insert(2, 1);
        long term = term();
        Ended ended = done(deploy("mongo:4.4.28", 1, "allowShrink", true, "volumes", "delete"));
        assertThat(ended.console()).containsPattern("  db-1  removed, answers REMOVED after " + TIME + "; its volume mongo-data-db-1 is deleted\n"
                + "  db-2  stepped down, db-0 PRIMARY after " + TIME + " \\(term \\d+\\)\n"
                + "  db-2  removed, answers REMOVED after " + TIME + "; its volume mongo-data-db-2 is deleted\n");
        assertThat(term() - term).isEqualTo(1);
        assertThat(pods()).containsExactly("db-0");
        bench.until("the volumes to go", () -> marks().equals(Map.of("mongo-data-db-0", "")));
        assertThat(count(0)).isEqualTo(1);
    }

    @Test
    void safety17_aStaleVolumeIsRefusedUnlessItIsWiped() throws Exception {
        initiated("mongo:4.4.28", 2);
        done(deploy("mongo:4.4.28", 1, "allowShrink", true));
        String uid = claimUid("mongo-data-db-1");
        bench.kube().patch(Kind.CLAIM, bench.namespace(), "mongo-data-db-1",
                Map.of("metadata", Map.of("annotations", Map.of(ClaimState.MARK, ClaimState.STALE))));
        assertThat(deploy("mongo:4.4.28", 2).failure())
                .startsWith("mongo-data-db-1 is the volume of an earlier member, and nobody saw it learn that it was removed from the replica set.\n")
                .contains("give wipe: true");
        assertThat(pods()).containsExactly("db-0");
        Ended wiped = done(deploy("mongo:4.4.28", 2, "wipe", true));
        assertThat(wiped.console()).contains("  deletes the old volume mongo-data-db-1 (wipe)\n", "  added db-1\n");
        assertThat(votes()).isEqualTo(Map.of("db-0", 1, "db-1", 1));
        assertThat(claimUid("mongo-data-db-1")).isNotEqualTo(uid);
    }

    @Test
    void membersThatLeaveDoSoAfterAnotherTemplateIsRolledWhichNeedsThemAll() throws Exception {
        initiated("mongo:4.4.28", 3);
        String manifest = manifest("mongo:4.4.28", 2).replace("cpu: 10m", "cpu: 11m");
        Ended ended = done(set.deploy("manifest", manifest, "allowShrink", true));
        assertThat(ended.console()).containsSubsequence("  db-2  replaced", "  done in ", "  db-2  removed");
        assertThat(votes()).isEqualTo(Map.of("db-0", 1, "db-1", 1));
        assertThat(pods()).containsExactly("db-0", "db-1");
    }

    private String claimUid(String name) throws Exception {
        return Json.text(bench.get(Kind.CLAIM, name), "metadata", "uid");
    }

    @Test
    void whatSomebodyScaledByHandIsToldApart() throws Exception {
        initiated("mongo:4.4.28", 3);
        set.placePrimary(0);
        scaleByHand(2);
        Ended back = done(deploy("mongo:4.4.28", 3));
        assertThat(back.console()).as("it was a member all the time").doesNotContain("  added ");
        assertThat(votes()).hasSize(3);

        removeByHand(0, 2);
        scaleByHand(2);
        assertThat(deploy("mongo:4.4.28", 3).failure()).as("nobody asked it").startsWith("mongo-data-db-2 is the volume of an earlier member");
    }
}
