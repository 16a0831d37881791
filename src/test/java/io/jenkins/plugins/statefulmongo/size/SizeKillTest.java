package io.jenkins.plugins.statefulmongo.size;

import static io.jenkins.plugins.statefulmongo.update.DyingClient.MUTATING;
import static io.jenkins.plugins.statefulmongo.update.DyingClient.NEW_STATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Sweep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Served;
import io.jenkins.plugins.statefulmongo.update.DyingClient;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A change of size whose process ends, at every point at which that makes a difference. */
class SizeKillTest {
    private static final String IMAGE = "mongo:4.4.28";
    private static EmbeddedCluster cluster;
    private static Sweep<Lane> sweep;

    /** A set of its own, and a client that is to die. */
    private static final class Lane implements AutoCloseable {
        private final Bench bench = new Bench(cluster.kubeconfig());
        private final ReplicaSetBench set = new ReplicaSetBench(bench);
        private final DyingClient client = new DyingClient(cluster, bench);
        private int written;

        Lane() throws Exception {
            succeeds(deploying(3));
            assertThat(set.initiate().failure()).isNull();
        }

        private static Bench.Making deploying(int replicas) {
            return ReplicaSetBench.deploying("manifest", SizeContract.manifest(IMAGE, replicas), "allowShrink", true);
        }

        private Ended succeeds(Bench.Making making) throws Exception {
            Ended ended = bench.begin(making, "job/1").await();
            assertThat(ended.failure()).as(ended.console()).isNull();
            return ended;
        }

        /** @return the call after which it died; null where it ended before */
        String change(int from, int to, int point, Predicate<Served> counts, boolean answered) throws Exception {
            if (replicas() != from) {
                succeeds(deploying(from));
            }
            whole(from, "before");
            placePrimary(point % from);
            write(point % from);
            Cut cut = client.kill(point, counts, answered, "job/1", deploying(to));
            if (cut == null) {
                whole(to, "not killed");
                return null;
            }
            Ended after = bench.begin(deploying(to), "job/1").await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            whole(to, cut + after.console());
            return cut.call();
        }

        private int replicas() throws Exception {
            return Json.number(set.set(), 0, "spec", "replicas");
        }

        private void placePrimary(int ordinal) throws Exception {
            if (!state(ordinal).equals("PRIMARY")) {
                set.command(ordinal, "admin", new Document("replSetStepUp", 1));
            }
            bench.until("db-" + ordinal + " to be primary", () -> state(ordinal).equals("PRIMARY"));
        }

        private String state(int ordinal) {
            return cluster.member(bench.namespace(), "db-" + ordinal).state();
        }

        private void write(int primary) throws Exception {
            set.command(primary, "test", new Document("insert", "kept").append("documents", List.of(new Document("_id", ++written)))
                    .append("writeConcern", new Document("w", "majority").append("wtimeout", 5_000)));
        }

        private void whole(int replicas, String story) throws Exception {
            bench.until("the pods that leave to be gone", () -> set.pods().size() == replicas);
            assertThat(set.pods()).as(story).extracting(PodState::ordinal).containsExactlyInAnyOrderElementsOf(IntStream.range(0, replicas).boxed().toList());
            assertThat(set.command(0, "admin", new Document("replSetGetConfig", 1)).get("config", Document.class).getList("members", Document.class))
                    .as(story).hasSize(replicas).allSatisfy(m -> assertThat(m.get("votes", Number.class).intValue()).isEqualTo(1));
            for (int i = 0; i < replicas; i++) {
                assertThat(state(i)).as(story).isIn("PRIMARY", "SECONDARY");
            }
            assertThat(Json.map(set.set(), "metadata", "annotations")).as(story).doesNotContainKey(SizeChange.ANNOTATION);
            bench.until("the Lease to be free", () -> bench.kube().get(Kind.LEASE, bench.namespace(), "stateful-mongo-db")
                    .map(l -> Json.text(l, "spec", "holderIdentity")).filter(h -> !h.isEmpty()).isEmpty());
            int primary = IntStream.range(0, replicas).filter(i -> state(i).equals("PRIMARY")).findFirst().orElseThrow();
            assertThat(set.command(primary, "test", new Document("count", "kept")).get("n", Number.class).intValue()).as(story).isEqualTo(written);
        }

        @Override
        public void close() throws Exception {
            bench.close();
        }
    }

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
        sweep = new Sweep<>(6, Lane::new);
    }

    @AfterAll
    static void stopCluster() throws Exception {
        sweep.close();
        cluster.close();
    }

    @Test
    void aShrinkingGoesOnFromEveryStateThatACallFound() throws Exception {
        sweep.run("3 -> 1, every state", (lane, point) -> lane.change(3, 1, point, NEW_STATE, true));
    }

    @Test
    void aShrinkingGoesOnAfterEveryChangeWhoseAnswerWasLost() throws Exception {
        sweep.run("3 -> 1, every change, answer lost", (lane, point) -> lane.change(3, 1, point, MUTATING, false));
    }

    @Test
    void aGrowthGoesOnFromEveryStateThatACallFound() throws Exception {
        sweep.run("1 -> 3, every state", (lane, point) -> lane.change(1, 3, point, NEW_STATE, true));
    }

    @Test
    void aGrowthGoesOnAfterEveryChangeWhoseAnswerWasLost() throws Exception {
        sweep.run("1 -> 3, every change, answer lost", (lane, point) -> lane.change(1, 3, point, MUTATING, false));
    }
}
