package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.EmbeddedMishaps;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster; with what the test bed's nodes do not play. */
class DisturbedWaitTest extends DisturbedWaitContract {
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

    @Override
    protected Mishaps mishaps() {
        return new EmbeddedMishaps(cluster);
    }

    @Test
    void rule6_aPodThatItsNodeEvictsAgainAndAgainIsNamed() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Running waiting = begin("stuckSeconds", 6);
        bench.until("it to end", () -> {
            mishaps().evict(bench.namespace(), "db-1");
            return waiting.ended().isDone();
        });
        assertThat(waiting.await().failure()).matches("db-1 ended on node-\\d: Evicted\\.\n  The node was low on resource: memory\\.\n"
                + "  Free memory or disk on node-\\d, or raise the pod's requests\\.(\n  It is to be deleted: .*)?");
    }
}
