package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * How an update of a replica set ends whose new pods do not come up, on any cluster: early, with the reason, and with nothing else touched. What
 * befalls them once does not end it.
 */
public abstract class FailingUpdateContract extends OnReplicaSet {
    private static final String OLD = "mongo:4.4.28";
    private static final String NEW = "mongo:4.4.29";
    /** Far below the default of memberTimeoutSeconds, far above what a busy machine needs. */
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int STUCK = 8;

    abstract Mishaps mishaps();

    Ended update(String image, Object... more) throws Exception {
        return begin(image, Stream.concat(Stream.of("stuckSeconds", STUCK), Arrays.stream(more)).toArray()).await();
    }

    Bench.Running begin(String image, Object... more) throws Exception {
        return set.begin("bench/1", Stream.concat(Stream.of("image", image), Arrays.stream(more)).toArray());
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
                // A machine that is slow looks a moment later, and never sooner.
                .containsPattern("\n  No progress for (" + STUCK + "|" + (STUCK + 1) + "|" + (STUCK + 2) + ") s \\(stuckSeconds\\)\\. It is left as it is: time alone deletes nothing\\.\n"
                        + "  Look at its log and its readiness probe: kubectl logs db-2 -c db\n"
                        + "  StatefulSet db stays at OnDelete with the template of mongo:4\\.4\\.29");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);
        assertThat(set.images()).containsEntry("db-2", "mongo:4.4.29");
    }

    /** Begins an update, and waits until the first member is at the new image. */
    private Bench.Running withOneReplaced(Object... more) throws Exception {
        set.initiated(OLD, "RollingUpdate");
        set.insert(set.primary(), 1);
        Bench.Running update = begin(NEW, more);
        set.bench.until("db-2 to run " + NEW, () -> runs("db-2", NEW));
        return update;
    }

    boolean runs(String pod, String image) throws Exception {
        return set.bench.kube().get(Kind.POD, set.bench.namespace(), pod)
                .filter(p -> image.equals(Json.text(Json.list(p, "spec", "containers").get(0), "image")))
                .filter(p -> Json.at(p, "metadata", "deletionTimestamp") == null)
                .filter(p -> Json.list(p, "status", "containerStatuses").stream().anyMatch(c -> !Json.map(c, "state", "running").isEmpty()))
                .isPresent();
    }

    private void endsWell(Bench.Running update) throws Exception {
        Ended ended = update.await();
        assertThat(ended.failure()).as(ended.console()).isNull();
        assertThat(set.images().values()).containsOnly(NEW).hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
        for (int i = 0; i < 3; i++) {
            assertThat(set.count(i)).as("what was written before, on db-%s", i).isEqualTo(1);
        }
    }

    /** @param reason the beginning of why, as a pattern */
    void goesBack(Ended ended, String reason) throws Exception {
        assertThat(ended.failure()).matches("(?s)db-2 does not come up with the new template \\(" + NEW + "\\): " + reason
                + ".*\n  Rolled back: every member runs " + OLD + " again, the set is whole\\.");
        assertThat(ended.took()).isLessThan(SOON);
        assertThat(set.images().values()).containsOnly(OLD).hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
    }

    private int restarts(String pod) throws Exception {
        return Json.list(set.bench.get(Kind.POD, pod), "status", "containerStatuses").stream().mapToInt(c -> Json.number(c, 0, "restartCount")).sum();
    }

    @Test
    void rule6_aMemberThatIsKilledForMemoryOnceIsWaitedFor() throws Exception {
        Bench.Running update = withOneReplaced();
        mishaps().outOfMemory(set.bench.namespace(), "db-2");
        endsWell(update);
        assertThat(restarts("db-2")).isEqualTo(1);
    }

    @Test
    void rule6_aMemberThatIsKilledForMemoryAgainAndAgainEndsItAlsoWhereItIsReadyInBetween() throws Exception {
        set.initiated(OLD, "RollingUpdate");
        Map<String, String> before = set.uids();
        Bench.Running update = begin(NEW, "stuckSeconds", STUCK);
        set.bench.until("it to go back", SOON, () -> {
            if (runs("db-2", NEW)) {
                mishaps().outOfMemory(set.bench.namespace(), "db-2");
            }
            return update.ended().isDone() || update.console().contains("rolling back");
        });
        goesBack(update.await(), "db-2 does not stay up: container db is killed for memory \\(\\d+ restarts?\\)\\.\n.*  Raise its memory limit: ");
        // Before it ended for the first time it may have been whole for long enough that db-1 was next.
        assertThat(set.uids()).containsEntry("db-0", before.get("db-0"));
    }

    @Test
    void rule6_aRestartOfAllNodesHealsByItself() throws Exception {
        Bench.Running update = withOneReplaced();
        for (int i = 0; i < 3; i++) {
            mishaps().kill(set.bench.namespace(), "db-" + i);
        }
        endsWell(update);
    }

    @Test
    void rule6_aMemberThatItsNodeEvictsOnceIsWaitedFor() throws Exception {
        Bench.Running update = withOneReplaced();
        mishaps().evict(set.bench.namespace(), "db-2");
        endsWell(update);
    }

    @Test
    void rule6_aMemberThatSomebodyElseEvictsIsWaitedFor() throws Exception {
        Bench.Running update = withOneReplaced();
        Map<String, Object> pod = set.bench.get(Kind.POD, "db-2");
        set.bench.kube().evict(set.bench.namespace(), "db-2", Json.text(pod, "metadata", "uid"), null, 60);
        endsWell(update);
        assertThat(set.uids().get("db-2")).isNotEqualTo(Json.text(pod, "metadata", "uid"));
    }

    @Test
    void rule6_aLimitRangeThatForbidsTheNewPodIsNamedAndTheOldOneComesBack() throws Exception {
        assertThat(set.deploy("image", OLD, "storage", "1Gi", "cpu", "10m", "memory", "64Mi").failure()).isNull();
        assertThat(set.initiate().failure()).isNull();
        set.ready(3);
        set.bench.apply("{apiVersion: v1, kind: LimitRange, metadata: {name: small}, spec: {limits: [{type: Container, max: {memory: 128Mi}}]}}");
        Map<String, String> before = set.uids();
        Ended ended = set.deploy("image", OLD, "storage", "1Gi", "cpu", "10m", "memory", "256Mi", "stuckSeconds", STUCK);
        assertThat(ended.failure())
                .startsWith("db-2 does not come up with the new template (" + OLD + "): db-2 cannot be created.\n")
                .contains("maximum memory usage per Container is 128Mi, but limit is 256Mi")
                .contains("\n  The namespace's LimitRange forbids it: change requests and limits, or the LimitRange.\n")
                .endsWith("\n  Rolled back: every member runs " + OLD + " again, the set is whole.");
        assertThat(ended.took()).isLessThan(SOON);
        onlyDb2WasTouched(before);
    }
}
