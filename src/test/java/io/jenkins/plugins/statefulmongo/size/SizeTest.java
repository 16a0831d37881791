package io.jenkins.plugins.statefulmongo.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class SizeTest extends SizeContract {
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
    void membersBeyondSevenDoNotVoteAndLeaveFirst() throws Exception {
        initiated("mongo:7.0.14", 7);
        Ended grown = done(deploy("mongo:7.0.14", 9));
        assertThat(grown.console()).contains("  added db-7 (non-voting: 7 members vote)\n", "  added db-8 (non-voting: 7 members vote)\n");
        assertThat(votes()).containsEntry("db-7", 0).containsEntry("db-8", 0);
        assertThat(votes().values().stream().filter(v -> v == 1).count()).isEqualTo(7);
        done(deploy("mongo:7.0.14", 7, "allowShrink", true));
        assertThat(votes()).isEqualTo(votes().keySet().stream().collect(Collectors.toMap(k -> k, k -> 1))).hasSize(7);
    }

    @Test
    void safety17_whoeverCannotBeAskedLeavesAStaleVolume() throws Exception {
        initiated("mongo:7.0.14", 3);
        cluster.member(bench.namespace(), "db-2").freeze();
        Ended ended = done(deploy("mongo:7.0.14", 2, "allowShrink", true, "stuckSeconds", 5));
        assertThat(ended.console()).containsPattern("  db-2  does not say that it was removed after \\d+\\.\\d s; its volume mongo-data-db-2 stays, marked as stale\n");
        assertThat(votes()).isEqualTo(Map.of("db-0", 1, "db-1", 1));
        assertThat(marks()).containsEntry("mongo-data-db-2", "stale");
        assertThat(deploy("mongo:7.0.14", 3).failure()).startsWith("mongo-data-db-2 is the volume of an earlier member");
    }

    @Test
    void safety15_whatSomebodyElseScalesBetweenTwoLooksIsNotTakenAway() throws Exception {
        initiated("mongo:7.0.14", 3);
        CountDownLatch looked = new CountDownLatch(1);
        cluster.delay(r -> {
            boolean first = r.verb().equals("patch") && r.path().contains("/services/") && r.path().contains("dryRun");
            if (first) {
                looked.countDown();
            }
            return first;
        }, Duration.ofSeconds(5), 1);
        Bench.Running deployment = set.beginDeploy("bench/1", "manifest", manifest("mongo:7.0.14", 3));
        assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
        bench.kube().patch(Kind.STATEFUL_SET, bench.namespace(), "db", Map.of("spec", Map.of("replicas", 5)));
        assertThat(deployment.await().failure()).startsWith("StatefulSet db runs 5 members, and 3 are wanted.\n  Give allowShrink: true");
        assertThat(Json.number(bench.get(Kind.STATEFUL_SET, "db"), 0, "spec", "replicas")).isEqualTo(5);
    }

    @Test
    void safety07_aShrinkingWaitsForTheLeaseOfAnotherBuild() throws Exception {
        initiated("mongo:7.0.14", 3);
        done(deploy("mongo:7.0.14", 2, "allowShrink", true)); // leaves a Lease
        set.giveLeaseTo("other/7");
        Bench.Running shrinking = set.beginDeploy("bench/1", "manifest", manifest("mongo:7.0.14", 1), "allowShrink", true);
        bench.until("it to say whom it waits for", () -> shrinking.console().contains("  waits for other/7, which is changing this set\n"));
        assertThat(votes()).hasSize(2);
        set.giveLeaseTo("");
        done(shrinking.await());
        assertThat(votes()).isEqualTo(Map.of("db-0", 1));
    }
}
