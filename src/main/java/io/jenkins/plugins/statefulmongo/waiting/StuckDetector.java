package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells pods that will become ready from those that will not. Examines a pod only when its state looks wrong, or has not changed for long,
 * and not again before {@link #AGAIN}: healthy pods cost no request.
 */
final class StuckDetector {
    private static final Duration AGAIN = Duration.ofSeconds(4);
    /** A pod with a dynamic claim is unschedulable for a moment on every healthy cluster. */
    private static final Duration BRIEFLY = Duration.ofSeconds(3);

    private static final Set<String> PREPARING = Set.of("ContainerCreating", "PodInitializing");

    /** For a watch that stalled. */
    private static final Duration FALLBACK = Duration.ofSeconds(20);

    private final Kube kube;
    private final String namespace;
    private final Duration stuck;
    private final Console console;
    private final Progress progress = new Progress();
    private final Map<String, Look> looks = new HashMap<>();
    /** By a subject's name, the uids of its pods that ended for good. */
    private final Map<String, Set<String>> failed = new HashMap<>();
    private final Map<String, Cause> told = new HashMap<>();
    private Duration next = FALLBACK;

    /** @param stuck how long a pod may make no progress */
    StuckDetector(Kube kube, String namespace, Duration stuck, Console console) {
        this.kube = kube;
        this.namespace = namespace;
        this.stuck = stuck;
        this.console = console;
    }

    /**
     * A pod that ought to become ready.
     *
     * @param pod null while there is none
     * @param owner uid of what makes the pod
     * @param more what it may take beyond the limit: the grace period of one that ends
     */
    record Subject(String name, int ordinal, PodState pod, String owner, Duration more) {}

    /**
     * What is known of a subject.
     *
     * @param trouble null while nothing is known to be wrong
     * @param expired it has made no progress for longer than it may
     */
    record Finding(Trouble trouble, boolean expired) {
        /** Whether waiting on is of no use. */
        boolean fatal() {
            return trouble != null && (trouble.hopeless() || expired && !trouble.underWay());
        }
    }

    private record Look(String state, long at, Trouble trouble) {}

    /** Findings by the subjects' names. A subject that is left out starts anew when it comes back. */
    Map<String, Finding> look(List<Subject> subjects, long now) throws Failure, Unavailable, InterruptedException {
        List<String> names = subjects.stream().map(Subject::name).toList();
        progress.retain(names);
        looks.keySet().retainAll(names);
        told.keySet().retainAll(names);
        failed.keySet().retainAll(names);
        Map<String, Finding> findings = new LinkedHashMap<>();
        next = FALLBACK;
        for (Subject subject : subjects) {
            String state = state(subject);
            Duration idle = progress.idle(subject.name(), state, now);
            boolean expired = idle.compareTo(stuck.plus(subject.more())) >= 0;
            boolean wrong = expired || suspicious(subject, idle);
            if (wrong) {
                // Before it is given up, once more: what the cluster says of it may have come since the last look.
                examine(subject, state + restarts(subject.pod()) + (expired ? " expired" : ""), now);
            }
            Look look = looks.get(subject.name());
            Finding finding = new Finding(look == null ? null : look.trouble(), expired);
            if (wrong && look.trouble().underWay()) {
                progress.made(subject.name(), now);
            }
            tell(subject, finding);
            Duration left = stuck.plus(subject.more()).minus(idle).plusMillis(1);
            next = least(next, due(subject, idle, wrong), expired ? FALLBACK : left);
            findings.put(subject.name(), finding);
        }
        return findings;
    }

    /** A pod is no progress where the one before it failed: evicted and made again in turns, it gets nowhere. */
    private String state(Subject subject) {
        PodState pod = subject.pod();
        if (pod == null) {
            return "missing";
        }
        if (pod.failed()) {
            failed.computeIfAbsent(subject.name(), n -> new HashSet<>()).add(pod.uid());
        }
        String state = Progress.fingerprint(pod);
        return failed.containsKey(subject.name()) ? state.replace(pod.uid(), "") : state;
    }

    /** How long to wait for a change before looking again all the same. */
    Duration next() {
        return next;
    }

    private Duration due(Subject subject, Duration idle, boolean wrong) {
        if (wrong) {
            return AGAIN;
        }
        boolean soon = subject.pod() == null || subject.pod().scheduling() != null;
        return (soon ? BRIEFLY : stuck.plus(subject.more())).minus(idle).plusMillis(1);
    }

    private static boolean suspicious(Subject subject, Duration idle) {
        PodState pod = subject.pod();
        if (pod == null || pod.scheduling() != null) {
            return idle.compareTo(BRIEFLY) >= 0;
        }
        return pod.failed() || !pod.terminating() && pod.containers().stream().anyMatch(StuckDetector::suspicious);
    }

    private static boolean suspicious(ContainerState container) {
        String reason = container.waitingReason();
        return !container.ready() && (reason != null && !PREPARING.contains(reason) || container.lastExitCode() != null && container.lastExitCode() != 0);
    }

    private void examine(Subject subject, String state, long now) throws Failure, Unavailable, InterruptedException {
        Look last = looks.get(subject.name());
        if (last != null && last.state().equals(state) && now - last.at() < AGAIN.toNanos()) {
            return;
        }
        Examination examination = new Examination(kube, namespace);
        // One that is Ready for a moment, between two ends of its container, has what it had before.
        Optional<Trouble> trouble = subject.pod() != null
                ? examination.of(subject.pod()).or(() -> Optional.ofNullable(last).map(Look::trouble))
                : examination.missing(subject.owner(), subject.name(), subject.ordinal());
        Trouble found = trouble.orElseGet(() -> unknown(subject, examination.unread()));
        looks.put(subject.name(), new Look(state, now, last != null && evictedAgain(subject, last.trouble(), found) ? last.trouble() : found));
    }

    /** Of a pod that is evicted and made again in turns, that is the reason, whatever the one of this moment lacks yet. */
    private boolean evictedAgain(Subject subject, Trouble before, Trouble found) {
        return before.cause() == Cause.EVICTED
                && failed.getOrDefault(subject.name(), Set.of()).size() > 1
                && Set.of(Cause.UNKNOWN, Cause.TERMINATING, Cause.PROBE).contains(found.cause());
    }

    private static Trouble unknown(Subject subject, Set<String> unread) {
        return new Trouble(subject.name(), subject.ordinal(), null, Cause.UNKNOWN, false,
                subject.name() + (subject.pod() == null ? " is not created" : " does not become ready"),
                unread.isEmpty() ? "No event says why." : "Why, cannot be told: this connection cannot " + String.join(", ", unread) + ".",
                "Check that the cluster's controller manager runs, and kubectl get events.");
    }

    private void tell(Subject subject, Finding finding) {
        Trouble trouble = finding.trouble();
        boolean known = trouble != null && trouble.cause() != Cause.UNKNOWN && !finding.fatal();
        if (known && told.put(subject.name(), trouble.cause()) != trouble.cause()) {
            console.line(trouble.what() + (trouble.underWay() ? "" : " (waiting up to " + stuck.toSeconds() + " s for a change)"));
        }
    }

    private static Duration least(Duration... all) {
        return Arrays.stream(all).min(Duration::compareTo).orElseThrow();
    }

    private static String restarts(PodState pod) {
        return pod == null ? "" : " " + pod.containers().stream().mapToInt(ContainerState::restarts).sum();
    }
}
