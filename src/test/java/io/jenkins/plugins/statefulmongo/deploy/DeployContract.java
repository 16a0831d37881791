package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What deployStatefulMongo does to a cluster: the same on the embedded one and on a real one. */
public abstract class DeployContract extends ReleaseContract {
    @Test
    void deploysByParametersAndChangesNothingTheSecondTime() throws Exception {
        Ended first = deploy("image", "mongo:7.0.14", "storage", "1Gi");
        assertThat(first.failure()).isNull();
        assertThat(first.console()).matches("(?s)deployStatefulMongo " + namespace + "/db on bench \\(Kubernetes [^)]+\\)\n"
                + "  \\+ Service db \\(headless, names before readiness\\)\n"
                + "  \\+ PodDisruptionBudget db\n"
                + "  \\+ StatefulSet db: mongo:7.0.14, 3 members of rs0, 1Gi each\n"
                + "  applied: 3 created, 0 changed, 0 unchanged\n");
        assertThat(first.result())
                .containsEntry("created", List.of("Service db", "PodDisruptionBudget db", "StatefulSet db"))
                .containsEntry("image", "mongo:7.0.14")
                .containsEntry("dryRun", false)
                .containsEntry("members", List.of(host(0), host(1), host(2)))
                .containsEntry("connectionString", "mongodb://" + host(0) + "," + host(1) + "," + host(2) + "/?replicaSet=rs0");

        List<Map<String, Object>> before = writes("db");
        int requests = mutating();
        assertThat(requests).isNotZero();
        Ended second = deploy("image", "mongo:7.0.14", "storage", "1Gi");
        assertThat(second.console()).endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");
        assertThat(writes("db")).isEqualTo(before);
        assertThat(mutating()).isEqualTo(requests);
    }

    @Test
    void createsTheNamespaceAndSaysSo() throws Exception {
        namespace = bench.namespace() + "-new";
        Ended tried = deploy("image", "mongo:7.0.14", "replicas", 1, "dryRun", true);
        assertThat(tried.console())
                .contains("+ Namespace " + namespace)
                .contains("not tried with the API server: the namespace does not exist yet")
                .endsWith("dry run: 4 created, 0 changed, 0 unchanged\n");
        assertThat(bench.kube().get(Kind.NAMESPACE, null, namespace)).isEmpty();

        Ended done = deploy("image", "mongo:7.0.14", "replicas", 1);
        assertThat(done.console()).endsWith("applied: 4 created, 0 changed, 0 unchanged\n");
        assertThat(Json.text(bench.kube().get(Kind.NAMESPACE, null, namespace).orElseThrow(), "metadata", "annotations", Home.CREATED))
                .isEqualTo("true");
    }

    @Test
    void deletesTheNewNamespaceAgainWhenTheApiServerRefuses() throws Exception {
        namespace = bench.namespace() + "-new";
        String manifest = manifest("go-demo-3.yml").replace("  replicas: 3\n  selector:\n    matchLabels:\n      app: api", "  replica: 3\n  selector:\n    matchLabels:\n      app: api");
        Ended ended = deploy("manifest", manifest);
        assertThat(ended.failure())
                .startsWith("Deployment api is malformed: spec.replica: field not declared in schema.\n  Correct it in the manifest; ")
                .contains("Nothing was changed: the namespace " + namespace + ", created to try it in, is deleted again.");
        bench.until("the namespace to go", () -> bench.kube().get(Kind.NAMESPACE, null, namespace).isEmpty());
    }

    @Test
    void deploysTheBooksManifest() throws Exception {
        Ended first = deploy("manifest", manifest("go-demo-3.yml"));
        assertThat(first.failure()).isNull();
        assertThat(first.console())
                .contains("  + StatefulSet db: mongo:4.4.29, 3 members of rs0, 2Gi each\n")
                .contains("  + Deployment api: vfarcic/go-demo-3:1.4, 3 pods\n")
                .contains("  warning: terminationGracePeriodSeconds is 10: ")
                .contains("  warning: the memory limit 500Mi is below 512Mi: ")
                .endsWith("applied: 5 created, 0 changed, 0 unchanged\n");
        Map<String, Object> set = bench.kube().get(Kind.STATEFUL_SET, namespace, "db").orElseThrow();
        assertThat(Json.text(set, "spec", "updateStrategy", "type")).isEqualTo("OnDelete");
        assertThat(deploy("manifest", manifest("go-demo-3.yml")).console()).endsWith("nothing to do: 0 created, 0 changed, 5 unchanged\n");
    }

