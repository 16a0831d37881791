package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Why no node takes a pod: its claims first, as a pod is unschedulable while they are unbound. */
final class SchedulingDiagnosis {
    private static final String CLAIM = "PersistentVolumeClaim";
    private static final Pattern INSUFFICIENT = Pattern.compile("Insufficient ([a-z0-9./-]*[a-z0-9])");
    private static final Map<String, String> LACKS = new TreeMap<>(Map.of(
            "Too many pods", "no room for one more pod",
            "didn't match Pod's node affinity/selector", "none has the labels that its nodeSelector or node affinity asks for",
            "didn't match pod anti-affinity rules", "its anti-affinity leaves none",
            "didn't match pod topology spread constraints", "its topology spread leaves none",
            "untolerated taint", "taints that it does not tolerate",
            "were unschedulable", "nodes are cordoned",
            "volume node affinity conflict", "its volume belongs to another node or zone"));
    private static final Pattern NO_CLASS = Pattern.compile("storageclass(?:\\.storage\\.k8s\\.io)? \"([^\"]+)\" not found", Pattern.CASE_INSENSITIVE);

    private SchedulingDiagnosis() {}

    static Optional<Trouble> of(Evidence evidence) {
        PodState pod = evidence.pod();
        if (pod.scheduling() == null) {
            return Optional.empty();
        }
        for (ClaimState claim : evidence.claims()) {
            Optional<Trouble> missing = claim.bound() ? Optional.empty() : noClass(evidence, claim);
            if (missing.isPresent()) {
                return missing;
            }
        }
        if (pod.scheduling().toLowerCase(Locale.ROOT).contains("persistentvolumeclaim")) {
            return Optional.of(claim(evidence));
        }
        Optional<EventState> scaling = evidence.latest("Pod", "TriggeredScaleUp", "NotTriggerScaleUp");
        if (scaling.isPresent() && scaling.get().reason().equals("TriggeredScaleUp")) {
            return Optional.of(underWay(pod, "a node that the autoscaler adds", scaling.get().message()));
        }
        // What the scheduler says of preemption helps nobody to find the reason.
        String said = pod.scheduling().replaceFirst("\\s*(no new claims to deallocate, )?preemption: .*", "");
        return Optional.of(Trouble.passing(pod, null, Cause.UNSCHEDULABLE,
                pod.name() + " cannot be scheduled: no node takes it" + lack(said), Evidence.clip(said),
                "Lower its requests, free or add a node, or correct its affinity, node selector and tolerations."));
    }

    /** What the nodes lack, from the scheduler's words (its plugins' reasons); empty where they name nothing that is known here. */
    private static String lack(String said) {
        List<String> lacks = new ArrayList<>();
        Matcher m = INSUFFICIENT.matcher(said);
        while (m.find()) {
            lacks.add("not enough " + m.group(1));
        }
        LACKS.forEach((words, lack) -> {
            if (said.contains(words)) {
                lacks.add(lack);
            }
        });
        return lacks.isEmpty() ? "" : " (" + lacks.stream().distinct().collect(Collectors.joining(", ")) + ")";
    }

    private static Optional<Trouble> noClass(Evidence evidence, ClaimState claim) {
        String said = evidence.latest(CLAIM, "ProvisioningFailed").map(EventState::message).orElse("") + " " + evidence.pod().scheduling();
        Matcher m = NO_CLASS.matcher(said);
        if (!m.find() || claim.storageClass() != null && !claim.storageClass().equals(m.group(1))) {
            return Optional.empty();
        }
        return Optional.of(Trouble.hopeless(evidence.pod(), null, Cause.NO_STORAGE_CLASS,
                evidence.pod().name() + " cannot be scheduled: its claim " + claim.name() + " asks for storage class " + m.group(1)
                        + ", which does not exist",
                "",
                "Create that class, or name one of the cluster's (kubectl get storageclass). A set's claim templates cannot change: "
                        + "delete the StatefulSet and its unbound claims, and deploy it again."));
    }

    private static Trouble claim(Evidence evidence) {
        PodState pod = evidence.pod();
        Optional<ClaimState> unbound = evidence.claims().stream().filter(c -> !c.bound()).findFirst();
        if (unbound.isEmpty()) {
            return evidence.claims().isEmpty()
                    ? Trouble.passing(pod, null, Cause.CLAIM, pod.name() + " cannot be scheduled: its volume claim is missing",
                            Evidence.clip(pod.scheduling()), "Create the claim, or let the StatefulSet make it from a claim template.")
                    : underWay(pod, "the scheduler, now that its claims are bound", "");
        }
        ClaimState claim = unbound.get();
        Optional<EventState> event = evidence.latest(CLAIM, "ProvisioningFailed", "FailedBinding", "Provisioning", "ProvisioningSucceeded",
                "ExternalProvisioning", "WaitForFirstConsumer", "WaitForPodScheduled");
        String reason = event.map(EventState::reason).orElse("");
        String message = Evidence.clip(event.map(EventState::message).orElse(pod.scheduling()));
        return switch (reason) {
            case "Provisioning", "ProvisioningSucceeded", "WaitForFirstConsumer", "WaitForPodScheduled" ->
                underWay(pod, "the volume of its claim " + claim.name(), message);
            case "ExternalProvisioning" ->
                unbound(pod, claim, message, "Check that the provisioner of its storage class runs.");
            default ->
                unbound(pod, claim, message, "Check the storage class and what it can provision, or create a volume that matches the claim.");
        };
    }

    private static Trouble unbound(PodState pod, ClaimState claim, String why, String remedy) {
        String of = claim.storageClass() == null ? "of the default storage class" : "of storage class " + claim.storageClass();
        return Trouble.passing(pod, null, Cause.CLAIM,
                pod.name() + " cannot be scheduled: its claim " + claim.name() + " (" + claim.requested() + " " + of + ") has no volume",
                why, remedy);
    }

    static Trouble underWay(PodState pod, String what, String why) {
        return Trouble.passing(pod, null, Cause.UNDER_WAY, pod.name() + " waits for " + what, Evidence.clip(why), "Nothing: it goes on by itself.");
    }
}
