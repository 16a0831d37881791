package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What deployStatefulMongo and its companions do to a cluster: the same on the embedded one and on a real one. */
public abstract class DeployContract {
    private Bench bench;
    private String namespace;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        bench = new Bench(kubeconfig());
        namespace = bench.namespace();
    }

    @AfterEach
    void closeBench() throws Exception {
        if (!namespace.equals(bench.namespace())) {
            bench.kube().get(Kind.NAMESPACE, null, namespace).ifPresent(found -> {
                try {
                    bench.kube().delete(Kind.NAMESPACE, null, namespace, Json.text(found, "metadata", "uid"), Map.of());
                } catch (Failure | Unavailable | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        bench.close();
    }

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

        Map<String, Object> before = metadata("db");
        Ended second = deploy("image", "mongo:7.0.14", "storage", "1Gi");
        assertThat(second.console()).endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");
        assertThat(metadata("db").get("generation")).isEqualTo(before.get("generation"));
        assertThat(metadata("db").get("managedFields")).isEqualTo(before.get("managedFields"));
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
    void growsTheNumberOfPodsAndRefusesToShrink() throws Exception {
        deploy("image", "mongo:7.0.14", "replicas", 1);
        Ended grown = deploy("image", "mongo:7.0.14", "replicas", 3);
        assertThat(grown.console())
                .contains("  ~ StatefulSet db: spec.replicas: 1 -> 3\n")
                .endsWith("applied: 0 created, 1 changed, 2 unchanged\n");
        assertThat(deploy("image", "mongo:7.0.14", "replicas", 1).failure())
                .isEqualTo("StatefulSet db runs 3 members, and 1 are wanted.\n"
                        + "  A member must leave the replica set before its pod goes, and shrinking is not built yet."
                        + " Give replicas: 3. Nothing was touched.");
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
    }

    private void apply(String yaml) throws Exception {
        for (Map<String, Object> object : Yaml.all(yaml, "test")) {
            bench.kube().create(Kind.of(object).orElseThrow(), namespace, object);
        }
    }

    private List<String> claims() throws Exception {
        return bench.kube().list(Kind.CLAIM, namespace, null).stream().map(Manifest::name).sorted().toList();
    }

    Ended deploy(Object... pairs) throws Exception {
        return run(DeployStatefulMongo::new, pairs);
    }

    /** A constructor of an operation. */
    interface Maker {
        Operation make(Scope scope, Parameters parameters) throws Failure;
    }

    Ended run(Maker maker, Object... pairs) throws Exception {
        Parameters parameters = new Parameters(Tree.map(pairs));
        return bench.run(scope -> maker.make(
                new Scope(scope.cluster(), namespace, scope.console(), scope.holder(), scope.wake()), parameters));
    }

    private String host(int ordinal) {
        return "db-" + ordinal + ".db." + namespace + ".svc.cluster.local:27017";
    }

    private Map<String, Object> metadata(String set) throws Exception {
        return Json.map(bench.kube().get(Kind.STATEFUL_SET, namespace, set).orElseThrow(), "metadata");
    }

    /** A merge patch as somebody else would send it. */
    private void otherManager(String json) throws Exception {
        Config config = Config.fromKubeconfig(kubeconfig());
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build()) {
            client.policy().v1().podDisruptionBudget().inNamespace(namespace).withName("db").patch(
                    new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).withFieldManager("somebody").build(), json);
        }
    }

    String namespace() {
        return namespace;
    }

    String manifest(String file) throws Exception {
        try (InputStream in = DeployContract.class.getResourceAsStream("/manifests/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("NAMESPACE", namespace);
        }
    }
}
