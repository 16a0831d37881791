package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.EmbeddedMishaps;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster; with what the test bed's nodes do not play. */
class FailingUpdateTest extends FailingUpdateContract {
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

    @Override
    Mishaps mishaps() {
        return new EmbeddedMishaps(cluster);
    }

    @Test
    void rule6_aMemberThatItsNodeEvictsAgainAndAgainEndsItAlsoWhereItIsReadyInBetween() throws Exception {
        set.initiated("mongo:4.4.28", "RollingUpdate");
        Bench.Running update = begin("mongo:4.4.29", "stuckSeconds", 5);
        set.bench.until("it to go back", () -> {
            if (runs("db-2", "mongo:4.4.29")) {
                mishaps().evict(set.bench.namespace(), "db-2");
            }
            return update.ended().isDone() || update.console().contains("rolling back");
        });
        goesBack(update.await(), "db-2 ended on node-\\d: Evicted\\.\n.*  Free memory or disk on node-\\d, or raise the pod's requests\\.");
    }
}
