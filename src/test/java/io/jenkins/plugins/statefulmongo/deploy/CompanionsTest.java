package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class CompanionsTest extends CompanionsContract {
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
    void aReleaseThatLostItsStatefulSetIsStillRemoved() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        run(RemoveRelease::new);
        deploy("image", "mongo:7.0.14", "replicas", 1, "dryRun", true);
        Ended ended = run(RemoveRelease::new, "volumes", "delete");
        assertThat(ended.result()).containsEntry("removed", List.of("PersistentVolumeClaim mongo-data-db-0"));
    }

    @Test
    void safetyRule5_claimsThatGoWithTheirSetAreNotRiskedUnseen() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        bench.kube().patch(Kind.STATEFUL_SET, namespace, "db",
                Map.of("spec", Map.of("persistentVolumeClaimRetentionPolicy", Map.of("whenDeleted", "Delete"))));
        cluster.deny("list", "persistentvolumeclaims");
        try {
            assertThat(run(RemoveRelease::new).failure()).isEqualTo("StatefulSet db takes its claims with it"
                    + " (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete), and this connection, which cannot list them, would not see when"
                    + " they are safe.\n  Nothing was removed. Grant it list of persistentvolumeclaims, or give volumes: 'delete'.");
        } finally {
            cluster.allow("list", "persistentvolumeclaims");
        }
        assertThat(bench.kube().get(Kind.STATEFUL_SET, namespace, "db")).isPresent();
    }
}
