package io.jenkins.plugins.statefulmongo.waiting;

import static io.jenkins.plugins.statefulmongo.waiting.Pods.claim;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.container;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.ended;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.event;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.pod;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.starting;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.unscheduled;
import static io.jenkins.plugins.statefulmongo.waiting.Pods.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosisTest {
    private static final String UNBOUND = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.";

    private static Trouble of(PodState pod, List<EventState> events, List<ClaimState> claims, String log) {
        return Diagnosis.of(new Evidence(pod, events, claims, log == null ? Map.of() : Map.of("db", log))).orElseThrow();
    }

    private static Trouble of(PodState pod, EventState... events) {
        return of(pod, List.of(events), List.of(), null);
    }

    private static void is(Trouble trouble, Cause cause, boolean hopeless) {
        assertThat(trouble.cause()).as(trouble.text()).isEqualTo(cause);
        assertThat(trouble.hopeless()).as(trouble.text()).isEqualTo(hopeless);
        assertThat(trouble.what()).contains("db-1");
        assertThat(trouble.remedy()).isNotBlank();
    }

    // The messages are containerd's, as kubelets hand them on.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "IMAGE_NOT_FOUND | rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/mongo:7.0.99\": failed to resolve reference \"docker.io/library/mongo:7.0.99\": docker.io/library/mongo:7.0.99: not found",
        "IMAGE_NOT_FOUND | rpc error: code = Unknown desc = manifest unknown: manifest unknown",
        "IMAGE_NOT_FOUND | rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found",
        "IMAGE_UNAUTHORIZED | rpc error: code = Unknown desc = failed to pull and unpack image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        "IMAGE_UNAUTHORIZED | failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 403 Forbidden",
        "IMAGE_UNAUTHORIZED | unauthorized: authentication required"
    })
    void rule6_aRegistryThatSaysNoIsHopeless(Cause cause, String message) {
        is(of(starting(waiting("ErrImagePull", message))), cause, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "failed to do request: Head \"https://registry-1.docker.io/v2/library/mongo/manifests/7.0.14\": dial tcp 44.1.2.3:443: i/o timeout",
        "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating: access denied",
        "dial tcp: lookup registry.example on 10.0.0.10:53: no such host: not found",
        "failed to copy: httpReadSeeker: failed open: unexpected status code: 503 Service Unavailable",
        "net/http: TLS handshake timeout",
        "something that nobody has seen before"
    })
    void rule6_aRegistryThatCannotBeReachedMayHeal(String message) {
        is(of(starting(waiting("ErrImagePull", message))), Cause.IMAGE_PULL, false);
    }

    @Test
    void rule6_whileTheKubeletBacksOffTheLastAttemptsMessageCounts() {
        PodState pod = starting(waiting("ImagePullBackOff", "Back-off pulling image \"mongo:7.0.14\""));
        is(of(pod, event("Pod", "Failed", "Failed to pull image \"mongo:7.0.14\": i/o timeout", 1),
                event("Pod", "Failed", "Failed to pull image \"mongo:7.0.14\": not found", 2),
                event("Pod", "Failed", "Error: ImagePullBackOff", 3)), Cause.IMAGE_NOT_FOUND, true);
        is(of(pod), Cause.IMAGE_PULL, false);
    }

    @Test
    void rule6_anInvalidImageNameIsHopeless() {
        is(of(starting(waiting("InvalidImageName", "couldn't parse image name"))), Cause.IMAGE_NAME, true);
    }

    @Test
    void rule6_anOptionThatMongodRefusesIsHopelessAndNamesTheRelease() {
        Trouble trouble = of(starting(ended("mongo:4.4.29", 2, "Error")), List.of(), List.of(),
                "Error parsing command line: unrecognised option '--smallfiles'\ntry 'mongod --help' for more information\n");
        is(trouble, Cause.OPTION, true);
        assertThat(trouble.text())
                .isEqualTo("""
                        db-1 cannot start: container db ends with code 2 (3 restarts).
                        last lines: Error parsing command line: unrecognised option '--smallfiles'
                        MongoDB removed this option in 4.2. Take it out of the container's command, or let deployStatefulMongo write the command.""");
    }

    @Test
    void rule6_anOptionThatNeverWasIsHopelessToo() {
        Trouble trouble = of(starting(ended("mongo:7.0.14", 2, "Error")), List.of(), List.of(), "Error parsing command line: unrecognised option '--replset'");
        is(trouble, Cause.OPTION, true);
        assertThat(trouble.remedy()).startsWith("mongod 7.0.14 has no such option.");
    }

    @Test
    void rule6_exitCode2OfAnotherProgramMayHeal() {
        is(of(starting(ended("vfarcic/go-demo-3:1.0", 2, "Error")), List.of(), List.of(), "panic: no reachable servers"), Cause.CRASH, false);
    }

    @Test
    void rule6_dataOfAnotherReleaseIsHopeless() {
        Trouble trouble = of(starting(ended("mongo:8.0.5", 62, "Error")), List.of(), List.of(), "UPGRADE PROBLEM");
        is(trouble, Cause.OTHER_DATA, true);
        assertThat(trouble.remedy()).contains("another release of MongoDB than 8.0.5");
    }

    @Test
    void rule6_aMissingSecretOrConfigMapMayHeal() {
        is(of(starting(waiting("CreateContainerConfigError", "secret \"mongo-root\" not found"))), Cause.CONFIG, false);
    }

    @Test
    void rule6_aStorageClassThatDoesNotExistIsHopeless() {
        Trouble trouble = of(unscheduled(UNBOUND),
                List.of(event("PersistentVolumeClaim", "ProvisioningFailed", "storageclass.storage.k8s.io \"fast\" not found", 1)),
                List.of(claim(false, "fast")), null);
        is(trouble, Cause.NO_STORAGE_CLASS, true);
        assertThat(trouble.what()).isEqualTo("db-1 cannot be scheduled: its claim mongo-data-db-1 asks for storage class fast, which does not exist");
    }

    @Test
    void rule6_aClaimWithoutVolumeMayHeal() {
        is(of(unscheduled(UNBOUND), List.of(event("PersistentVolumeClaim", "ProvisioningFailed", "quota of the storage backend exceeded", 1)),
                List.of(claim(false, "fast")), null), Cause.CLAIM, false);
        is(of(unscheduled(UNBOUND), List.of(event("PersistentVolumeClaim", "FailedBinding", "no persistent volumes available for this claim and no storage class is set", 1)),
                List.of(claim(false, null)), null), Cause.CLAIM, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Provisioning", "WaitForFirstConsumer"})
    void rule6_aVolumeOnItsWayCountsAsProgress(String reason) {
        Trouble trouble = of(unscheduled(UNBOUND),
                List.of(event("PersistentVolumeClaim", "ProvisioningFailed", "try again", 1), event("PersistentVolumeClaim", reason, "…", 2)),
                List.of(claim(false, "standard")), null);
        is(trouble, Cause.UNDER_WAY, false);
    }

    @Test
    void rule6_aVolumeThatFailedAfterwardsDoesNot() {
        is(of(unscheduled(UNBOUND),
                List.of(event("PersistentVolumeClaim", "Provisioning", "…", 1), event("PersistentVolumeClaim", "ProvisioningFailed", "no space", 2)),
                List.of(claim(false, "standard")), null), Cause.CLAIM, false);
    }

    @Test
    void rule6_aNodeThatTheAutoscalerAddsCountsAsProgress() {
        PodState pod = unscheduled("0/3 nodes are available: 3 Insufficient cpu.");
        is(of(pod, event("Pod", "FailedScheduling", "…", 3), event("Pod", "TriggeredScaleUp", "pod triggered scale-up: 3->4", 2)), Cause.UNDER_WAY, false);
        is(of(pod, event("Pod", "TriggeredScaleUp", "…", 1), event("Pod", "NotTriggerScaleUp", "max node group size reached", 2)), Cause.UNSCHEDULABLE, false);
        is(of(pod), Cause.UNSCHEDULABLE, false);
    }

    @Test
    void rule6_waitForFirstConsumerDoesNotHideThatNoNodeTakesThePod() {
        is(of(unscheduled("0/3 nodes are available: 3 Insufficient cpu."),
                List.of(event("PersistentVolumeClaim", "WaitForFirstConsumer", "…", 2)), List.of(claim(false, "standard")), null), Cause.UNSCHEDULABLE, false);
    }

    @Test
    void rule6_aPullUnderWayCountsAsProgress() {
        PodState pod = starting(waiting("ContainerCreating", null));
        is(of(pod, event("Pod", "Pulling", "Pulling image \"mongo:7.0.14\"", 1)), Cause.UNDER_WAY, false);
        is(of(pod, event("Pod", "Pulling", "…", 1), event("Pod", "Pulled", "…", 2)), Cause.UNKNOWN, false);
    }

    @Test
    void rule6_anAttachThatIsTriedAgainCountsAsProgress() {
        PodState pod = starting(waiting("ContainerCreating", null));
        is(of(pod, event("Pod", "FailedAttachVolume", "Multi-Attach error for volume \"pvc-1\"", 1)), Cause.UNDER_WAY, false);
        is(of(pod, event("Pod", "FailedMount", "MountVolume.SetUp failed for volume \"key\" : secret \"key\" not found", 2)), Cause.VOLUME, false);
    }

    @Test
    void rule6_quotaAndLimitRangeMayHeal() {
        EventState quota = event("StatefulSet", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: exceeded quota: few", 1);
        EventState limit = event("StatefulSet", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: maximum memory usage per Container is 500Mi, but limit is 1Gi", 1);
        Trouble byQuota = Diagnosis.missing("db-1", 1, List.of(quota)).orElseThrow();
        is(byQuota, Cause.NOT_CREATED, false);
        assertThat(byQuota.remedy()).contains("ResourceQuota");
        assertThat(Diagnosis.missing("db-1", 1, List.of(limit)).orElseThrow().remedy()).contains("LimitRange");
        assertThat(Diagnosis.missing("db-1", 1, List.of())).isEmpty();
    }

    @Test
    void rule6_memoryEvictionAndProbesMayHeal() {
        is(of(starting(ended("mongo:7.0.14", 137, "OOMKilled"))), Cause.OUT_OF_MEMORY, false);
        PodState running = pod(1, "new", false, false);
        Trouble probe = of(running, List.of(event("Pod", "Unhealthy", "Readiness probe failed: dial tcp: connection refused", 1)), List.of(), "waiting for a primary");
        is(probe, Cause.PROBE, false);
        assertThat(probe.why()).isEqualTo("Readiness probe failed: dial tcp: connection refused\nlast lines: waiting for a primary");
        PodState evicted = new PodState("db-1", 1, "u", "1", "new", "set", "Failed", false, false, Pods.START, null, null, "node-1", List.of(), List.of(), null, "Evicted");
        is(of(evicted, event("Pod", "Evicted", "The node was low on resource: memory.", 1)), Cause.EVICTED, false);
    }

    @Test
    void ofMongodsStructuredLogTheMessagesAreShown() {
        Trouble trouble = of(starting(ended("mongo:7.0.14", 100, "Error")), List.of(), List.of(),
                """
                {"t":{"$date":"2026-01-01T00:00:00.000+00:00"},"s":"I","c":"CONTROL","id":1,"ctx":"main","msg":"MongoDB starting","attr":{"pid":1}}
                {"t":{"$date":"2026-01-01T00:00:00.000+00:00"},"s":"E","c":"STORAGE","id":2,"ctx":"main","msg":"DBException in initAndListen","attr":{"error":"Location28596: Permission denied"}}
                """);
        is(trouble, Cause.CRASH, false);
        assertThat(trouble.why())
                .isEqualTo("last lines: MongoDB starting\n            DBException in initAndListen {\"error\":\"Location28596: Permission denied\"}");
    }

    @Test
    void aCrashOfLongAgoIsNotToldWhereTheProbeFailsNow() {
        PodState pod = pod(1, "new", false, false, "Running", container("mongo:7.0.14", false, 1, null, null, 14, "Error"), null);
        is(of(pod, event("Pod", "BackOff", "…", 1), event("Pod", "Started", "…", 2), event("Pod", "Unhealthy", "Readiness probe failed", 30)), Cause.PROBE, false);
        is(of(pod, event("Pod", "Unhealthy", "Readiness probe failed", 1), event("Pod", "Started", "…", 2)), Cause.CRASH, false);
    }

    @Test
    void aPodThatServesHasNoTrouble() {
        assertThat(Diagnosis.of(new Evidence(pod(1, "new", true, false), List.of(), List.of(), Map.of()))).isEmpty();
    }
}
