package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How an update of a replica set ends whose new pods do not come up, on any cluster: early, with the reason, and with nothing else touched. */
public abstract class FailingUpdateContract extends OnReplicaSet {
    /** Far below the default of memberTimeoutSeconds, far above what a busy machine needs. */
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int STUCK = 8;

    Ended update(String image, Object... more) throws Exception {
        Object[] parameters = new Object[more.length + 4];
        System.arraycopy(new Object[] {"image", image, "stuckSeconds", STUCK}, 0, parameters, 0, 4);
        System.arraycopy(more, 0, parameters, 4, more.length);
        return set.update(parameters);
    }

    private void onlyDb2WasTouched(Map<String, String> before) throws Exception {
        assertThat(set.uids()).containsEntry("db-0", before.get("db-0")).containsEntry("db-1", before.get("db-1"));
    }

    @Test
    void rule6_anImageThatCrashesEndsItWithItsLastLinesAndTheWayBackIsTold() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        Map<String, String> before = set.uids();
        Ended ended = update("vfarcic/go-demo-3:crash1", "version", "4.4.29");
        assertThat(ended.failure())
                .matches("(?s)db-2 does not come up with the new template \\(vfarcic/go-demo-3:crash1\\): db-2 cannot start: container db ends with code 2"
                        + "( \\(\\d+ restarts?\\))?\\.\n  last lines: panic: this version crashes\n"
                        + "  Its log tells more: kubectl logs db-2 -c db --previous\n"
                        + "  (Rolled back: every member runs mongo:4\\.4\\.28 again, the set is whole\\."
                        // Where it was seen running for a moment: of an image that does not tell its release nobody knows what it did to the data.
                        + "|Left as it is, no pod was put back: db-2 may have opened its data with vfarcic/go-demo-3:crash1, .*"
                        + "Or go back: run it with mongo:4\\.4\\.28, .*)");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);

        assertThat(update("mongo:4.4.28").failure()).isNull();
        onlyDb2WasTouched(before);
        assertThat(set.images().values()).containsOnly("mongo:4.4.28").hasSize(3);
    }

    @Test
    void safety13_aMemberWhoseSidecarCannotBePulledHasOpenedItsDataAllTheSame() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        set.applyCommand("mongo:4.4.28", 3, "mongod, --replSet, rs0, --bind_ip_all", "OnDelete",
                "terminationMessagePolicy: File\n      - name: exporter\n        image: 'busybox:missing'");
        Map<String, String> before = set.uids();
        Ended ended = update("mongo:5.0.31");
        assertThat(ended.failure())
                .startsWith("db-2 does not come up with the new template (mongo:5.0.31): db-2 cannot start: the image busybox:missing of container exporter ")
                .contains("\n  Left as it is, no pod was put back: db-2 may have opened its data with 5.0.31, which 4.4.28 need not be able to read.\n");
        onlyDb2WasTouched(before);
        assertThat(set.images()).containsEntry("db-2", "mongo:5.0.31");
    }

    @Test
    void rule6_aQuotaThatForbidsTheNewPodIsNamedAndTheNextRunGoesOn() throws Exception {
        set.initiated("mongo:4.4.28", "RollingUpdate");
        set.bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '2'}}}");
        set.bench.until("the quota to be counted", () -> "3".equals(Json.text(set.bench.get(Kind.QUOTA, "few"), "status", "used", "pods")));
        Map<String, String> before = set.uids();
        Ended ended = update("mongo:4.4.29");
        assertThat(ended.failure())
                .startsWith("db-2 does not come up with the new template (mongo:4.4.29): db-2 cannot be created.\n")
                .contains("exceeded quota: few")
                .contains("\n  Raise the namespace's ResourceQuota, or lower replicas, requests and limits.\n")
                .contains("\n  While rolling back: db-2 does not come up with the new template (mongo:4.4.28): db-2 cannot be created.\n")
                .contains("\n  StatefulSet db stays at OnDelete with the template of mongo:4.4.28");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);

        Map<String, Object> quota = set.bench.get(Kind.QUOTA, "few");
        set.bench.kube().delete(Kind.QUOTA, set.bench.namespace(), "few", Json.text(quota, "metadata", "uid"), Map.of());
        assertThat(set.begin("bench/2", "image", "mongo:4.4.29").await().failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
    }

    @Test
    void rule6_aTemplateThatNoNodeTakesIsRolledBack() throws Exception {
        assertThat(set.deploy("image", "mongo:4.4.28", "storage", "1Gi").failure()).isNull();
        assertThat(set.initiate().failure()).isNull();
        set.ready(3);
        Map<String, String> before = set.uids();
        Ended ended = set.deploy("image", "mongo:4.4.28", "storage", "1Gi", "cpu", "1000", "stuckSeconds", STUCK);
        assertThat(ended.failure())
                .startsWith("db-2 does not come up with the new template (mongo:4.4.28): db-2 cannot be scheduled: no node takes it (not enough cpu).\n")
                .contains("Insufficient cpu")
                .endsWith("\n  Rolled back: every member runs mongo:4.4.28 again, the set is whole.");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);
    }

    @Test
    void rule6_aProbeThatNeverPassesEndsItEarlyAndTheMemberIsLeft() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        set.applyCommand("mongo:4.4.28", 3, "mongod, --replSet, rs0, " + ReplicaSetBench.QUIESCE_BRIEFLY + ", --bind_ip_all", "OnDelete",
                "readinessProbe: {periodSeconds: 1, httpGet: {path: /, port: 27018}}");
        Map<String, String> before = set.uids();
        Ended ended = update("mongo:4.4.29");
        assertThat(ended.failure())
                .startsWith("db-2 runs, but does not become ready: container db fails its probe.\n  Readiness probe failed")
                .contains("\n  No progress for " + STUCK + " s (stuckSeconds). It is left as it is: time alone deletes nothing.\n"
                        + "  Look at its log and its readiness probe: kubectl logs db-2 -c db\n"
                        + "  StatefulSet db stays at OnDelete with the template of mongo:4.4.29");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);
        assertThat(set.images()).containsEntry("db-2", "mongo:4.4.29");
    }
}
