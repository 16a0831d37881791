package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.waiting.DeploymentReady;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the update of a plain workload does on any cluster. */
public abstract class PlainUpdateContract {
    static final String OLD = "busybox:1.36";
    static final String NEW = "busybox:1.37";

    protected Bench bench;

    protected abstract Bench open() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        bench = open();
    }

    @AfterEach
    void closeBench() throws Exception {
        bench.close();
    }

    /** Two replicas of a program that serves; {@code more} goes into the spec. */
    static String workload(String kind, String image, String more) {
        return """
                apiVersion: apps/v1
                kind: %s
                metadata: {name: api}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: api}}
                  %s
                  template:
                    metadata: {labels: {app: api}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - {name: api, image: '%s', command: [sh, -c, 'trap "exit 0" TERM; sleep 100000 & wait']}
                """
                .formatted(kind, more, image);
    }

    /** As the book's api, without a database: it crashes for ever. */
    static String api(String image) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: api}}
                  template:
                    metadata: {labels: {app: api}}
                    spec:
                      containers:
                      - {name: api, image: '%s', env: [{name: DB, value: db}], readinessProbe: {periodSeconds: 1, httpGet: {path: /demo/hello, port: 8080}}}
                """
                .formatted(image);
    }

    private static Parameters parameters(String kind, String image, Object... more) {
        Map<String, Object> values = new HashMap<>(Map.of("kind", kind, "name", "api", "image", image, "stuckSeconds", 6));
        for (int i = 0; i < more.length; i += 2) {
            values.put((String) more[i], more[i + 1]);
        }
        return new Parameters(values);
    }

    Bench.Ended update(String kind, String image, Object... more) throws Exception {
        return bench.run(scope -> new PlainUpdate(scope, parameters(kind, image, more)));
    }

    void deployed(String kind) throws Exception {
        bench.apply(workload(kind, OLD, ""));
        Bench.Ended ended = update(kind, OLD);
        assertThat(ended.failure()).isNull();
        assertThat(ended.result()).containsEntry("changed", false).containsEntry("from", OLD).containsEntry("to", OLD);
        assertThat(ended.console()).contains("/api: already runs " + OLD + "\n");
    }

    private List<Map<String, Object>> pods() throws Exception {
        return bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                .filter(p -> Json.at(p, "metadata", "deletionTimestamp") == null)
                .toList();
    }

    private void runs(String kind, String image) throws Exception {
        Map<String, Object> object = bench.get(Kind.named(kind).orElseThrow(), "api");
        assertThat(Json.text(Json.list(object, "spec", "template", "spec", "containers").get(0), "image")).isEqualTo(image);
        assertThat(Json.text(object, "metadata", "annotations", WaitDecision.UPDATE)).isNull();
        assertThat(pods()).hasSize(2).allSatisfy(p -> {
            assertThat(Json.text(Json.list(p, "spec", "containers").get(0), "image")).isEqualTo(image);
            assertThat(Json.list(p, "status", "conditions")).anyMatch(c -> "Ready".equals(c.get("type")) && "True".equals(c.get("status")));
        });
    }

    private void updates(String kind) throws Exception {
        deployed(kind);
        Bench.Ended ended = update(kind, NEW);
        assertThat(ended.failure()).isNull();
        assertThat(ended.result())
                .containsOnlyKeys("kind", "name", "from", "to", "changed", "seconds")
                .containsEntry("kind", kind)
                .containsEntry("name", "api")
                .containsEntry("from", OLD)
                .containsEntry("to", NEW)
                .containsEntry("changed", true);
        assertThat(ended.console())
                .startsWith("rollingImageUpdate " + bench.namespace() + "/api: " + OLD + " -> " + NEW + "\n")
                .contains(": all pods run " + NEW + "\n");
        runs(kind, NEW);
    }

    @Test
    void aDeploymentGetsItsImage() throws Exception {
        updates("Deployment");
    }

    @Test
    void aStatefulSetGetsItsImage() throws Exception {
        updates("StatefulSet");
    }

    private void rollsBack(String kind) throws Exception {
        deployed(kind);
        Bench.Ended ended = update(kind, "busybox:missing");
        assertThat(ended.failure())
                .matches("(?s)api-\\S+ cannot start: the image busybox:missing of container api does not exist\\.\n.*"
                        + "\n  Rolled back: all pods run busybox:1.36 again\\.");
        assertThat(ended.console()).containsPattern("  rolls back to busybox:1.36 after .* s: api-\\S+ cannot start: the image busybox:missing");
        runs(kind, OLD);
    }

    @Test
    void aDeploymentWhoseImageDoesNotExistRollsBack() throws Exception {
        rollsBack("Deployment");
    }

    @Test
    void aStatefulSetWhoseImageDoesNotExistRollsBackStuckPodsIncluded() throws Exception {
        rollsBack("StatefulSet");
        assertThat(pods()).extracting(p -> Json.text(p, "metadata", "name")).containsExactlyInAnyOrder("api-0", "api-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "StatefulSet"})
    void aCrashingImageRollsBackAfterStuckSeconds(String kind) throws Exception {
        deployed(kind);
        Bench.Ended ended = update(kind, "vfarcic/go-demo-3:crash1");
        assertThat(ended.failure())
                .matches("(?s)api-\\S+ cannot start: container api ends with code 2( \\(\\d restarts?\\))?\\.\n  last lines: panic: this version crashes\n.*"
                        + "Rolled back: all pods run busybox:1.36 again\\.");
        runs(kind, OLD);
    }

    @Test
    void rule6_aQuotaThatForbidsTheNewPodOfADeploymentIsNamed() throws Exception {
        deployed("Deployment");
        bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '2'}}}");
        bench.until("the quota to be counted", () -> "2".equals(Json.text(bench.get(Kind.QUOTA, "few"), "status", "used", "pods")));
        Bench.Ended ended = update("Deployment", NEW);
        assertThat(ended.failure())
                .matches("(?s)a pod of api cannot be created\\.\n  .*exceeded quota: few, .*"
                        + "\n  Raise the namespace's ResourceQuota, or lower replicas, requests and limits\\."
                        + "\n  Rolled back: all pods run busybox:1\\.36 again\\.");
        runs("Deployment", OLD);
    }

    @Test
    void withoutRollbackTheNewImageStaysAndTheNextUpdateKnowsTheOldOne() throws Exception {
        deployed("Deployment");
        Bench.Ended ended = update("Deployment", "busybox:missing", "rollbackOnFailure", false);
        assertThat(ended.failure()).endsWith("rollbackOnFailure is false, so Deployment api keeps busybox:missing. To go back, update it to " + OLD + ".");
        Map<String, Object> deployment = bench.get(Kind.DEPLOYMENT, "api");
        assertThat(Json.text(Json.list(deployment, "spec", "template", "spec", "containers").get(0), "image")).isEqualTo("busybox:missing");
        assertThat(update("Deployment", "busybox:missing2").failure()).contains("Rolled back: all pods run " + OLD + " again.");
        runs("Deployment", OLD);
    }

    @Test
    void aStepThatIsResumedStillRollsBack() throws Exception {
        deployed("Deployment");
        Bench.Running first = bench.begin(scope -> new PlainUpdate(scope, parameters("Deployment", "busybox:missing", "stuckSeconds", 100)), "bench/7");
        bench.until("the image is written", () -> Json.text(bench.get(Kind.DEPLOYMENT, "api"), "metadata", "annotations", WaitDecision.UPDATE) != null);
        first.cancel();
        Bench.Ended ended = bench.begin(scope -> new PlainUpdate(scope, parameters("Deployment", "busybox:missing")), "bench/7").await();
        assertThat(ended.failure()).contains("Rolled back: all pods run " + OLD + " again.");
        runs("Deployment", OLD);
    }

    @Test
    void anAbortSaysWhatItLeavesBehind() throws Exception {
        deployed("Deployment");
        Bench.Running running = bench.begin(scope -> new PlainUpdate(scope, parameters("Deployment", "vfarcic/go-demo-3:unready", "stuckSeconds", 100)), "bench/8");
        bench.until("the image is written", () -> running.console().contains(" -> ")
                && Json.text(bench.get(Kind.DEPLOYMENT, "api"), "metadata", "annotations", WaitDecision.UPDATE) != null);
        assertThat(running.cancel())
                .isEqualTo("Deployment api keeps vfarcic/go-demo-3:unready, its rollout goes on: run the step again to follow it, or with " + OLD + " to go back.");
    }

    @Test
    void whatNobodyWouldRollOutIsRefusedUnchanged() throws Exception {
        bench.apply(workload("StatefulSet", OLD, "updateStrategy: {type: OnDelete}"));
        assertThat(update("StatefulSet", NEW).failure())
                .isEqualTo("StatefulSet api has the updateStrategy OnDelete: its controller would replace no pod.\n  Set it to RollingUpdate.");
        bench.apply(workload("Deployment", OLD, "paused: true"));
        assertThat(update("Deployment", NEW).failure()).startsWith("Deployment api is paused");
        assertThat(Json.text(Json.list(bench.get(Kind.DEPLOYMENT, "api"), "spec", "template", "spec", "containers").get(0), "image")).isEqualTo(OLD);
    }

    @Test
    void anApiWithoutDatabaseDoesNotBecomeReady() throws Exception {
        bench.apply(api("vfarcic/go-demo-3:1.0"));
        Bench.Ended ended = bench.run(scope -> new DeploymentReady(scope, "api", Duration.ofSeconds(6)));
        assertThat(ended.failure()).matches("(?s)api-\\S+ (cannot start: container api ends with code|runs, but does not become ready: container api).*");
        assertThat(ended.took()).isGreaterThan(Duration.ofSeconds(6));
    }
}