    @Test
    void safetyRule1_anExistingSetKeepsItsImage() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        Object generation = metadata("db").get("generation");
        Ended again = deploy("image", "mongo:7.0.16", "replicas", 1);
        assertThat(again.console())
                .contains("  keeps mongo:7.0.14 (rollingImageUpdate changes images)\n")
                .endsWith("nothing to do: 0 created, 0 changed, 3 unchanged\n");
        assertThat(again.result()).containsEntry("image", "mongo:7.0.14");
        assertThat(metadata("db").get("generation")).isEqualTo(generation);
    }

    @Test
    void growsTheNumberOfPodsAndShrinksOnlyWhenAsked() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        Ended grown = deploy("image", "mongo:7.0.14", "replicas", 3);
        assertThat(grown.console())
                .contains("  ~ StatefulSet db: spec.replicas: 1 -> 3\n")
                .endsWith("applied: 0 created, 1 changed, 2 unchanged\n");
        assertThat(deploy("image", "mongo:7.0.14", "replicas", 1).failure())
                .isEqualTo("StatefulSet db runs 3 members, and 1 are wanted.\n"
                        + "  Give allowShrink: true to have db-2, db-1 removed from the replica set and then from the StatefulSet;"
                        + " or give replicas: 3. Nothing was touched.");
        Ended shrunk = deploy("image", "mongo:7.0.14", "replicas", 1, "allowShrink", true, "volumes", "delete");
        assertThat(shrunk.console())
                .contains("  ~ StatefulSet db: spec.replicas: 3 -> 1\n")
                .contains("  removes db-2, db-1 from the replica set first; their volumes are deleted\n")
                .contains("  db-1  was no member; its volume mongo-data-db-1 is deleted\n")
                .endsWith("applied: 0 created, 1 changed, 2 unchanged\n");
        bench.until("the volumes to go", () -> claims().equals(List.of("mongo-data-db-0")));
    }

    @Test
    void neverTakesAFieldFromAnotherManager() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        otherManager("{\"spec\":{\"maxUnavailable\":2}}");
        Ended ended = deploy("image", "mongo:7.0.14", "replicas", 2);
        assertThat(ended.failure())
                .startsWith("PodDisruptionBudget db is managed by others too: 'somebody' set spec.maxUnavailable, which would change.\n")
                .contains("never takes a field from another manager by force")
                .endsWith("Nothing was changed.");
        assertThat(Json.text(bench.get(Kind.DISRUPTION_BUDGET, "db"), "spec", "maxUnavailable")).isEqualTo("2");
        assertThat(Json.number(bench.kube().get(Kind.STATEFUL_SET, namespace, "db").orElseThrow(), 0, "spec", "replicas")).isEqualTo(1);
    }

    @Test
    void takesBackWhatAnotherStepOfOursWrote() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        bench.kube().patch(Kind.DISRUPTION_BUDGET, namespace, "db", Map.of("spec", Map.of("maxUnavailable", 2)));
        Ended ended = deploy("image", "mongo:7.0.14", "replicas", 1);
        assertThat(ended.console())
                .contains("  ~ PodDisruptionBudget db: spec.maxUnavailable: 2 -> 1\n")
                .endsWith("applied: 0 created, 1 changed, 2 unchanged\n");
    }

    @Test
    void refusesWhatAQuotaWouldNeverLetBeComplete() throws Exception {
        bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: small}, spec: {hard: {requests.memory: 1Gi}}}");
        Ended ended = deploy("image", "mongo:7.0.14");
        assertThat(ended.failure()).isEqualTo("StatefulSet db adds 1536Mi to requests.memory, but ResourceQuota small has 1Gi of it, 0 used.\n"
                + "  Some of its pods or claims would never be created. Ask for less, or have the quota raised.\n"
                + "  Nothing was changed.");
        assertThat(bench.kube().list(Kind.SERVICE, namespace, null)).isEmpty();
    }

    @Test
    void aChangedTemplateOfARunningSetIsNeverLeftToTheController() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        Object generation = metadata("db").get("generation");
        Ended ended = deploy("image", "mongo:7.0.14", "replicas", 1, "memory", "1Gi", "dryRun", true);
        assertThat(ended.console())
                .contains("  ~ StatefulSet db: spec.template.spec.containers[db].resources.limits.memory: 512Mi -> 1Gi\n")
                .contains("  ~ StatefulSet db: spec.template.spec.containers[db].resources.requests.memory: 512Mi -> 1Gi\n")
                .endsWith("dry run: 0 created, 1 changed, 2 unchanged\n");
        assertThat(ended.result()).containsEntry("changed", List.of("StatefulSet db")).containsEntry("dryRun", true);
        assertThat(metadata("db").get("generation")).isEqualTo(generation);
    }
}
