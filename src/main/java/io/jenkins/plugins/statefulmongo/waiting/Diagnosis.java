package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a pod does not become ready, from what the API server shows of it. The first that applies:
 *
 * <ol>
 *   <li>it was evicted, or is on its way out;
 *   <li>no node takes it: a claim without volume, else the scheduler's own words;
 *   <li>a container, init containers first: its image, its configuration, how it ended;
 *   <li>its node prepares it: pulls, attaches, mounts;
 *   <li>it runs and is not ready: its probes.
 * </ol>
 *
 * Hopeless is only what no passing of time can heal. What somebody is visibly at work on is told as {@link Cause#UNDER_WAY}.
 */
final class Diagnosis {
    private Diagnosis() {}

    /** Empty for a pod that serves. */
    static Optional<Trouble> of(Evidence evidence) {
        PodState pod = evidence.pod();
        if (pod.serves()) {
            return Optional.empty();
        }
        if (pod.failed() && pod.reason() != null) {
            String why = evidence.latest("Pod", pod.reason()).map(EventState::message).orElse("");
            Trouble trouble = Trouble.passing(pod, null, Cause.EVICTED, pod.name() + " ended on " + pod.node() + ": " + pod.reason(),
                    Evidence.clip(why), "Evicted".equals(pod.reason())
                            ? "Free memory or disk on " + pod.node() + ", or raise the pod's requests."
                            : "Its controller makes it again; look after " + pod.node() + " where that does not help.");
            return Optional.of(pod.terminating() ? trouble.remark("It is to be deleted: where it stays, a finalizer holds it, or its node is dead.") : trouble);
        }
        if (pod.terminating()) {
            return Optional.of(Trouble.passing(pod, null, Cause.TERMINATING, pod.name() + " is to be deleted and does not end",
                    pod.node() == null ? "" : "It is on " + pod.node() + ".",
                    "Check that its node is alive (kubectl get nodes) and that no finalizer holds the pod."));
        }
        return SchedulingDiagnosis.of(evidence)
                .or(() -> containers(evidence))
                .or(() -> node(evidence))
                .or(() -> Optional.of(unready(evidence)));
    }

    /**
     * Why a pod is not even there.
     *
     * @param events of the object that should make it
     */
    static Optional<Trouble> missing(String pod, int ordinal, List<EventState> events) {
        Optional<EventState> made = events.stream()
                .filter(e -> e.reason().equals("SuccessfulCreate") && e.message().startsWith("create Pod " + pod + " "))
                .max(Comparator.comparing(EventState::last));
        return events.stream()
                .filter(e -> e.reason().equals("FailedCreate") && made.filter(m -> m.after(e)).isEmpty())
                // The owner's events tell of all its pods.
                .max(Comparator.comparing((EventState e) -> e.message().contains(pod)).thenComparing(EventState::last))
                .map(e -> notCreated(pod, ordinal, e.message()));
    }

    /** Why the owner of pods cannot make them, in the API server's words. */
    static Trouble notCreated(String pod, int ordinal, String message) {
        String text = message.toLowerCase(Locale.ROOT);
        String remedy = "Correct the pod template, or what forbids it.";
        if (text.contains("exceeded quota") || text.contains("must specify")) {
            remedy = "Raise the namespace's ResourceQuota, or lower replicas, requests and limits.";
        } else if (text.contains(" per container") || text.contains(" per pod") || text.contains(" per persistentvolumeclaim")) {
            remedy = "The namespace's LimitRange forbids it: change requests and limits, or the LimitRange.";
        } else if (text.contains("already exists")) {
            remedy = "A pod or claim of that name belongs to somebody else: remove it.";
        }
        return new Trouble(pod, ordinal, null, Cause.NOT_CREATED, false, pod + " cannot be created", Evidence.clip(message), remedy);
    }

    private static Optional<Trouble> containers(Evidence evidence) {
        for (ContainerState container : evidence.pod().containers()) {
            Optional<Trouble> trouble = PullDiagnosis.of(evidence, container)
                    .or(() -> start(evidence, container))
                    .or(() -> probedAfterCrash(evidence, container) ? Optional.empty() : CrashDiagnosis.of(evidence, container));
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        return Optional.empty();
    }

    /** It ended once, but runs again since: what keeps it unready now is its probe. */
    private static boolean probedAfterCrash(Evidence evidence, ContainerState container) {
        Optional<EventState> probed = evidence.latest("Pod", "Unhealthy");
        return container.waitingReason() == null
                && probed.isPresent()
                && evidence.latest("Pod", "BackOff", "Started").map(e -> probed.get().after(e)).orElse(true);
    }

    private static Optional<Trouble> start(Evidence evidence, ContainerState container) {
        String reason = container.waitingReason() == null ? "" : container.waitingReason();
        String name = evidence.pod().name();
        return switch (reason) {
            case "CreateContainerConfigError" -> Optional.of(Trouble.passing(evidence.pod(), container.name(), Cause.CONFIG,
                    name + " cannot start: the configuration of container " + container.name() + " is incomplete",
                    Evidence.clip(container.waitingMessage()),
                    "Create the Secret, ConfigMap or key that it names; the pod goes on by itself."));
            case "CreateContainerError", "RunContainerError", "PostStartHookError" -> Optional.of(Trouble.passing(
                    evidence.pod(), container.name(), Cause.START,
                    name + " cannot start: container " + container.name() + " (" + reason + ")",
                    Evidence.clip(container.waitingMessage()), "Correct the container's command, volumes or security context."));
            default -> Optional.empty();
        };
    }

    private static Optional<Trouble> node(Evidence evidence) {
        PodState pod = evidence.pod();
        if (pod.node() == null || "Running".equals(pod.phase())) {
            return Optional.empty();
        }
        Optional<EventState> image = evidence.latest("Pod", "Pulling", "Pulled", "Failed");
        if (image.isPresent() && image.get().reason().equals("Pulling")) {
            return Optional.of(SchedulingDiagnosis.underWay(pod, "its image on " + pod.node(), image.get().message()));
        }
        Optional<EventState> volume = evidence.latest("Pod", "FailedAttachVolume", "SuccessfulAttachVolume", "FailedMount");
        String reason = volume.map(EventState::reason).orElse("");
        if (reason.equals("FailedAttachVolume")) {
            return Optional.of(SchedulingDiagnosis.underWay(pod, "its volume on " + pod.node(), volume.get().message()));
        }
        if (reason.equals("FailedMount")) {
            return Optional.of(Trouble.passing(pod, null, Cause.VOLUME, pod.name() + " cannot start: a volume cannot be mounted on " + pod.node(),
                    Evidence.clip(volume.get().message()), "Create the Secret or ConfigMap that it names, or look after the volume and its driver."));
        }
        return evidence.latest("Pod", "FailedCreatePodSandBox").map(e -> Trouble.passing(pod, null, Cause.START,
                pod.name() + " cannot start: " + pod.node() + " cannot make its sandbox", Evidence.clip(e.message()),
                "Look after the node's network plugin and container runtime."));
    }

    private static Trouble unready(Evidence evidence) {
        PodState pod = evidence.pod();
        Optional<EventState> probe = evidence.latest("Pod", "Unhealthy");
        Optional<ContainerState> container = pod.containers().stream().filter(c -> !c.init() && !c.ready()).findFirst();
        if (probe.isPresent() || "Running".equals(pod.phase())) {
            return Trouble.passing(pod, container.map(ContainerState::name).orElse(null), Cause.PROBE,
                    pod.name() + " runs, but does not become ready"
                            + container.map(c -> ": container " + c.name() + " fails its probe").orElse(""),
                    (probe.map(e -> Evidence.clip(e.message()) + "\n").orElse("") + container.map(c -> evidence.lastLines(c.name())).orElse("")).strip(),
                    "Look at its log and its readiness probe: kubectl logs " + pod.name()
                            + container.map(c -> " -c " + c.name()).orElse(""));
        }
        return Trouble.passing(pod, null, Cause.UNKNOWN, pod.name() + " does not start"
                        + (pod.node() == null ? ": it has no node yet" : " on " + pod.node()),
                pod.containers().stream().filter(c -> c.waitingReason() != null).findFirst()
                        .map(c -> c.waitingReason() + ": " + Evidence.clip(c.waitingMessage())).orElse(""),
                "kubectl describe pod " + pod.name() + " may tell more.");
    }
}
