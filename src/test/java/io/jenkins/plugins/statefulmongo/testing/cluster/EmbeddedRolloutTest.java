package io.jenkins.plugins.statefulmongo.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedRolloutTest {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Eviction eviction(Pod pod, String uid) {
        return new EvictionBuilder().withNewMetadata().withName(pod.getMetadata().getName()).withNamespace(pod.getMetadata().getNamespace())
                .endMetadata().withDeleteOptions(new DeleteOptionsBuilder().withNewPreconditions().withUid(uid).endPreconditions().build()).build();
    }

    private static boolean evict(Scene scene, Pod pod, String uid) {
        return scene.client.pods().inNamespace(scene.namespace).withName(pod.getMetadata().getName()).evict(eviction(pod, uid));
    }

    @Test
    void underOnDeleteEvictionsReplacePodsWithinTheBudget() throws Exception {
        try (Scene scene = new Scene(cluster, "ondelete")) {
            scene.deployAndInitiate("mongo:7.0.14", 3);
            scene.apply("""
                    apiVersion: policy/v1
                    kind: PodDisruptionBudget
                    metadata: {name: db}
                    spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}
                    """);
            scene.apply(Scene.database("mongo:7.0.16", 3));
            scene.client.apps().statefulSets().inNamespace("ondelete").withName("db").waitUntilCondition(
                    s -> !s.getStatus().getUpdateRevision().equals(s.getStatus().getCurrentRevision()), 5, TimeUnit.SECONDS);
            Pod db2 = scene.pod("db-2");
            KubernetesClientException stale = catchThrowableOfType(KubernetesClientException.class, () -> evict(scene, db2, "0000"));
            assertThat(stale.getStatus().getMessage()).isEqualTo("Operation cannot be fulfilled on Pod \"db-2\": the UID in the precondition (0000)"
                    + " does not match the UID in record (" + db2.getMetadata().getUid() + "). The object might have been deleted and then recreated");
            assertThat(evict(scene, db2, db2.getMetadata().getUid())).isTrue();
            assertThat(evict(scene, scene.pod("db-1"), scene.pod("db-1").getMetadata().getUid())).as("429").isFalse();
            Pod fresh = scene.await("db-2", pod -> !pod.getMetadata().getUid().equals(db2.getMetadata().getUid())
                    && io.fabric8.kubernetes.client.readiness.Readiness.isPodReady(pod));
            assertThat(fresh.getSpec().getContainers().get(0).getImage()).isEqualTo("mongo:7.0.16");
            assertThat(fresh.getMetadata().getLabels()).containsEntry("controller-revision-hash", scene.set().getStatus().getUpdateRevision())
                    .containsEntry("apps.kubernetes.io/pod-index", "2");
            assertThat(scene.admin("db-2", new Document("buildInfo", 1))).containsEntry("version", "7.0.16");
            assertThat(scene.pod("db-1").getSpec().getContainers().get(0).getImage()).isEqualTo("mongo:7.0.14");
        }
    }

    @Test
    void rollingUpdateGoesFromTheTopDownToThePartition() throws Exception {
        try (Scene scene = new Scene(cluster, "rolling")) {
            String rolling = Scene.database("busybox:1", 3).replace("Parallel", "OrderedReady")
                    .replace("{type: OnDelete}", "{type: RollingUpdate, rollingUpdate: {partition: 1}}");
            scene.apply(rolling);
            scene.awaitReady("db-2");
            String before = scene.set().getStatus().getCurrentRevision();
            scene.apply(rolling.replace("busybox:1", "busybox:2"));
            scene.await("db-1", pod -> pod.getSpec().getContainers().get(0).getImage().equals("busybox:2"));
            scene.awaitReady("db-1");
            assertThat(scene.pod("db-2").getSpec().getContainers().get(0).getImage()).isEqualTo("busybox:2");
            Pod old = scene.pod("db-0");
            scene.client.pods().inNamespace("rolling").withName("db-0").delete();
            Pod again = scene.await("db-0", pod -> !pod.getMetadata().getUid().equals(old.getMetadata().getUid()));
            assertThat(again.getMetadata().getLabels()).containsEntry("controller-revision-hash", before);
            scene.apply(rolling.replace("busybox:1", "busybox:2").replace("partition: 1", "partition: 0"));
            scene.client.apps().statefulSets().inNamespace("rolling").withName("db").waitUntilCondition(
                    s -> s.getStatus().getCurrentRevision().equals(s.getStatus().getUpdateRevision()), 10, TimeUnit.SECONDS);
        }
    }

    @Test
    void ordinalsStartWhereTheyAreToldAndClaimsGoWithTheSetWhenItSaysSo() {
        try (Scene scene = new Scene(cluster, "ordinals")) {
            scene.apply(Scene.database("mongo:7.0", 2).replace("replicas: 2",
                    "replicas: 2\n  ordinals: {start: 5}\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}"));
            scene.awaitRunning("db-6");
            assertThat(scene.client.pods().inNamespace("ordinals").list().getItems()).extracting(p -> p.getMetadata().getName())
                    .containsExactly("db-5", "db-6");
            scene.client.apps().statefulSets().inNamespace("ordinals").withName("db").delete();
            scene.client.persistentVolumeClaims().inNamespace("ordinals").withName("mongo-data-db-6")
                    .waitUntilCondition(c -> c == null, 10, TimeUnit.SECONDS);
        }
    }

    @Test
    void anImageThatIsMissingIsToldAsByAKubelet() {
        try (Scene scene = new Scene(cluster, "missing")) {
            scene.apply(Scene.database("mongo:missing-7", 1));
            Pod pod = scene.await("db-0", p -> reason(p).equals("ImagePullBackOff"));
            assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
            assertThat(events(scene, pod)).contains("Scheduled", "Pulling", "Failed", "BackOff");
        }
    }

    @Test
    void anOptionThatIsGoneEndsMongodWithCode2() {
        try (Scene scene = new Scene(cluster, "smallfiles")) {
            scene.apply(Scene.database("mongo:7.0", 1).replace("args: [mongod,", "args: [mongod, --smallfiles,"));
            Pod pod = scene.await("db-0", p -> reason(p).equals("CrashLoopBackOff") && status(p).getRestartCount() > 0);
            assertThat(status(pod).getLastState().getTerminated().getExitCode()).isEqualTo(2);
            assertThat(scene.client.pods().inNamespace("smallfiles").withName("db-0").tailingLines(2).getLog())
                    .startsWith("Error parsing command line: unrecognised option '--smallfiles'");
            assertThat(events(scene, pod)).contains("Pulled", "Created", "Started", "BackOff");
        }
    }

    @Test
    void anUnknownStorageClassLeavesTheClaimPending() {
        try (Scene scene = new Scene(cluster, "noclass")) {
            scene.apply(Scene.database("mongo:7.0", 1).replace("accessModes: [ReadWriteOnce]", "accessModes: [ReadWriteOnce], storageClassName: gold"));
            scene.await("db-0", p -> p.getStatus().getConditions().stream().anyMatch(c -> "Unschedulable".equals(c.getReason())));
            assertThat(scene.client.v1().events().inNamespace("noclass").withField("reason", "ProvisioningFailed").list().getItems())
                    .extracting(Event::getMessage).containsExactly("storageclass.storage.k8s.io \"gold\" not found");
        }
    }

    @Test
    void orphanedPodsAreAdoptedWithoutARestart() throws Exception {
        try (Scene scene = new Scene(cluster, "orphans")) {
            scene.apply(Scene.database("mongo:7.0", 2));
            String uid = scene.awaitRunning("db-1").getMetadata().getUid();
            scene.client.apps().statefulSets().inNamespace("orphans").withName("db").withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
            assertThat(scene.pod("db-1").getMetadata().getOwnerReferences()).isEmpty();
            scene.apply(Scene.database("mongo:7.0", 2));
            Pod adopted = scene.await("db-1", p -> !p.getMetadata().getOwnerReferences().isEmpty());
            assertThat(adopted.getMetadata().getUid()).isEqualTo(uid);
            scene.client.apps().statefulSets().inNamespace("orphans").withName("db").waitUntilCondition(s -> s.getStatus() != null
                    && s.getStatus().getUpdatedReplicas() != null && s.getStatus().getUpdatedReplicas() == 2, 5, TimeUnit.SECONDS);
            scene.client.apps().statefulSets().inNamespace("orphans").withName("db").withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
            scene.client.apps().statefulSets().inNamespace("orphans").withName("db").waitUntilCondition(s -> s == null, 5, TimeUnit.SECONDS);
            assertThat(scene.client.pods().inNamespace("orphans").list().getItems()).isEmpty();
            assertThat(scene.client.persistentVolumeClaims().inNamespace("orphans").list().getItems()).hasSize(2);
        }
    }

    @Test
    void theAppHealsOnceThereIsAPrimaryAndIsReachedThroughTheProxy() throws Exception {
        try (Scene scene = new Scene(cluster, "app")) {
            String app = """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: api}
                    spec: {selector: {app: api}, ports: [{port: 8080}]}
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: api}
                    spec:
                      replicas: 3
                      selector: {matchLabels: {app: api}}
                      template:
                        metadata: {labels: {app: api}}
                        spec:
                          containers:
                          - name: api
                            image: vfarcic/go-demo-3:1.0
                            env: [{name: DB, value: db}]
                            readinessProbe: {httpGet: {path: /demo/hello, port: 8080}}
                    """;
            scene.apply(app);
            String proxy = "/api/v1/namespaces/app/services/api:8080/proxy/demo/";
            KubernetesClientException none = catchThrowableOfType(KubernetesClientException.class, () -> scene.client.raw(proxy + "hello"));
            assertThat(none.getStatus().getMessage()).isEqualTo("no endpoints available for service \"api\"");
            scene.deployAndInitiate("mongo:7.0", 3);
            var api = scene.client.apps().deployments().inNamespace("app").withName("api");
            api.waitUntilCondition(d -> Integer.valueOf(3).equals(d.getStatus().getAvailableReplicas()), 10, TimeUnit.SECONDS);
            scene.client.raw(proxy + "person?name=Viktor", "PUT", ""); // without a body the JDK client would send a GET
            assertThat(scene.client.raw(proxy + "person")).isEqualTo("Viktor\n");
            scene.apply(app.replace(":1.0", ":crash-2"));
            api.waitUntilCondition(d -> d.getStatus().getReplicas() == 4, 5, TimeUnit.SECONDS);
            assertThat(api.get().getStatus().getAvailableReplicas()).isEqualTo(3);
            scene.apply(app.replace(":1.0", ":1.1"));
            api.waitUntilCondition(d -> d.getStatus().getConditions().stream().anyMatch(c -> "NewReplicaSetAvailable".equals(c.getReason()))
                    && d.getStatus().getObservedGeneration() == 3, 10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStrategicPatchFindsContainersByName() {
        try (Scene scene = new Scene(cluster, "strategic")) {
            scene.apply(Scene.database("busybox:1", 0));
            scene.client.apps().statefulSets().inNamespace("strategic").withName("db").patch(PatchContext.of(PatchType.STRATEGIC_MERGE),
                    "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"db\",\"image\":\"busybox:2\"}]}}}}");
            assertThat(scene.set().getSpec().getTemplate().getSpec().getContainers()).singleElement().satisfies(c -> {
                assertThat(c.getImage()).isEqualTo("busybox:2");
                assertThat(c.getVolumeMounts()).hasSize(1);
            });
        }
    }

    private static ContainerStatus status(Pod pod) {
        return pod.getStatus().getContainerStatuses().get(0);
    }

    private static String reason(Pod pod) {
        return pod.getStatus().getContainerStatuses().isEmpty() || status(pod).getState().getWaiting() == null ? ""
                : status(pod).getState().getWaiting().getReason();
    }

    private static List<String> events(Scene scene, Pod pod) {
        return scene.client.v1().events().inNamespace(scene.namespace).withField("involvedObject.uid", pod.getMetadata().getUid()).list()
                .getItems().stream().map(Event::getReason).toList();
    }
}
