package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.waiting.StuckDetector.Finding;
import io.jenkins.plugins.statefulmongo.waiting.StuckDetector.Subject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When waiting ends, by events that an API server really keeps; the time is the tests' own. */
class StuckDetectorTest {
    private static final String UNBOUND = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    private static final int LIMIT = 120;
    private static final int FOR_HOURS = 10_000;

    private static EmbeddedCluster cluster;

    private Bench bench;
    private StuckDetector detector;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int events;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(cluster.kubeconfig());
        detector = new StuckDetector(
                bench.kube(), bench.namespace(), Duration.ofSeconds(LIMIT), new Console(new PrintStream(out, true, StandardCharsets.UTF_8)));
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    /** Each event is later than those before it, and than the cluster's own. */
    private void event(String kind, String uid, String reason, String message) throws Exception {
        String at = Instant.parse("2100-01-01T00:00:00Z").plusSeconds(++events).toString();
        bench.kube().create(Kind.EVENT, bench.namespace(), Map.of(
                "apiVersion", "v1", "kind", "Event", "metadata", Map.of("name", "e" + events), "reason", reason, "message", message,
                "involvedObject", Map.of("kind", kind, "name", "db-1", "uid", uid, "namespace", bench.namespace()),
                "firstTimestamp", at, "lastTimestamp", at, "type", "Normal"));
    }

    /** A claim of no class: it stays without volume. */
    private String claim() throws Exception {
        bench.apply("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: mongo-data-db-1},"
                + " spec: {accessModes: [ReadWriteOnce], storageClassName: '', resources: {requests: {storage: 2Gi}}}}");
        return Json.text(bench.get(Kind.CLAIM, "mongo-data-db-1"), "metadata", "uid");
    }

    private Finding at(int second, PodState pod) throws Exception {
        return at(second, new Subject("db-1", 1, pod, "set", Duration.ZERO));
    }

    private Finding at(int second, Subject subject) throws Exception {
        return detector.look(List.of(subject), Duration.ofSeconds(second).toNanos()).get("db-1");
    }

    private void goesOnForHours(PodState pod) throws Exception {
        for (int second : new int[] {0, 4, LIMIT, 2 * LIMIT, FOR_HOURS}) {
            assertThat(at(second, pod).fatal()).as("after " + second + " s").isFalse();
        }
        assertThat(at(FOR_HOURS, pod).trouble().cause()).isEqualTo(Cause.UNDER_WAY);
    }

    /** What ends the progress has as long as anything else before it is fatal. */
    private void isFatalOnlyWhenItStopped(PodState pod, Cause cause) throws Exception {
        assertThat(at(FOR_HOURS + 5, pod).fatal()).isFalse();
        assertThat(at(FOR_HOURS + LIMIT - 1, pod).fatal()).isFalse();
        Finding finding = at(FOR_HOURS + LIMIT + 5, pod);
        assertThat(finding.trouble().cause()).isEqualTo(cause);
        assertThat(finding.fatal()).isTrue();
    }

    @Test
    void rule6_triggeredScaleUpCountsAsProgress() throws Exception {
        PodState pod = Pods.unscheduled("0/3 nodes are available: 3 Insufficient cpu.");
        event("Pod", pod.uid(), "TriggeredScaleUp", "pod triggered scale-up: [{pool 3->4 (max: 5)}]");
        goesOnForHours(pod);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("  db-1 waits for a node that the autoscaler adds\n");
        event("Pod", pod.uid(), "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached");
        isFatalOnlyWhenItStopped(pod, Cause.UNSCHEDULABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"WaitForFirstConsumer", "Provisioning"})
    void rule6_aVolumeOnItsWayCountsAsProgress(String reason) throws Exception {
        PodState pod = Pods.unscheduled(UNBOUND);
        String claim = claim();
        event("PersistentVolumeClaim", claim, reason, "waiting for first consumer, or for a volume to be created");
        goesOnForHours(pod);
        event("PersistentVolumeClaim", claim, "ProvisioningFailed", "failed to provision volume: rpc error: no space left in the pool");
        isFatalOnlyWhenItStopped(pod, Cause.CLAIM);
    }

    @Test
    void rule6_aPullUnderWayCountsAsProgress() throws Exception {
        PodState pod = Pods.starting(Pods.waiting("ContainerCreating", null));
        event("Pod", pod.uid(), "Pulling", "Pulling image \"mongo:7.0.14\"");
        goesOnForHours(pod);
        event("Pod", pod.uid(), "Pulled", "Successfully pulled image \"mongo:7.0.14\"");
        isFatalOnlyWhenItStopped(pod, Cause.UNKNOWN);
    }

