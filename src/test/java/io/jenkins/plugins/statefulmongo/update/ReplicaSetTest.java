package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class ReplicaSetTest extends ReplicaSetContract {
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

    @Test
    void aSetWhoseControllerHasNotSeenTheEndOfTheLastUpdateIsNotWrittenAgain() throws Exception {
        set.initiated("mongo:7.0.16", "RollingUpdate");
        Runnable goOn = cluster.hold();
        try {
            set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("spec", Map.of("minReadySeconds", 1)));
            Object written = Json.at(set.bench.get(Kind.STATEFUL_SET, "db"), "metadata", "generation");
            Bench.Running update = set.begin("bench/1", "image", "mongo:7.0.16");
            set.bench.until("it to wait or to write", () -> "the StatefulSet controller to see the new template".equals(update.waitingFor())
                    || !written.equals(Json.at(set.bench.get(Kind.STATEFUL_SET, "db"), "metadata", "generation")));
            goOn.run();
            Bench.Ended ended = update.await();
            assertThat(ended.console()).contains("  all 3 members run mongo:7.0.16 already\n");
            assertThat(ended.result()).containsEntry("changed", false);
            assertThat(Json.at(set.bench.get(Kind.STATEFUL_SET, "db"), "metadata", "generation")).isEqualTo(written);
        } finally {
            goOn.run();
        }
    }

    @Test
    void safety07_nobodyIsInitiatedUnderALeaseThatSlowReadsHaveUsedUp() throws Exception {
        set.apply("mongo:4.4.28", 3);
        String namespace = set.bench.namespace();
        List<String> calls = new CopyOnWriteArrayList<>();
        Line line = cluster.line(namespace);
        line.plan(served -> {
            calls.add(served.what());
            return Line.Then.GO_ON;
        });
        AtomicBoolean held = new AtomicBoolean();
        cluster.delay(r -> {
            boolean ours = r.path().contains("/" + namespace + "/");
            return ours && (r.path().contains("/leases") ? r.isMutating() && !held.compareAndSet(false, true) : held.get());
        }, Duration.ofMillis(9_700), 2); // less than the client's patience
        Connection slow = Kubeconfig.read(cluster.kubeconfig(line), "slow");
        assertThat(set.bench.begin(set.initiating(), "bench/1", slow).await().failure()).isNull();
        String lease = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
        assertThat(calls.stream().filter(c -> c.contains("/leases") || c.startsWith("replSetInitiate")).limit(4)).containsExactly(
                "get " + lease + "/stateful-mongo-db", "create " + lease, "update " + lease + "/stateful-mongo-db", "replSetInitiate db-0");
    }
}
