package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What waitOrdinals does on any cluster. */
public abstract class WaitOrdinalsContract extends OnOrdinals {
    @Test
    void eachOrdinalIsPrintedWithItsTimeNodeAndVolume() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await();
        assertThat(ended.failure()).isNull();
        String revision = Json.text(bench.get(Kind.STATEFUL_SET, "db"), "status", "updateRevision");
        List<String> lines = ended.console().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("waitOrdinals " + bench.namespace() + "/db: 3 ordinals at revision " + revision);
        for (int i = 0; i < 3; i++) {
            String pod = "db-" + i;
            assertThat(lines.subList(1, 4))
                    .anyMatch(l -> l.matches("  " + pod + "  Ready after \\d+ s +node-\\d  mongo-data-" + pod + " \\(2Gi, pvc-[0-9a-f]{4}…\\)"));
        }
        assertThat(ended.result()).containsEntry("revision", revision);
        List<Map<String, Object>> ordinals = Json.list(ended.result(), "ordinals");
        assertThat(ordinals).extracting(o -> o.get("name")).containsExactly("db-0", "db-1", "db-2");
        assertThat(ordinals).allSatisfy(o -> {
            assertThat(o).containsOnlyKeys("name", "ordinal", "readySeconds", "node", "claims");
            assertThat(Json.list(o, "claims")).singleElement().satisfies(c -> {
                assertThat(c).containsEntry("name", "mongo-data-" + o.get("name")).containsEntry("capacity", "2Gi");
                assertThat((String) c.get("volume")).startsWith("pvc-");
            });
        });
    }

    @Test
    void anImageThatDoesNotExistFailsAtOnce() throws Exception {
        bench.apply(set("mongo:missing", MONGOD));
        Bench.Ended ended = await();
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: the image mongo:missing of container db does not exist\\.\n.*not found.*"
                        + "\n  Check the image's name and tag, and that it was pushed\\.");
        assertThat(ended.took()).isLessThan(AT_ONCE);
    }

    @Test
    void anImageThatMayNotBePulledFailsAtOnce() throws Exception {
        bench.apply(set("example/private:1.0", "[sleep, infinity]"));
        Bench.Ended ended = await();
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: the image example/private:1.0 of container db may not be pulled, or there is none of that name\\.\n.*"
                        + "imagePullSecrets\\.");
    }

    @Test
    void anOptionThatTheReleaseNoLongerKnowsFailsAtOnceAndNamesTheRelease() throws Exception {
        bench.apply(set("mongo:4.4", "[mongod, --replSet, rs0, --smallfiles, --noprealloc]"));
        Bench.Ended ended = await();
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: container db ends with code 2( \\(\\d restarts?\\))?\\.\n"
                        + "  last lines: .*unrecognised option '--smallfiles'\n(  The same goes for [^\n]*\n)?"
                        + "  MongoDB removed this option in 4\\.2\\. Take it out of the container's command, or let deployStatefulMongo write the command\\.");
        assertThat(ended.took()).isLessThan(AT_ONCE);
    }

    @Test
    void aCrashLoopFailsWhenItMadeNoProgressForStuckSeconds() throws Exception {
        bench.apply(set("vfarcic/go-demo-3:crash1", "[]"));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: container db ends with code 2( \\(\\d+ restarts?\\))?\\.\n  last lines: panic: this version crashes\n.*kubectl logs db-\\d.*");
        assertThat(ended.took()).isGreaterThan(Duration.ofSeconds(6));
        assertThat(ended.console()).doesNotContain("Ready after");
        assertThat(ended.console()).contains("(waiting up to 6 s for a change)");
    }

    @Test
    void aPodThatNoNodeTakesFailsWithTheSchedulersWords() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "resources: {requests: {cpu: '1000'}}", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("db-\\d cannot be scheduled: no node takes it \\(not enough cpu\\)\\.\n  Unschedulable: 0/\\d nodes are available: .*Insufficient cpu\\."
                        + "\n(  The same goes for .*\n)?"
                        + "  Lower its requests, free or add a node, or correct its affinity, node selector and tolerations\\.");
    }

    @Test
    void aPodWhoseNodeSelectorNoNodeMeetsFailsWithTheReason() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD).replace("terminationGracePeriodSeconds: 1", "nodeSelector: {disk: none-such}"));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be scheduled: no node takes it \\(none has the labels that its nodeSelector or node affinity asks for\\)\\.\n.*");
    }

    @Test
    void aQuotaThatForbidsAPodIsNamed() throws Exception {
        bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '1'}}}");
        bench.until("the quota is counted", () -> !Json.map(bench.get(Kind.QUOTA, "few"), "status", "used").isEmpty());
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be created\\.\n  create Pod db-\\d in StatefulSet db failed error: .*exceeded quota: few, requested: pods=1.*"
                        + "\n  Raise the namespace's ResourceQuota, or lower replicas, requests and limits\\.");
        assertThat(ended.console()).containsPattern("  db-\\d cannot be created \\(waiting up to 6 s for a change\\)\n");
    }

    @Test
    void aLimitRangeThatForbidsAPodIsNamed() throws Exception {
        bench.apply("{apiVersion: v1, kind: LimitRange, metadata: {name: small}, spec: {limits: [{type: Container, max: {memory: 100Mi}}]}}");
        bench.apply(set("mongo:7.0.14", MONGOD, "resources: {limits: {memory: 1Gi}}", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be created\\.\n  create Pod db-\\d in StatefulSet db failed error: .*"
                        + "maximum memory usage per Container is 100Mi, but limit is 1Gi.*"
                        + "\n  The namespace's LimitRange forbids it: change requests and limits, or the LimitRange\\.");
    }

    @Test
    void aFailingProbeIsNamed() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "readinessProbe: {periodSeconds: 1, httpGet: {path: /, port: 27018}}", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d runs, but does not become ready: container db fails its probe\\.\n  Readiness probe failed.*kubectl logs db-\\d -c db");
        assertThat(ended.took()).isGreaterThan(Duration.ofSeconds(6)).isLessThan(AT_ONCE);
    }

    @Test
    void rule6_anApiThatCrashesUntilThereIsAPrimaryIsNotItsBusiness() throws Exception {
        bench.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api}
                spec:
                  selector: {matchLabels: {app: api}}
                  template:
                    metadata: {labels: {app: api}}
                    spec:
                      containers:
                      - {name: api, image: 'vfarcic/go-demo-3:1.0', env: [{name: DB, value: db}]}
                """);
        bench.until("the api to crash", () -> bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                .anyMatch(p -> Json.list(p, "status", "containerStatuses").stream().anyMatch(c -> Json.number(c, 0, "restartCount") > 0)));
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await("stuckSeconds", 30);
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).doesNotContain("api");
    }

    @Test
    void aStorageClassThatDoesNotExistFailsAtOnce() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "", "", "storageClassName: fast-ssd"));
        Bench.Ended ended = await();
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be scheduled: its claim mongo-data-db-\\d asks for storage class fast-ssd, which does not exist\\.\n.*"
                        + "kubectl get storageclass.*");
        assertThat(ended.took()).isLessThan(AT_ONCE);
    }

    @Test
    void rule28_podsOfAnOldRevisionUnderOnDeleteFailAtOnce() throws Exception {
        String onDelete = "updateStrategy: {type: OnDelete}";
        bench.apply(set("mongo:7.0.14", MONGOD, "", onDelete, ""));
        assertThat(await().failure()).isNull();
        String old = Json.text(bench.get(Kind.STATEFUL_SET, "db"), "status", "updateRevision");
        bench.apply(set("mongo:7.0.16", MONGOD, "", onDelete, ""));
        Bench.Ended ended = await();
        assertThat(ended.failure())
                .startsWith("not at revision db-")
                .contains(": db-0 (" + old + "), db-1 (" + old + "), db-2 (" + old + ").\n")
                .endsWith("\n  The updateStrategy is OnDelete, so nobody will replace them."
                        + "\n  Run rollingImageUpdate, which replaces them one at a time, or delete them yourself.");
        assertThat(ended.took()).isLessThan(AT_ONCE);
    }

    @Test
    void aRollingUpdateIsFollowedToItsEnd() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        assertThat(await().failure()).isNull();
        bench.apply(set("mongo:7.0.16", MONGOD));
        Bench.Ended ended = await();
        assertThat(ended.failure()).isNull();
        assertThat(bench.kube().list(Kind.POD, bench.namespace(), null))
                .hasSize(3)
                .allSatisfy(p -> assertThat(Json.text(Json.list(p, "spec", "containers").get(0), "image")).isEqualTo("mongo:7.0.16"));
    }

    @Test
    void ordinalsMayBeginElsewhere() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "", "ordinals: {start: 5}", ""));
        Bench.Ended ended = await();
        assertThat(Json.list(ended.result(), "ordinals")).extracting(o -> o.get("name")).containsExactly("db-5", "db-6", "db-7");
    }

    @Test
    void ordinalsBelowAPartitionStayAtTheirRevision() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        assertThat(await().failure()).isNull();
        bench.apply(set("mongo:7.0.16", MONGOD, "", "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}", ""));
        Bench.Ended ended = await();
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).containsPattern("3 ordinals, from db-2 on at revision db-\\S+, below it \\(partition 2\\) at db-\\S+");
    }

    @Test
    void aSetThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        assertThat(await("name", "mongo").failure())
                .isEqualTo("there is no StatefulSet mongo in namespace " + bench.namespace() + ".\n  It has: db.\n"
                        + "  Check the parameters 'namespace', 'name' and 'cluster', or run deployStatefulMongo first.");
    }

    @Test
    void aNamespaceThatDoesNotExistIsNamed() throws Exception {
        Bench.Ended ended = bench.run(scope -> new WaitOrdinals(
                new Scope(scope.cluster(), "go-demo-33", scope.console(), scope.holder(), scope.wake()), new Parameters(Map.of())));
        assertThat(ended.failure())
                .isEqualTo("there is no namespace go-demo-33 on bench.\n  Check the parameters 'namespace' and 'cluster', or run deployStatefulMongo first.");
        assertThat(ended.took()).isLessThan(AT_ONCE);
    }
}
