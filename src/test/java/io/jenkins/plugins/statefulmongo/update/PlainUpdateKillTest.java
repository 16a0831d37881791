package io.jenkins.plugins.statefulmongo.update;

import static io.jenkins.plugins.statefulmongo.update.DyingClient.MUTATING;
import static io.jenkins.plugins.statefulmongo.update.DyingClient.NEW_STATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Sweep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Served;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The update of a plain workload whose process ends, at every point at which that makes a difference (issue 5, items 3 and 4). */
class PlainUpdateKillTest {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    /** A workload and the client that is to die while it updates it. */
    private record Lane(String kind, Bench bench, DyingClient client) implements AutoCloseable {
        static Lane open(String kind) throws Exception {
            Bench bench = new Bench(cluster.kubeconfig());
            bench.apply(PlainUpdateContract.workload(kind, PlainUpdateContract.OLD, ""));
            assertThat(bench.run(updating(kind, PlainUpdateContract.OLD)).failure()).isNull();
            return new Lane(kind, bench, new DyingClient(cluster, bench));
        }

        static Bench.Making updating(String kind, String image) {
            Parameters parameters = new Parameters(Map.of("kind", kind, "name", "api", "image", image));
            return scope -> new PlainUpdate(scope, parameters);
        }

        Map<String, Object> workload() throws Exception {
            return bench.get(Kind.named(kind).orElseThrow(), "api");
        }

        String image() throws Exception {
            return Json.text(Json.list(workload(), "spec", "template", "spec", "containers").get(0), "image");
        }

        String next() throws Exception {
            return image().equals(PlainUpdateContract.NEW) ? PlainUpdateContract.OLD : PlainUpdateContract.NEW;
        }

        void assertWhole(Cut cut, Ended after, String image) throws Exception {
            assertThat(image()).as("%s%s", cut, after.console()).isEqualTo(image);
            assertThat(Json.text(workload(), "metadata", "annotations", WaitDecision.UPDATE)).as("%s%s", cut, after.console()).isNull();
            String lease = "stateful-mongo-api" + (kind.equals("Deployment") ? ".deployment" : "");
            assertThat(Json.text(bench.get(Kind.LEASE, lease), "spec", "holderIdentity")).as("%s%s", cut, after.console()).isEmpty();
        }

        @Override
        public void close() throws Exception {
            bench.close();
        }
    }

    private interface Case {
        String at(Lane lane, int point, Predicate<Served> counts, boolean answered) throws Exception;
    }

    private static void sweep(String kind, String name, Case each) throws Exception {
        try (Sweep<Lane> sweep = new Sweep<>(8, () -> Lane.open(kind))) {
            sweep.run(kind + ", " + name + ", every state", (lane, point) -> each.at(lane, point, NEW_STATE, true));
            sweep.run(kind + ", " + name + ", every change, answer lost", (lane, point) -> each.at(lane, point, MUTATING, false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "StatefulSet"})
    void item3_theSameBuildGoesOn(String kind) throws Exception {
        sweep(kind, "forward", (lane, point, counts, answered) -> {
            String image = lane.next();
            Cut cut = lane.client().kill(point, counts, answered, "job/1", Lane.updating(kind, image));
            if (cut == null) {
                return null;
            }
            Ended after = lane.bench().begin(Lane.updating(kind, image), "job/1").await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.assertWhole(cut, after, image);
            return cut.call();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "StatefulSet"})
    void item3_theSameBuildFinishesItsRollback(String kind) throws Exception {
        sweep(kind, "rollback", (lane, point, counts, answered) -> {
            String image = lane.image();
            Cut cut = lane.client().kill(point, counts, answered, "job/1", Lane.updating(kind, "busybox:missing"));
            if (cut == null) {
                return null;
            }
            Ended after = lane.bench().begin(Lane.updating(kind, "busybox:missing"), "job/1").await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).endsWith("Rolled back: all pods run " + image + " again.");
            lane.assertWhole(cut, after, image);
            return cut.call();
        });
    }
}
