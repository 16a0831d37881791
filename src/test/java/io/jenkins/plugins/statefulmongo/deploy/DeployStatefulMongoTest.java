package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class DeployStatefulMongoTest extends DeployContract {
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
    protected int mutating() {
        String path = "/namespaces/" + namespace() + "/";
        return (int) cluster.requests().stream()
                .filter(r -> r.isMutating() && r.path().contains(path) && !r.path().contains("dryRun=All"))
                .count();
    }

    @Test
    void jenkinsRule15_aNamespacedRoleIsEnoughAndWhatIsSkippedIsSaid() throws Exception {
        cluster.deny("get", "namespaces");
        cluster.deny("list", "resourcequotas");
        cluster.deny("list", "ingresses");
        try {
            Ended deployed = deploy("image", "mongo:7.0.14", "replicas", 1);
            assertThat(deployed.console())
                    .contains("  namespace taken as there: this connection cannot get namespaces\n")
                    .contains("  quotas not checked: this connection cannot list resourcequotas\n")
                    .endsWith("applied: 3 created, 0 changed, 0 unchanged\n");
            Ended removed = run(RemoveRelease::new, "volumes", "delete");
            assertThat(removed.console())
                    .contains("  ingresses not looked for: this connection cannot list ingresses\n")
                    .contains("  - PersistentVolumeClaim mongo-data-db-0 (2Gi)\n");
        } finally {
            cluster.allow("get", "namespaces");
            cluster.allow("list", "resourcequotas");
            cluster.allow("list", "ingresses");
        }
    }

    @Test
    void aMissingPermissionIsNamedBeforeAnythingChanges() throws Exception {
        cluster.deny("patch", "statefulsets");
        try {
            Ended ended = deploy("image", "mongo:7.0.14", "replicas", 1);
            assertThat(ended.failure())
                    .startsWith("cannot apply StatefulSet db: ")
                    .contains("cannot patch resource \"statefulsets\"")
                    .contains("Grant it to the connection's identity")
                    .endsWith("Nothing was changed.");
            assertThat(mutating()).isZero();
        } finally {
            cluster.allow("patch", "statefulsets");
        }
    }

    @Test
    void aLostAnswerIsAskedForAgain() throws Exception {
        cluster.fault(r -> r.verb().equals("patch") && r.path().contains("/services/") && !r.path().contains("dryRun"), Fault.DROP_ANSWER, 1);
        Ended ended = deploy("image", "mongo:7.0.14", "replicas", 1);
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("created", List.of("Service db", "PodDisruptionBudget db", "StatefulSet db"));
    }
}
