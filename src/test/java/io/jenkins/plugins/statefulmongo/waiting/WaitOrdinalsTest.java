package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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
}
