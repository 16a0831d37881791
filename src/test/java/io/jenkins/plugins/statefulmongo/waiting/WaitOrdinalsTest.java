package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class WaitOrdinalsTest extends WaitOrdinalsContract {
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
    protected Bench open() throws Exception {
        return new Bench(cluster.kubeconfig());
    }

    @Test
    void aContainerThatIsKilledForMemoryAgainAndAgainIsNamed() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Running waiting = begin("stuckSeconds", 6);
        bench.until("it to end", () -> {
            try {
                cluster.member(bench.namespace(), "db-1").outOfMemory();
            } catch (IllegalStateException e) {
                // It does not run just now.
            }
            return waiting.ended().isDone();
        });
        assertThat(waiting.await().failure())
                .matches("(?s)db-1 does not stay up: container db is killed for memory \\(\\d+ restarts\\)\\.\n.*"
                        + "  Raise its memory limit: mongod's cache alone takes at least 256 MB, and half of what is over 1 GB\\.");
    }

    @Test
    void rule6_whatANodesRestartDoesToAllContainersHealsByItself() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "readinessProbe: {periodSeconds: 1, exec: {command: [mongosh, --eval, 'db.hello().secondary']}}", "", ""));
        Bench.Running waiting = begin("stuckSeconds", 30);
        bench.until("the pods to run", () -> bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                .filter(p -> "Running".equals(Json.text(p, "status", "phase"))).count() == 3);
        for (int i = 0; i < 3; i++) {
            cluster.member(bench.namespace(), "db-" + i).kill();
        }
        bench.until("all to have started again", () -> bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                .allMatch(p -> Json.list(p, "status", "containerStatuses").stream()
                        .allMatch(c -> Json.number(c, 0, "restartCount") == 1 && !Json.map(c, "state", "running").isEmpty())));
        bench.run(scope -> new InitReplicaSet(scope, new Parameters(Map.of())));
        assertThat(waiting.await().failure()).isNull();
    }
}
