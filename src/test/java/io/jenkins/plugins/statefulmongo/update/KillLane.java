package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Served;
import io.jenkins.plugins.statefulmongo.testing.cluster.PodDiary;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bson.Document;

/** A replica set of three on the embedded cluster, a client that is to die in the middle of an update of it, and whoever comes after. */
final class KillLane implements AutoCloseable {
    static final String A = "mongo:7.0.14";
    static final String B = "mongo:7.0.16";
    final ReplicaSetBench set;
    private final EmbeddedCluster cluster;
    private final DyingClient client;
    private PodDiary diary;
    private long term;

    KillLane(EmbeddedCluster cluster) throws Exception {
        this.cluster = cluster;
        set = new ReplicaSetBench(cluster.kubeconfig());
        client = new DyingClient(cluster, set.bench);
        set.initiated(A, "RollingUpdate");
        set.bench.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: db},"
                + " spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}}");
    }

    String image() throws Exception {
        return Json.text(Json.list(set.set(), "spec", "template", "spec", "containers").get(0), "image");
    }

    /** The image that an update of this set goes to. */
    String next() throws Exception {
        return image().equals(A) ? B : A;
    }

    /** Begins an update whose client dies; see {@link DyingClient#kill}. */
    Cut kill(int point, Predicate<Served> counts, boolean answered, String holder, Object... parameters) throws Exception {
        reopen();
        return client.kill(point, counts, answered, holder, set.updating(parameters));
    }

    /** Begins an update that is aborted; see {@link DyingClient#abort}. */
    Cut abort(int point, Predicate<Served> counts, String holder, Object... parameters) throws Exception {
        reopen();
        return client.abort(point, counts, holder, set.updating(parameters));
    }

    /** What is asserted in the end counts from here. */
    private void reopen() {
        close(diary);
        diary = cluster.diary(set.bench.namespace());
        term = term();
    }

    private long term() {
        return IntStream.range(0, 3).mapToLong(i -> cluster.member(set.bench.namespace(), "db-" + i).term()).max().orElseThrow();
    }

    /**
     * Whoever died asked for the shortest Lease that there is: nobody here waits for 30 s.
     *
     * @return whether somebody holds it
     */
    boolean shortenLease() throws Exception {
        Map<String, Object> lease = new LinkedHashMap<>(set.bench.kube().get(Kind.LEASE, set.bench.namespace(), "stateful-mongo-db").orElse(Map.of()));
        if (!lease.isEmpty()) {
            Map<String, Object> spec = new LinkedHashMap<>(Json.map(lease, "spec"));
            spec.put("leaseDurationSeconds", 1);
            lease.put("spec", spec);
            set.bench.kube().replace(Kind.LEASE, set.bench.namespace(), lease);
        }
        return !leaseHolder().isEmpty();
    }

    /** Waits until every pod that the controller makes by itself is there, and all members are. */
    void settle() throws Exception {
        set.bench.until("the controller to have seen the StatefulSet, and every pod to be Ready", () -> SetState.of(set.set(), null).observed()
                && set.pods().stream().filter(PodState::serves).count() == Json.number(set.set(), 0, "spec", "replicas"));
    }

    /** A write that a majority must have. */
    void writeToMajority() throws Exception {
        set.bench.until("a primary", () -> IntStream.range(0, 3).anyMatch(this::isPrimary));
        int primary = IntStream.range(0, 3).filter(this::isPrimary).findFirst().orElseThrow();
        Document insert = new Document("insert", "kept")
                .append("documents", List.of(new Document("_id", UUID.randomUUID().toString())))
                .append("writeConcern", new Document("w", "majority").append("wtimeout", 5_000));
        assertThat(set.command(primary, "test", insert)).doesNotContainKey("writeConcernError").containsEntry("n", 1);
    }

    private boolean isPrimary(int ordinal) {
        return cluster.member(set.bench.namespace(), "db-" + ordinal).state().equals("PRIMARY");
    }

    /** Touches the StatefulSet, as any other tool might. */
    void write() throws Exception {
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db",
                Map.of("metadata", Map.of("annotations", Map.of("touched", UUID.randomUUID().toString()))));
    }

    /** As kubectl scale does, and waits until the pods are so many. */
    void scale(int replicas) throws Exception {
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("spec", Map.of("replicas", replicas)));
        set.bench.until("as many pods", () -> set.pods().size() == replicas);
    }

    boolean isAt(String image) throws Exception {
        return set.images().values().stream().allMatch(image::equals);
    }

    /** Evicts one pod as kubectl drain does: it asks until the budget allows it. */
    void drain(int ordinal) throws Exception {
        set.bench.until("db-" + ordinal + " to be evicted", () -> {
            PodState pod = set.pods().stream().filter(p -> p.ordinal() == ordinal).findFirst().orElse(null);
            if (pod == null || pod.terminating()) {
                return true;
            }
            try {
                set.bench.kube().evict(set.bench.namespace(), pod.name(), pod.uid(), pod.resourceVersion(), 60);
                return true;
            } catch (Refused e) {
                return false;
            }
        });
    }

    void freeLease() throws Exception {
        if (!leaseHolder().isEmpty()) {
            set.giveLeaseTo("");
        }
    }

    String leaseHolder() throws Exception {
        return set.bench.kube().get(Kind.LEASE, set.bench.namespace(), "stateful-mongo-db")
                .map(l -> Json.text(l, "spec", "holderIdentity"))
                .orElse("");
    }

    PodDiary diary() {
        return diary;
    }

    /** The set is as it was found, at this image, and got there without harm. */
    void assertWhole(Cut cut, Ended after, String image, int elections) throws Exception {
        assertThat(term() - term).as("elections: %s%s", cut, after.console()).isLessThanOrEqualTo(elections);
        assertThat(diary.fewestReady()).as("Ready at once (%s): %s%s", diary.thinnest(), cut, after.console()).isGreaterThanOrEqualTo(2);
        assertThat(set.images().values()).as("%s%s", cut, after.console()).containsOnly(image).hasSize(3);
        assertThat(set.strategy()).as("%s%s", cut, after.console()).isEqualTo("RollingUpdate");
        assertThat(set.journal()).as("%s%s", cut, after.console()).isNull();
        assertThat(leaseHolder()).as("%s%s", cut, after.console()).isEmpty();
    }

    /** By whoever it was. */
    void assertEachReplacedOnce(Cut cut, Ended after) {
        assertThat(diary.created()).as("%s%s", cut, after.console()).containsExactlyInAnyOrder("db-0", "db-1", "db-2");
    }

    private static void close(PodDiary diary) {
        if (diary != null) {
            diary.close();
        }
    }

    @Override
    public void close() throws Exception {
        close(diary);
        set.close();
    }
}
