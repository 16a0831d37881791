package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What absent: true, applyManifest and probeService do to a cluster: the same on the embedded one and on a real one. */
public abstract class CompanionsContract extends ReleaseContract {
    @Test
    void safetyRule5_absentKeepsTheVolumesAndTheNamespaceUnlessTheyAreToGo() throws Exception {
        namespace = bench.namespace() + "-new";
        deploy("image", "mongo:7.0.14", "replicas", 2);
        bench.until("the claims to be made", () -> claims().size() == 2);
        // As a set that somebody tuned: its claims would go with it.
        bench.kube().patch(Kind.STATEFUL_SET, namespace, "db",
                Map.of("spec", Map.of("persistentVolumeClaimRetentionPolicy", Map.of("whenDeleted", "Delete"))));
        bench.until("the controller to own the claims", () -> bench.kube().list(Kind.CLAIM, namespace, null).stream()
                .allMatch(c -> !Json.list(c, "metadata", "ownerReferences").isEmpty()));

        Ended kept = run(RemoveRelease::new);
        assertThat(kept.failure()).isNull();
        assertThat(kept.console()).startsWith("deployStatefulMongo " + namespace + "/db on bench: absent, volumes kept\n"
                + "  StatefulSet db would have deleted its claims: it keeps them now\n"
                + "  - StatefulSet db\n"
                + "  - PodDisruptionBudget db\n"
                + "  - Service db\n"
                + "  keeps the volumes of mongo-data-db-0, mongo-data-db-1 (volumes: 'delete' removes them too)\n"
                + "  removed: 3, all gone after ");
        assertThat(kept.result())
                .containsEntry("removed", List.of("StatefulSet db", "PodDisruptionBudget db", "Service db"))
                .containsEntry("kept", List.of("PersistentVolumeClaim mongo-data-db-0", "PersistentVolumeClaim mongo-data-db-1"));
        assertThat(claims()).containsExactly("mongo-data-db-0", "mongo-data-db-1");
        assertThat(bench.kube().list(Kind.POD, namespace, null)).isEmpty();

        Ended all = run(RemoveRelease::new, "volumes", "delete");
        assertThat(all.console())
                .contains("  - PersistentVolumeClaim mongo-data-db-0 (2Gi)\n")
                .contains("  - Namespace " + namespace + "\n");
        assertThat(bench.kube().get(Kind.NAMESPACE, null, namespace)).isEmpty();
        assertThat(run(RemoveRelease::new, "volumes", "delete").console()).endsWith("  namespace " + namespace + " does not exist\n");
    }

    @Test
    void jenkinsRule5_absentLeavesWhatDoesNotCarryOurLabel() throws Exception {
        namespace = bench.namespace() + "-new";
        deploy("image", "mongo:7.0.14", "replicas", 1);
        apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: theirs}, data: {level: high}}");
        Ended ended = run(RemoveRelease::new, "volumes", "delete");
        assertThat(ended.console())
                .contains("  - PersistentVolumeClaim mongo-data-db-0 (2Gi)\n")
                .contains("  keeps Namespace " + namespace + ": others have in it ConfigMap theirs\n");
        assertThat(bench.kube().get(Kind.CONFIG_MAP, namespace, "theirs")).isPresent();
        assertThat(claims()).isEmpty();
    }

    @Test
    void jenkinsRule5_absentKeepsANamespaceThatAnotherCreated() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        Ended ended = run(RemoveRelease::new, "volumes", "delete");
        assertThat(ended.failure()).isNull();
        assertThat(Json.at(bench.kube().get(Kind.NAMESPACE, null, namespace).orElseThrow(), "metadata", "deletionTimestamp")).isNull();
        assertThat(run(RemoveRelease::new, "volumes", "delete").console()).endsWith("  nothing of release db is there\n");
    }

    @Test
    void jenkinsRule5_absentLeavesASetThatAnotherApplied() throws Exception {
        apply(String.join("---\n", manifest("go-demo-3.yml").split("(?m)^---$")[1], manifest("go-demo-3.yml").split("(?m)^---$")[2]));
        Ended ended = run(RemoveRelease::new, "volumes", "delete");
        assertThat(ended.console()).contains("keeps StatefulSet db: it does not carry the label stateful-mongo.jenkins.io/release");
        assertThat(bench.kube().get(Kind.STATEFUL_SET, namespace, "db")).isPresent();
        assertThat(bench.kube().get(Kind.SERVICE, namespace, "db")).isPresent();
    }

    @Test
    void appliesAnApplicationAndWaitsUntilItServes() throws Exception {
        Ended applied = run(ApplyManifest::new, "manifest", manifest("web.yml"), "name", "web");
        assertThat(applied.failure()).isNull();
        assertThat(applied.console())
                .contains("  + Service web\n  + Deployment web: busybox:1.36, 2 pods\n  applied: 2 created, 0 changed, 0 unchanged\n")
                .containsPattern("Deployment web: 2 pods serve after [0-9.]+ s\n$");
        Ended again = run(ApplyManifest::new, "manifest", manifest("web.yml"), "name", "web");
        assertThat(again.console()).contains("nothing to do: 0 created, 0 changed, 2 unchanged\n");

        bench.kube().patch(Kind.DEPLOYMENT, namespace, "web", Map.of("spec", Map.of("replicas", 1)));
        Ended back = run(ApplyManifest::new, "manifest", manifest("web.yml"), "name", "web");
        assertThat(back.console()).containsOnlyOnce("  ~ Deployment web: spec.replicas: 1 -> 2\n").contains("2 pods serve");
    }

    @Test
    void failsEarlyWhereADeploymentCannotServe() throws Exception {
        Ended ended = run(ApplyManifest::new, "manifest", manifest("web.yml").replace("busybox:1.36", "busybox:missing-1"), "name", "web");
        assertThat(ended.failure()).contains("web-").contains("busybox:missing-1");
        assertThat(ended.took()).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void probesTheApplicationThroughItsService() throws Exception {
        deploy("manifest", manifest("go-demo-3.yml"));
        Ended early = run(ProbeService::new, "service", "api", "path", "/demo/hello", "withinSeconds", 1);
        assertThat(early.failure())
                .startsWith("Service api, port 8080: GET /demo/hello does not answer as expected within 1 s.\n  The last answer of ")
                .contains("expected was 200.")
                .contains(" was 503 (no endpoints available for service ")
                .contains("The API server found no ready pod behind the Service");
        assertThat(run(ProbeService::new, "service", "none", "withinSeconds", 0).failure())
                .contains("There is no Service of that name in namespace " + namespace);

        assertThat(run(WaitOrdinals::new).failure()).isNull();
        assertThat(run(InitReplicaSet::new).failure()).isNull();
        Ended written = run(ProbeService::new, "service", "api", "method", "PUT", "path", "/demo/person?name=Ada", "withinSeconds", 120);
        assertThat(written.failure()).isNull();
        Ended read = run(ProbeService::new, "service", "api", "path", "/demo/person", "contains", "Ada", "forSeconds", 2);
        assertThat(read.result()).containsEntry("status", 200);
        assertThat((String) read.result().get("body")).contains("Ada");
        assertThat((int) read.result().get("attempts")).isGreaterThanOrEqualTo(3);
        assertThat(run(ProbeService::new, "service", "api", "path", "/demo/person", "contains", "Grace", "withinSeconds", 0).failure())
                .contains(" was 200 (").contains(" without 'Grace'; expected was 200 with 'Grace'.");
    }
}
