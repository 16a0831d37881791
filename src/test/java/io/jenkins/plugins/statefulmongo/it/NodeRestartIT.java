package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.benchmark.Disturbance;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.NodeAgent;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * All nodes go away for so long that the control plane gives them up, and come back with their containers started anew, while a step is at work.
 * Nothing else may use the test bed meanwhile: only with {@code -Dtestbed.alone}.
 */
class NodeRestartIT {
    /** A node whose Lease is not renewed is given up after 50 s by default. */
    private static final Duration GIVEN_UP = Duration.ofMinutes(2);

    private final Disturbance bed = Disturbance.environment();
    private Bench bench;
    private ReplicaSetBench set;

    @BeforeAll
    static void alone() {
        Assumptions.assumeTrue(System.getProperty("testbed.alone") != null, "needs a test bed of its own: -Dtestbed.alone");
        String missing = Disturbance.environment().missing();
        Assumptions.assumeTrue(missing == null, missing);
    }

    @BeforeEach
    void open() throws Exception {
        bench = Bench.environment();
        set = new ReplicaSetBench(bench);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void restartNodes() throws Exception {
        bed.nodesAway(true);
        try {
            bench.until("the pods to be given up", GIVEN_UP, () -> set.pods().stream().noneMatch(PodState::ready));
        } finally {
            bed.nodesAway(false);
        }
        Mishaps mishaps = bed.mishaps(bench.kube());
        for (int i = 1; i <= 3; i++) {
            NodeAgent.back(bench.kube(), "node-" + i);
            mishaps.kill(bench.namespace(), "db-" + (i - 1));
        }
    }

    private void deployed() throws Exception {
        Bench.Ended ended = set.deploy("image", "mongo:7.0.14", "replicas", 3, "cpu", "10m", "memory", "64Mi", "storage", "1Gi");
        assertThat(ended.failure()).as(ended.console()).isNull();
    }

    private void initiated() throws Exception {
        Bench.Ended ended = set.initiate();
        assertThat(ended.failure()).as(ended.console()).isNull();
    }

    private static void succeeds(Bench.Running running) throws Exception {
        Bench.Ended ended = running.await();
        System.out.println(ended.console());
        assertThat(ended.failure()).as(ended.console()).isNull();
    }

    @Test
    void rule6_waitOrdinalsGoesOnWaiting() throws Exception {
        deployed();
        Bench.Running waiting = bench.begin(scope -> new WaitOrdinals(scope, new Parameters(Map.of())), "bench/1");
        bench.until("all to run", () -> set.pods().stream().filter(PodState::running).count() == 3);
        restartNodes();
        assertThat(waiting.ended()).as(waiting.console()).isNotDone();
        initiated();
        succeeds(waiting);
    }

    @Test
    void rule6_rollingImageUpdateGoesOn() throws Exception {
        deployed();
        initiated();
        bench.until("all to be Ready", () -> set.pods().stream().filter(PodState::serves).count() == 3);
        Bench.Running update = set.begin("bench/1", "image", "mongo:7.0.16");
        bench.until("the first member to be replaced", () -> update.console().contains("  replaced"));
        restartNodes();
        assertThat(update.ended()).as(update.console()).isNotDone();
        succeeds(update);
        assertThat(set.images().values()).containsOnly("mongo:7.0.16").hasSize(3);
    }
}