    @Test
    void rule6_attachRetriesCountAsProgress() throws Exception {
        PodState pod = Pods.starting(Pods.waiting("ContainerCreating", null));
        event("Pod", pod.uid(), "FailedAttachVolume", "Multi-Attach error for volume \"pvc-1\": Volume is already used by a pod on node-2");
        goesOnForHours(pod);
        event("Pod", pod.uid(), "FailedMount", "MountVolume.MountDevice failed for volume \"pvc-1\": wrong fs type");
        isFatalOnlyWhenItStopped(pod, Cause.VOLUME);
    }

    @Test
    void rule6_whatTheClusterSaysIsSeenWithinFiveSecondsThoughThePodStaysTheSame() throws Exception {
        PodState pod = Pods.starting(Pods.waiting("ImagePullBackOff", "Back-off pulling image \"mongo:7.0.14\""));
        assertThat(at(0, pod).fatal()).isFalse();
        event("Pod", pod.uid(), "Failed", "Failed to pull image \"mongo:7.0.14\": docker.io/library/mongo:7.0.14: not found");
        assertThat(detector.next()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        Finding finding = at((int) detector.next().toSeconds(), pod);
        assertThat(finding.fatal()).isTrue();
        assertThat(finding.trouble().cause()).isEqualTo(Cause.IMAGE_NOT_FOUND);
    }

    @Test
    void rule6_whatKeepsAPodFromBeingMadeIsToldSoonAndEndsItAfterStuckSeconds() throws Exception {
        Subject subject = new Subject("db-1", 1, null, "set", Duration.ZERO);
        event("StatefulSet", "set", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: exceeded quota: few");
        at(0, subject);
        assertThat(at(3, subject).trouble().cause()).isEqualTo(Cause.NOT_CREATED);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("  db-1 cannot be created (waiting up to 120 s for a change)\n");
        assertThat(at(LIMIT - 1, subject).fatal()).isFalse();
        assertThat(at(LIMIT, subject).fatal()).isTrue();
    }

    @Test
    void rule6_whatTheClusterSaidSinceTheLastLookIsKnownWhenAPodIsGivenUp() throws Exception {
        Subject subject = new Subject("db-1", 1, null, "set", Duration.ZERO);
        at(0, subject);
        assertThat(at(LIMIT - 2, subject).trouble().cause()).isEqualTo(Cause.UNKNOWN);
        event("StatefulSet", "set", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: exceeded quota: few");
        assertThat(at(LIMIT, subject).trouble().cause()).isEqualTo(Cause.NOT_CREATED);
    }

    @Test
    void aLogThatMayNotBeReadIsAskedForOnce() throws Exception {
        cluster.deny("get", "pods/log");
        try {
            assertThat(at(0, Pods.starting(Pods.ended("mongo:7.0.14", 1, "Error"))).trouble().remedy())
                    .endsWith("More may stand in what this connection may not read: it cannot get pods/log.");
        } finally {
            cluster.allow("get", "pods/log");
        }
        assertThat(cluster.requests()).filteredOn(r -> r.path().contains("/" + bench.namespace() + "/pods/db-1/log")).hasSize(1);
    }

    @Test
    void rule6_aPodThatIsEvictedAndMadeAgainInTurnsGetsNowhere() throws Exception {
        Finding last = null;
        for (int round = 0; round < 10 && (last == null || !last.fatal()); round++) {
            at(30 * round, remade(round, "Pending"));
            at(30 * round + 5, remade(round, "Running"));
            last = at(30 * round + 20, remade(round, "Failed"));
        }
        assertThat(last.fatal()).isTrue();
        assertThat(last.trouble().cause()).isEqualTo(Cause.EVICTED);
    }

    @Test
    void rule6_thatItWasEvictedTwiceIsToldWhateverItsSuccessorLacksAtThatMoment() throws Exception {
        for (int round = 0; round < 2; round++) {
            at(30 * round, remade(round, "Running"));
            at(30 * round + 20, remade(round, "Failed"));
        }
        Finding last = at(LIMIT + 30, remade(2, "Running"));
        assertThat(last.fatal()).isTrue();
        assertThat(last.trouble().what()).isEqualTo("db-1 ended on node-1: Evicted");
    }

    @Test
    void rule6_thatItWasEvictedOnceIsNoReasonWhyItsSuccessorIsNotReady() throws Exception {
        at(0, remade(0, "Failed"));
        at(1, remade(1, "Running"));
        Finding last = at(LIMIT + 1, remade(1, "Running"));
        assertThat(last.fatal()).isTrue();
        assertThat(last.trouble().cause()).isEqualTo(Cause.PROBE);
    }

    @Test
    void aPodThatIsMadeAgainWithoutHavingFailedBeginsAnew() throws Exception {
        for (int round = 0; round < 10; round++) {
            assertThat(at(100 * round, remade(round, "Running")).fatal()).isFalse();
        }
    }

    private static PodState remade(int round, String phase) {
        return new PodState("db-1", 1, "uid-of-round-" + round, "1", "new", "set", phase, false, false, Pods.START, null, null, "node-1", List.of(),
                List.of(), null, phase.equals("Failed") ? "Evicted" : null);
    }
}
