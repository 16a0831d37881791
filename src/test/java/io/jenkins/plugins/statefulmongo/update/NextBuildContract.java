package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the next build makes of a set that the one before left half-way, on any cluster. It runs the same Jenkinsfile, which deploys and waits before it
 * updates, or tries to go back.
 */
abstract class NextBuildContract extends OnReplicaSet {
    private static final String OLD = "mongo:4.4.28";
    private static final String NEW = "mongo:4.4.29";
    private static final String LISTENS = "exec: {command: [mongo, --eval, \"db.adminCommand('ping')\"]}";
    private static final String NEVER = "exec: {command: ['false']}";

    private static String manifest(String probe) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: db}
                spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: db}, ports: [{port: 27017}]}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: 3
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      terminationGracePeriodSeconds: 60
                      containers:
                      - name: db
                        image: '%s'
                        command: [mongod, --replSet, rs0, --bind_ip_all]
                        resources: {requests: {cpu: 10m, memory: 64Mi}}
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                        readinessProbe: {periodSeconds: 1, %s}
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """.formatted(OLD, probe);
    }

    private void deployed() throws Exception {
        assertThat(set.deploy("manifest", manifest(LISTENS)).failure()).isNull();
        assertThat(set.initiate().failure()).isNull();
        set.ready(3);
    }

    private Ended deploy(String build, String probe, int stuckSeconds) throws Exception {
        return set.beginDeploy(build, "manifest", manifest(probe), "stuckSeconds", stuckSeconds).await();
    }

    /** What the abort tells. */
    private String abortAfterFirstMember(String image) throws Exception {
        Bench.Running update = set.begin("bench/1", "image", image);
        set.bench.until("db-2 to be replaced", () -> update.console().contains("db-2  replaced"));
        String left = update.cancel();
        update.awaitClosed();
        return left;
    }

    private Ended waitsForOrdinals() throws Exception {
        return set.bench.run(scope -> new WaitOrdinals(scope, "db", Duration.ofSeconds(120)));
    }

    @Test
    void safety23_theSameJenkinsfileGoesOnAfterAnUpdateThatWasAborted() throws Exception {
        deployed();
        abortAfterFirstMember(NEW);
        assertThat(waitsForOrdinals().failure()) // db-1 may be on its way already when the abort comes
                .matches("not at revision db-\\w+: db-0 \\(db-\\w+\\)(, db-1 \\(db-\\w+\\))?\\.\n"
                        + "  An update of this set has stopped half-way: nobody renews its Lease, and the updateStrategy is OnDelete, so nobody will replace (it|them)\\.\n"
                        + "  Run rollingImageUpdate, or deployStatefulMongo: each of them finishes it\\.");
        Ended deploy = deploy("bench/2", LISTENS, 120);
        assertThat(deploy.failure()).isNull();
        assertThat(deploy.console()).contains("keeps " + NEW + " (rollingImageUpdate changes images)");
        assertThat(set.journal()).isNull();
        assertThat(set.images().values()).containsOnly(NEW).hasSize(3);
        assertThat(waitsForOrdinals().failure()).isNull();
    }

    /** A restart of Jenkins gives the Lease back, and the update goes on in a moment. */
    @Test
    void rule28_anUpdateThatGoesOnInAMomentIsWaitedFor() throws Exception {
        deployed();
        abortAfterFirstMember(NEW);
        Bench.Running waits = set.bench.begin(scope -> new WaitOrdinals(scope, "db", Duration.ofSeconds(120)), "bench/2");
        set.bench.until("it to wait", () -> waits.waitingFor() != null && waits.waitingFor().contains(" to become Ready at revision "));
        assertThat(set.begin("bench/1", "image", NEW).await().failure()).isNull();
        assertThat(waits.await().failure()).isNull();
    }

    @Test
    void rule28_anUpdateOfABuildThatIsAtWorkIsWaitedFor() throws Exception {
        deployed();
        Bench.Running update = set.begin("bench/1", "image", NEW);
        set.bench.until("db-2 to be replaced", () -> update.console().contains("db-2  replaced"));
        assertThat(waitsForOrdinals().failure()).isNull();
        assertThat(update.await().failure()).isNull();
    }

    @Test
    void safety09_theValuesOfBeforeGoBackFromAProbeThatNeverPasses() throws Exception {
        deployed();
        Map<String, String> before = set.uids();
        Ended bad = deploy("bench/1", NEVER, 5);
        assertThat(bad.failure())
                .startsWith("db-2 runs, but does not become ready")
                .endsWith("To go back instead, run deployStatefulMongo with the values of before.");
        Ended good = deploy("bench/2", LISTENS, 60);
        assertThat(good.failure()).as(good.console()).isNull();
        assertThat(good.console()).contains("  continues the update that bench/1 began\n").doesNotContain("annotations");
        assertThat(set.journal()).isNull();
        set.ready(3);
        assertThat(set.uids()).as("nobody else was touched")
                .containsEntry("db-0", before.get("db-0")).containsEntry("db-1", before.get("db-1"));
    }

    @Test
    void safety13_whoeverFinishesAnotherBuildsRollbackSucceeds() throws Exception {
        deployed();
        set.bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '2'}}}");
        set.bench.until("the quota to be counted", () -> "3".equals(Json.text(set.bench.get(Kind.QUOTA, "few"), "status", "used", "pods")));
        assertThat(set.update("image", NEW, "stuckSeconds", 5).failure()).contains("While rolling back: db-2 does not come up");
        Map<String, Object> quota = set.bench.get(Kind.QUOTA, "few");
        set.bench.kube().delete(Kind.QUOTA, set.bench.namespace(), "few", Json.text(quota, "metadata", "uid"), Map.of());
        Ended deploy = deploy("bench/2", LISTENS, 60);
        assertThat(deploy.failure()).as(deploy.console()).isNull();
        assertThat(deploy.console()).contains("  finished the rollback that bench/1 left: every member runs " + OLD + " again\n");
        assertThat(set.journal()).isNull();
        set.ready(3);
    }

    @Test
    void item3_acrossSeriesAnAbortTellsUntilWhenThereIsAWayBack() throws Exception {
        deployed();
        assertThat(abortAfterFirstMember("mongo:5.0.31"))
                .endsWith("Run the step again: it continues. Going back, by rollingImageUpdate with mongo:4.4.28, is possible only until a member"
                        + " has opened its data with the newer release.");
    }
}
