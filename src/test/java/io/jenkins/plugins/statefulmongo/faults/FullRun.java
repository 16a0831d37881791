package io.jenkins.plugins.statefulmongo.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.PodDiary;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import io.jenkins.plugins.statefulmongo.update.RollingImageUpdate;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;

/** deployStatefulMongo, waitOrdinals, initReplicaSet and rollingImageUpdate in a namespace that is not there yet, as often as it takes. */
final class FullRun implements AutoCloseable {
    private static final String OLD = "mongo:7.0.14";
    private static final String NEW = "mongo:7.0.16";
    /** A watch that hangs is found out after 90 s. */
    private static final Duration LIMIT = Duration.ofSeconds(200);
    private static final Set<String> PODS = Set.of("db-0", "db-1", "db-2");

    private record Step(String name, Bench.Making making) {}

    private static final List<Step> STEPS = List.of(
            new Step("deployStatefulMongo", scope -> new DeployStatefulMongo(scope, new Parameters(Map.of("image", OLD)))),
            new Step("waitOrdinals", scope -> new WaitOrdinals(scope, new Parameters(Map.of()))),
            new Step("initReplicaSet", scope -> new InitReplicaSet(scope, new Parameters(Map.of()))),
            new Step("rollingImageUpdate", scope -> new RollingImageUpdate(scope, new Parameters(Map.of("image", NEW)))));

    private final EmbeddedCluster cluster;
    private final Connection over;
    private final Bench bench;
    private final ReplicaSetBench set;
    private final PodDiary all;
    private final StringBuilder console = new StringBuilder();
    private PodDiary sinceUpdate;
    private long term;
    private Set<String> claims;
    private int attempts;

    /** @param over the connection of the steps; what this asks itself goes another way */
    FullRun(EmbeddedCluster cluster, Connection over) throws Exception {
        this.cluster = cluster;
        this.over = over;
        bench = Bench.withoutNamespace(cluster.kubeconfig(), LIMIT);
        set = new ReplicaSetBench(bench);
        all = cluster.diary(bench.namespace());
    }

    String namespace() {
        return bench.namespace();
    }

    /** What all steps printed so far. */
    String console() {
        return console.toString();
    }

    /**
     * Runs the steps as one build would, up to the first that fails.
     *
     * @return its failure, or null
     */
    String attempt() throws Exception {
        attempts++;
        for (int i = 0; i < STEPS.size(); i++) {
            Step step = STEPS.get(i);
            if (step.name.equals("rollingImageUpdate") && sinceUpdate == null) {
                beforeUpdate();
            }
            Ended ended = bench.begin(step.making, "jenkins job/" + attempts + " " + i, over).await();
            console.append("[").append(step.name).append(", build ").append(attempts).append(", ")
                    .append(ended.took().toMillis()).append(" ms]\n").append(ended.console());
            if (ended.failure() != null) {
                return ended.failure();
            }
        }
        return null;
    }

    private void beforeUpdate() throws Exception {
        sinceUpdate = cluster.diary(bench.namespace());
        term = term();
        claims = claims();
        Document insert = new Document("insert", "kept")
                .append("documents", List.of(new Document("_id", "before the update")))
                .append("writeConcern", new Document("w", "majority").append("wtimeout", 10_000));
        assertThat(set.command(primary(), "test", insert)).doesNotContainKey("writeConcernError").containsEntry("n", 1);
    }

    /** The wanted set stands, nothing that is needed was lost on the way, and nothing else was left. */
    void assertWhole() throws Exception {
        assertThat(set.images()).hasSize(3).as("images").containsOnlyKeys(PODS);
        assertThat(set.images().values()).as("images").containsOnly(NEW);
        assertThat(set.pods()).as("pods").allMatch(PodState::serves);
        assertThat(states()).as("members").containsExactly("PRIMARY", "SECONDARY", "SECONDARY");
        assertThat(set.command(primary(), "test", new Document("find", "kept")).get("cursor", Document.class).getList("firstBatch", Document.class))
                .as("what was written before the update").extracting(d -> d.get("_id")).containsExactly("before the update");
        assertThat(claims()).as("volumes").isEqualTo(claims).hasSize(3);
        assertThat(all.created().stream().collect(Collectors.groupingBy(p -> p, Collectors.counting())))
                .as("times that each pod was created").isEqualTo(PODS.stream().collect(Collectors.toMap(p -> p, p -> 2L)));
        assertThat(sinceUpdate.fewestReady()).as("pods Ready at once during the update").isGreaterThanOrEqualTo(2);
        assertThat(term() - term).as("elections of the update").isLessThanOrEqualTo(1);
        assertThat(set.journal()).as("journal").isNull();
        assertThat(set.strategy()).as("strategy").isEqualTo("OnDelete");
        assertThat(leaseHolder()).as("holder of the Lease").isEmpty();
    }

    private String leaseHolder() throws Exception {
        return bench.kube().get(Kind.LEASE, bench.namespace(), "stateful-mongo-db").map(l -> Json.text(l, "spec", "holderIdentity")).orElse("");
    }

    private Set<String> claims() throws Exception {
        return bench.kube().list(Kind.CLAIM, bench.namespace(), null).stream()
                .map(c -> Json.text(c, "metadata", "name") + " " + Json.text(c, "metadata", "uid"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> states() {
        return IntStream.range(0, 3).mapToObj(i -> cluster.member(bench.namespace(), "db-" + i).state()).sorted().toList();
    }

    private int primary() {
        return IntStream.range(0, 3).filter(i -> cluster.member(bench.namespace(), "db-" + i).state().equals("PRIMARY")).findFirst().orElseThrow();
    }

    private long term() {
        return IntStream.range(0, 3).mapToLong(i -> cluster.member(bench.namespace(), "db-" + i).term()).max().orElseThrow();
    }

    @Override
    public void close() throws Exception {
        all.close();
        if (sinceUpdate != null) {
            sinceUpdate.close();
        }
        bench.close();
    }
}
