package io.jenkins.plugins.statefulmongo.deploy;

import static io.jenkins.plugins.statefulmongo.update.DyingClient.NEW_STATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.update.DyingClient;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class StorageTest extends StorageContract {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Override
    protected String kubeconfig() {
        return cluster.kubeconfig();
    }

    private static Bench.Making sized(int gigabytes) {
        return ReplicaSetBench.deploying("image", "mongo:7.0.14", "replicas", 2, "storage", gigabytes + "Gi");
    }

    private static final String CONFIG_MAP = "stateful-mongo-db";

    private void stored(boolean labelled, Object... data) throws Exception {
        bench.kube().create(Kind.CONFIG_MAP, namespace, Tree.map("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Tree.map("name", CONFIG_MAP, "labels", labelled ? Tree.map(Home.RELEASE, "db") : null), "data", Tree.map(data)));
    }

    @Test
    void aConfigMapOfSomebodyElseIsNeitherReadNorDeleted() throws Exception {
        stored(false, "their", "own");
        assertThat(bench.begin(sized(1), "job/1").await().failure()).isNull();
        assertThat(bench.begin(sized(1), "job/2").await().failure()).isNull();
        assertThat(bench.begin(sized(2), "job/3").await().failure()).isEqualTo("ConfigMap stateful-mongo-db is somebody else's: it lacks the label"
                + " stateful-mongo.jenkins.io/release: db, and the StatefulSet is to be stored under that name while its volumes grow.\n"
                + "  Rename or delete it. Nothing was touched.");
        assertThat(Json.text(bench.get(Kind.CONFIG_MAP, CONFIG_MAP), "data", "their")).isEqualTo("own");
    }

    @Test
    void safety04_whatIsStoredIsNotCreatedWhereItIsNotThisSet() throws Exception {
        String damaged = "ConfigMap stateful-mongo-db holds no StatefulSet db as this step stores it";
        stored(true, "their", "own");
        assertThat(bench.begin(sized(1), "job/1").await().failure()).startsWith(damaged);
        bench.kube().patch(Kind.CONFIG_MAP, namespace, CONFIG_MAP, Map.of("data", Map.of("statefulset.json", "{", "successor.json", "no")));
        assertThat(bench.begin(sized(1), "job/2").await().failure()).startsWith(damaged);
        for (String other : List.of("{'kind':'StatefulSet','metadata':{'name':'evil','namespace':'" + namespace + "'}}",
                "{'kind':'StatefulSet','metadata':{'name':'db','namespace':'elsewhere'}}", "{'kind':'DaemonSet','metadata':{'name':'db'}}")) {
            String json = other.replace('\'', '"');
            bench.kube().patch(Kind.CONFIG_MAP, namespace, CONFIG_MAP, Map.of("data", Map.of("statefulset.json", "{\"metadata\":{\"uid\":\"u\"}}", "successor.json", json)));
            assertThat(bench.begin(sized(1), "job/3").await().failure()).as(json).startsWith(damaged);
        }
        assertThat(bench.kube().list(Kind.STATEFUL_SET, namespace, null)).isEmpty();
    }

    @Test
    void safety04_whoMayWriteConfigMapsOnlyGetsNoStatefulSet() throws Exception {
        assertThat(bench.begin(sized(1), "job/1").await().failure()).isNull();
        bench.until("the pods to be Ready", () -> Json.number(bench.get(Kind.STATEFUL_SET, "db"), 0, "status", "readyReplicas") == 2);
        orphaned();
        String forged = Json.text(bench.get(Kind.CONFIG_MAP, CONFIG_MAP), "data", "successor.json").replace("mongo:7.0.14", "evil:1");
        bench.kube().patch(Kind.CONFIG_MAP, namespace, CONFIG_MAP, Map.of("data", Map.of("successor.json", forged)));
        assertThat(bench.begin(sized(1), "job/2").await().failure()).isEqualTo("ConfigMap stateful-mongo-db holds a StatefulSet db that no volume"
                + " claim vouches for: this step has not stored it, or the claims are gone.\n"
                + "  Where StatefulSet db runs, delete the ConfigMap. Else its pods, if there are any, go on without it: save what the ConfigMap"
                + " holds, and delete it; the step then makes the StatefulSet by its own parameters.");
        assertThat(bench.kube().list(Kind.STATEFUL_SET, namespace, null)).isEmpty();
    }

    @Test
    void safety07_nothingIsChangedUnderALeaseThatSlowReadsHaveUsedUp() throws Exception {
        assertThat(bench.begin(sized(1), "job/1").await().failure()).isNull();
        bench.until("the pods to be Ready", () -> Json.number(bench.get(Kind.STATEFUL_SET, "db"), 0, "status", "readyReplicas") == 2);
        AtomicInteger from = new AtomicInteger(-1);
        cluster.delay(r -> {
            boolean ours = r.path().contains("/" + namespace + "/");
            boolean held = ours && r.path().contains("/leases") && !r.method().equals("GET") && from.compareAndSet(-1, cluster.requests().size());
            return ours && !held && from.get() >= 0;
        }, Duration.ofMillis(9_700), 2); // less than the client's patience
        assertThat(bench.begin(sized(2), "job/2").await().failure()).isNull();
        List<String> writes = cluster.requests().subList(from.get(), cluster.requests().size()).stream()
                .filter(r -> r.isMutating() && r.path().contains("/" + namespace + "/"))
                .map(r -> r.path().replaceAll("\\?.*", "").replaceAll(".*/" + namespace + "/", ""))
                .toList();
        assertThat(writes.subList(0, 3)).containsExactly("leases", "leases/stateful-mongo-db", "persistentvolumeclaims/mongo-data-db-0");
    }

    @Test
    void safety04_theSameBuildGoesOnFromEveryStateAndAfterEveryLostAnswer() throws Exception {
        DyingClient client = new DyingClient(cluster, bench);
        assertThat(bench.begin(sized(1), "job/1").await().failure()).isNull();
        bench.until("the pods to be Ready", () -> Json.number(bench.get(Kind.STATEFUL_SET, "db"), 0, "status", "readyReplicas") == 2);
        Map<String, String> before = uids();
        boolean ended = false;
        int points = 0;
        for (int size = 2; !ended; size++) {
            boolean answered = size % 2 == 0;
            int point = size / 2;
            Cut cut = client.kill(point, answered ? NEW_STATE : DyingClient.MUTATING, answered, "job/1", sized(size));
            ended = cut == null && answered; // there are fewer changes than states
            Ended after = bench.begin(sized(size), "job/1").await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            assertThat(uids()).as("%s%s", cut, after.console()).isEqualTo(before);
            assertThat(ChangeChecks.size(Json.list(bench.get(Kind.STATEFUL_SET, "db"), "spec", "volumeClaimTemplates").get(0)))
                    .as("%s%s", cut, after.console()).isEqualTo(size + "Gi");
            assertThat(bench.kube().get(Kind.CONFIG_MAP, namespace, "stateful-mongo-db")).as("%s%s", cut, after.console()).isEmpty();
            points += cut == null ? 0 : 1;
        }
        assertThat(points).as("points").isGreaterThan(8);
    }
}
