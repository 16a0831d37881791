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
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
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

    /** An exporter that ends with one of mongod's codes means something of its own by it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 48, 62, 100, 132})
    void rule6_theCodesOfMongodSayNothingOfAContainerBesideIt(int exit) {
        ContainerState exporter = new ContainerState("exporter", "percona/mongodb_exporter:0.43", false, false, false, false, 3,
                "CrashLoopBackOff", "back-off", exit, "Error");
        Trouble trouble = of(starting(exporter), List.of(), List.of(), "Error parsing command line: unrecognised option '--smallfiles'");
        is(trouble, Cause.CRASH, false);
        assertThat(trouble.remedy()).isEqualTo("Its log tells more: kubectl logs db-1 -c exporter --previous");
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

    // As the API server says them; the StatefulSet's events carry them on, as there is no pod that could have any.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ResourceQuota | create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1",
        "ResourceQuota | create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: failed quota: few: must specify limits.memory for: db",
        "ResourceQuota | create Claim mongo-data-db-1 for Pod db-1 in StatefulSet db failed error: persistentvolumeclaims \"mongo-data-db-1\" is forbidden: exceeded quota: disk, requested: requests.storage=2Gi, used: requests.storage=2Gi, limited: requests.storage=3Gi",
        "LimitRange | create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: maximum memory usage per Container is 500Mi, but limit is 1Gi",
        "LimitRange | create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: minimum cpu usage per Pod is 1, but request is 100m",
        "LimitRange | create Claim mongo-data-db-1 for Pod db-1 in StatefulSet db failed error: persistentvolumeclaims \"mongo-data-db-1\" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi"
    })
    void rule6_whatForbidsAPodIsNamed(String whose, String message) {
        Trouble trouble = Diagnosis.missing("db-1", 1, List.of(event("StatefulSet", "FailedCreate", message, 1))).orElseThrow();
        is(trouble, Cause.NOT_CREATED, false);
        assertThat(trouble.what()).isEqualTo("db-1 cannot be created");
        assertThat(trouble.why()).isEqualTo(message);
        assertThat(trouble.remedy()).contains(whose);
    }

    @Test
    void whatForbadeAPodBeforeItWasMadeIsNotToldOfWhatIsMissingNow() {
        EventState quota = event("StatefulSet", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: exceeded quota: few", 1);
        EventState made = event("StatefulSet", "SuccessfulCreate", "create Pod db-1 in StatefulSet db successful", 2);
        EventState other = event("StatefulSet", "SuccessfulCreate", "create Pod db-10 in StatefulSet db successful", 9);
        EventState again = event("StatefulSet", "FailedCreate", "create Pod db-1 in StatefulSet db failed error: exceeded quota: fewer", 3);
        assertThat(Diagnosis.missing("db-1", 1, List.of(quota, made))).isEmpty();
        assertThat(Diagnosis.missing("db-1", 1, List.of(quota, other))).isPresent();
        assertThat(Diagnosis.missing("db-1", 1, List.of(quota, made, again)).orElseThrow().why()).endsWith("fewer");
    }

    // As kube-scheduler 1.34 says them.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "not enough cpu | 0/3 nodes are available: 3 Insufficient cpu.",
        "not enough memory, not enough cpu | 0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu.",
        "not enough ephemeral-storage | 0/3 nodes are available: 3 Insufficient ephemeral-storage.",
        "not enough nvidia.com/gpu | 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
        "no room for one more pod | 0/3 nodes are available: 3 Too many pods.",
        "none has the labels that its nodeSelector or node affinity asks for | 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
        "its anti-affinity leaves none | 0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
        "its topology spread leaves none | 0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.",
        "taints that it does not tolerate | 0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: db}.",
        "nodes are cordoned | 0/3 nodes are available: 3 node(s) were unschedulable.",
        "its volume belongs to another node or zone | 0/3 nodes are available: 3 node(s) had volume node affinity conflict.",
        "not enough cpu, nodes are cordoned | 0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu."
    })
    void rule6_whatTheNodesLackIsNamed(String lack, String message) {
        Trouble trouble = of(unscheduled(message + " preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."));
        is(trouble, Cause.UNSCHEDULABLE, false);
        assertThat(trouble.what()).isEqualTo("db-1 cannot be scheduled: no node takes it (" + lack + ")");
        assertThat(trouble.why()).isEqualTo("Unschedulable: " + message);
    }

    @Test
    void rule6_whatTheSchedulerSaysInWordsThatNobodyKnowsIsToldAsItIs() {
        assertThat(of(unscheduled("0/3 nodes are available: 3 are on fire.")).what()).isEqualTo("db-1 cannot be scheduled: no node takes it");
    }

    @ParameterizedTest
    @ValueSource(ints = {255, 137, 143, 0})
    void rule6_aContainerThatItsNodesRestartEndedMayHeal(int code) {
        PodState pod = starting(container("mongo:7.0.14", false, 1, "ContainerCreating", null, code, "Unknown"));
        assertThat(of(pod).hopeless()).isFalse();
    }

    @Test
    void rule6_aPodThatItsNodesShutdownEndedMayHeal() {
        PodState ended = new PodState("db-1", 1, "u", "1", "new", "set", "Failed", false, false, Pods.START, null, null, "node-1", List.of(), List.of(), null, "Terminated");
        Trouble trouble = of(ended);
        is(trouble, Cause.EVICTED, false);
        assertThat(trouble.text()).isEqualTo("db-1 ended on node-1: Terminated.\nIts controller makes it again; look after node-1 where that does not help.");
    }

    @Test
    void rule6_aPodThatDoesNotEndIsToldWithItsNode() {
        PodState pod = pod(1, "new", true, true);
        Trouble trouble = of(pod);
        is(trouble, Cause.TERMINATING, false);
        assertThat(trouble.text()).isEqualTo("db-1 is to be deleted and does not end.\nIt is on node-1.\n"
                + "Check that its node is alive (kubectl get nodes) and that no finalizer holds the pod.");
    }

    @Test
    void rule6_memoryEvictionAndProbesMayHeal() {
        Trouble memory = of(starting(ended("mongo:7.0.14", 137, "OOMKilled")), List.of(), List.of(), "WiredTiger opens its cache");
        is(memory, Cause.OUT_OF_MEMORY, false);
        assertThat(memory.text()).isEqualTo("db-1 does not stay up: container db is killed for memory (3 restarts).\nlast lines: WiredTiger opens its cache\n"
                + "Raise its memory limit: mongod's cache alone takes at least 256 MB, and half of what is over 1 GB.");
        PodState running = pod(1, "new", false, false);
        Trouble probe = of(running, List.of(event("Pod", "Unhealthy", "Readiness probe failed: dial tcp: connection refused", 1)), List.of(), "waiting for a primary");
        is(probe, Cause.PROBE, false);
        assertThat(probe.why()).isEqualTo("Readiness probe failed: dial tcp: connection refused\nlast lines: waiting for a primary");
        PodState evicted = new PodState("db-1", 1, "u", "1", "new", "set", "Failed", false, false, Pods.START, null, null, "node-1", List.of(), List.of(), null, "Evicted");
        Trouble eviction = of(evicted, event("Pod", "Evicted", "The node was low on resource: memory.", 1));
        is(eviction, Cause.EVICTED, false);
        assertThat(eviction.text()).isEqualTo(
                "db-1 ended on node-1: Evicted.\nThe node was low on resource: memory.\nFree memory or disk on node-1, or raise the pod's requests.");
        PodState going = new PodState("db-1", 1, "u", "1", "new", "set", "Failed", false, true, Pods.START, null, null, "node-1", List.of(), List.of(), null, "Evicted");
        assertThat(of(going).text()).isEqualTo(eviction.text().replace("The node was low on resource: memory.\n", "")
                + "\nIt is to be deleted: where it stays, a finalizer holds it, or its node is dead.");
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
