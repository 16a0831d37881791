package io.jenkins.plugins.statefulmongo.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedApiTest {
    private EmbeddedCluster cluster;
    private Scene scene;

    @BeforeEach
    void start() {
        cluster = EmbeddedCluster.start();
        scene = new Scene(cluster, "x");
    }

    @AfterEach
    void stop() {
        scene.close();
        cluster.close();
    }

    private static KubernetesClientException refused(ThrowingCallable what) {
        return catchThrowableOfType(KubernetesClientException.class, what);
    }

    private static final String IDLE = Scene.database("busybox", 0);

    @Test
    void anApplyThatChangesNothingLeavesTheVersion() {
        List<HasMetadata> first = scene.apply(IDLE);
        scene.client.apps().statefulSets().inNamespace("x").withName("db").waitUntilCondition(
                s -> s.getStatus() != null && s.getStatus().getObservedGeneration() != null, 5, TimeUnit.SECONDS);
        String settled = scene.set().getMetadata().getResourceVersion();
        List<HasMetadata> second = scene.apply(IDLE);
        assertThat(second.get(0).getMetadata().getResourceVersion()).isEqualTo(first.get(0).getMetadata().getResourceVersion());
        assertThat(second.get(1).getMetadata().getResourceVersion()).isEqualTo(settled);
        assertThat(second.get(1).getMetadata().getGeneration()).isEqualTo(1);
    }

    @Test
    void aFieldOfAnotherManagerIsAConflictUnlessForced() {
        scene.apply(IDLE);
        scene.client.apps().statefulSets().inNamespace("x").withName("db").patch(new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE).withFieldManager("kubectl").build(), "{\"spec\":{\"revisionHistoryLimit\":3}}");
        String other = IDLE.replace("serviceName: db", "serviceName: db\n  revisionHistoryLimit: 5");
        KubernetesClientException conflict = refused(() -> scene.apply(other));
        assertThat(conflict.getCode()).isEqualTo(409);
        assertThat(conflict.getStatus().getReason()).isEqualTo("Conflict");
        assertThat(conflict.getStatus().getMessage())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .spec.revisionHistoryLimit");
        scene.apply(other, "test", true);
        assertThat(scene.set().getSpec().getRevisionHistoryLimit()).isEqualTo(5);
        assertThat(scene.set().getMetadata().getManagedFields()).extracting(ManagedFieldsEntry::getManager).containsExactly("test");
    }

    @Test
    void whatAManagerLeavesOutIsRemovedAndWhatOthersOwnStays() {
        scene.apply(IDLE.replace("image: busybox", "image: busybox\n        env: [{name: A, value: '1'}, {name: B, value: '2'}]"));
        scene.client.apps().statefulSets().inNamespace("x").withName("db").patch(new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE).withFieldManager("kubectl").build(), "{\"metadata\":{\"labels\":{\"team\":\"blue\"}}}");
        scene.apply(IDLE.replace("image: busybox", "image: busybox\n        env: [{name: B, value: '3'}]"));
        StatefulSet set = scene.set();
        assertThat(set.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv()).singleElement()
                .satisfies(e -> assertThat(e.getName() + e.getValue()).isEqualTo("B3"));
        assertThat(set.getMetadata().getLabels()).containsEntry("team", "blue");
        assertThat(set.getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void aDryRunStoresNothing() {
        HasMetadata item = scene.client.load(new java.io.ByteArrayInputStream(IDLE.getBytes())).items().get(0);
        PatchContext dry = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("test")
                .withDryRun(List.of("All")).build();
        assertThat(scene.client.resource(item).inNamespace("x").patch(dry).getMetadata().getName()).isEqualTo("db");
        assertThat(scene.client.services().inNamespace("x").list().getItems()).isEmpty();
        scene.apply(IDLE);
        scene.client.services().inNamespace("x").withName("db").dryRun().delete();
        assertThat(scene.client.services().inNamespace("x").withName("db").get()).isNotNull();
    }

    @Test
    void patchesCheckVersionsAndTests() {
        ConfigMap map = scene.client.configMaps().inNamespace("x").resource(new ConfigMapBuilder().withNewMetadata().withName("m").endMetadata()
                .addToData("a", "1").build()).create();
        var m = scene.client.configMaps().inNamespace("x").withName("m");
        m.patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"1\"},{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"2\"}]");
        assertThat(refused(() -> m.patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"1\"}]")).getCode())
                .isEqualTo(422);
        String old = "{\"metadata\":{\"resourceVersion\":\"" + map.getMetadata().getResourceVersion() + "\"},\"data\":{\"a\":\"3\"}}";
        assertThat(refused(() -> m.patch(PatchContext.of(PatchType.JSON_MERGE), old)).getStatus().getMessage()).isEqualTo(
                "Operation cannot be fulfilled on configmaps \"m\": the object has been modified; please apply your changes to the latest version and try again");
        map.getData().put("a", "4");
        assertThat(refused(() -> scene.client.resource(map).update()).getCode()).isEqualTo(409);
        assertThat(m.get().getData()).containsEntry("a", "2");
        assertThat(refused(() -> scene.client.resource(new ConfigMapBuilder().withNewMetadata().withName("m").withNamespace("nowhere")
                .endMetadata().build()).create()).getStatus().getMessage()).isEqualTo("namespaces \"nowhere\" not found");
    }

    @Test
    void immutableFieldsUnknownFieldsAndClaimsAreGuarded() {
        scene.apply(IDLE.replace("replicas: 0", "replicas: 1").replace("args: [mongod, --replSet, rs0]", ""));
        assertThat(refused(() -> scene.apply(IDLE.replace("serviceName: db", "serviceName: other"))).getStatus().getMessage())
                .startsWith("StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals'");
        HasMetadata item = scene.client.load(new java.io.ByteArrayInputStream(IDLE.replace("  serviceName: db", "  serviceNmae: db\n  serviceName: db")
                .getBytes())).items().get(1);
        KubernetesClientException unknown = refused(() -> scene.client.resource(item).inNamespace("x").patch(new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("test").withFieldValidation("Strict").build()));
        assertThat(unknown.getStatus().getMessage()).isEqualTo("failed to create typed patch object (x/db; apps/v1, Kind=StatefulSet):"
                + " .spec.serviceNmae: field not declared in schema");
        scene.await("db-0", pod -> pod.getSpec().getNodeName() != null);
        var claim = scene.client.persistentVolumeClaims().inNamespace("x").withName("mongo-data-db-0");
        claim.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"3Gi\"}}}}");
        claim.waitUntilCondition(c -> c.getStatus().getCapacity().get("storage").toString().equals("3Gi"), 5, TimeUnit.SECONDS);
        assertThat(refused(() -> claim.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}"))
                .getCode()).isEqualTo(422);
    }

    @Test
    void deniedVerbsAreForbiddenInTheRealWords() {
        cluster.deny("list", "pods");
        assertThat(refused(() -> scene.client.pods().inNamespace("x").list()).getStatus().getMessage()).isEqualTo("pods is forbidden: User \""
                + Access.USER + "\" cannot list resource \"pods\" in API group \"\" in the namespace \"x\"");
        assertThat(review("list")).isFalse();
        assertThat(review("get")).isTrue();
    }

    private boolean review(String verb) {
        return scene.client.authorization().v1().selfSubjectAccessReview().create(new SelfSubjectAccessReviewBuilder().withNewSpec()
                .withNewResourceAttributes().withNamespace("x").withResource("pods").withVerb(verb).endResourceAttributes().endSpec().build())
                .getStatus().getAllowed();
    }

    @Test
    void faultsAreInjectedAndRequestsCounted() {
        cluster.fault(r -> r.path().contains("configmaps"), Fault.STATUS_503, 1);
        cluster.fault(r -> r.verb().equals("create"), Fault.DROP_ANSWER, 1);
        assertThat(refused(() -> scene.client.configMaps().inNamespace("x").list()).getCode()).isEqualTo(503);
        ConfigMap map = new ConfigMapBuilder().withNewMetadata().withName("m").endMetadata().build();
        assertThat(refused(() -> scene.client.configMaps().inNamespace("x").resource(map).create()).getCode()).isNotPositive();
        assertThat(scene.client.configMaps().inNamespace("x").withName("m").get()).isNotNull();
        assertThat(cluster.requests()).filteredOn(Request::isMutating).extracting(Request::path)
                .startsWith("/api/v1/namespaces").contains("/api/v1/namespaces/x/configmaps");
        assertThat(scene.client.getKubernetesVersion().getMinor()).isEqualTo("34");
    }

    @Test
    void aNamespaceTakesEverythingWithIt() {
        scene.apply(Scene.database("mongo:7.0", 2));
        scene.awaitRunning("db-1");
        scene.client.namespaces().withName("x").delete();
        scene.client.namespaces().withName("x").waitUntilCondition(n -> n == null, 5, TimeUnit.SECONDS);
        assertThat(scene.client.pods().inNamespace("x").list().getItems()).isEmpty();
        assertThat(scene.client.persistentVolumes().list().getItems()).isEmpty();
    }
}
