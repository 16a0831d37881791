package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import io.jenkins.plugins.statefulmongo.waiting.Examination;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Finds the pods of an update that cannot start or are not even made, and members that make no progress.
 *
 * <p>Time alone deletes nothing (safety rule 12): a pod counts as hopeless at once where its trouble cannot heal, or when one of
 * {@link #WITHOUT_MONGOD} has not changed for {@code stuckSeconds}, whether or not it was Ready for a moment in between. What else makes no
 * progress ends the step and is left as it is: a mongod that runs after {@code memberTimeoutSeconds}, a pod that does not start, end or become
 * Ready after {@code stuckSeconds}.
 */
final class StuckPods {
    /**
     * Troubles of a pod one of whose containers does not run. Mostly it is mongod's, and taking the pod away takes nothing from the set; where
     * it is a sidecar's, {@link RollDecision} has a mongod that serves hand over before.
     */
    private static final Set<Cause> WITHOUT_MONGOD = EnumSet.of(
            Cause.IMAGE_PULL, Cause.CONFIG, Cause.START, Cause.CRASH, Cause.OUT_OF_MEMORY, Cause.EVICTED, Cause.VOLUME, Cause.UNSCHEDULABLE,
            Cause.NOT_CREATED);
    /** An examination costs requests: a pod that did not change is looked at again after this time, as its events may have more to say. */
    private static final Duration AGAIN = Duration.ofSeconds(2);
    /** The controller's time to make the pod that follows one that went. */
    private static final Duration BETWEEN = Duration.ofSeconds(2);
    /** One that ended while it was looked at is believed to stay up after this time. */
    static final Duration STEADY = Duration.ofSeconds(10);

    /** Says why an ordinal has no pod that is Ready. */
    interface Examiner {
        /** @param pod null where there is none */
        Optional<Trouble> examine(SetState set, int ordinal, PodState pod) throws Failure, Unavailable, InterruptedException;
    }

    private record Seen(String fingerprint, long at) {}

    private record Examined(String state, long at, Optional<Trouble> trouble) {}

    private final Examiner examiner;
    private final Roll.Options options;
    private final LongSupplier clock;
    private final Map<Integer, Examined> examined = new HashMap<>();
    private final Map<Integer, Seen> troubles = new HashMap<>();
    private final Map<Integer, Seen> absent = new HashMap<>();
    private final Map<Integer, Seen> up = new HashMap<>();
    private final Map<Integer, Seen> progress = new HashMap<>();

    StuckPods(Kube kube, Roll.Options options) {
        this((set, ordinal, pod) -> {
            Examination examination = new Examination(kube, set.namespace());
            return pod == null ? examination.missing(set.uid(), set.pod(ordinal), ordinal) : examination.of(pod);
        }, options, System::nanoTime);
    }

    /** @param clock nanoseconds that never go back */
    StuckPods(Examiner examiner, Roll.Options options, LongSupplier clock) {
        this.examiner = examiner;
        this.options = options;
        this.clock = clock;
    }

    /** By ordinal, the pods that are not Ready, or not there, and why, as far as that is known; and those that have only just come up again. */
    Map<Integer, Stuck> find(Scene scene) throws Failure, Unavailable, InterruptedException {
        Map<Integer, Stuck> stuck = new TreeMap<>();
        for (int ordinal : scene.set().ordinals()) {
            Optional<PodState> pod = scene.pod(ordinal);
            if (pod.filter(p -> p.ready() || p.terminating() && !p.failed()).isPresent()) {
                examined.remove(ordinal);
                absent.remove(ordinal);
                if (troubles.containsKey(ordinal) && unsteady(ordinal, pod.get())) {
                    stuck.put(ordinal, new Stuck(false, "it ended a moment ago"));
                } else {
                    troubles.remove(ordinal);
                }
                continue;
            }
            up.remove(ordinal);
            Optional<Trouble> trouble = examine(scene, ordinal, pod);
            if (trouble.isPresent()) {
                // Another template is another chance for one that was not made; another pod is none for one that is evicted in turns.
                String which = trouble.get().cause() == Cause.EVICTED ? "" : pod.map(PodState::uid).orElse(scene.set().updateRevision());
                stuck.put(ordinal, new Stuck(hopeless(scene, ordinal, which, trouble.get()), trouble.get().text()));
            }
        }
        return stuck;
    }

    /**
     * @throws Failure when a member that is unhealthy or behind has shown no progress for as long as it may
     */
    void judgePatience(Scene scene, Set<Integer> behind, String leftBehind) throws Failure, Unavailable, InterruptedException {
        for (int ordinal : scene.set().ordinals()) {
            if (scene.outside(ordinal) || scene.healthy(ordinal) && !behind.contains(ordinal)) {
                progress.remove(ordinal);
                continue;
            }
            Optional<Trouble> trouble = Optional.ofNullable(examined.get(ordinal)).flatMap(Examined::trouble);
            if (trouble.filter(Trouble::underWay).isPresent()) {
                progress.remove(ordinal); // somebody is at work on it, however long that takes
                continue;
            }
            long idle = age(remember(progress, ordinal, fingerprint(scene, ordinal))).toSeconds();
            // Those have a way back, on which the decider goes after stuckSeconds, unless the others need this one.
            boolean soon = podIsAtFault(scene, ordinal) && trouble.filter(t -> WITHOUT_MONGOD.contains(t.cause())).isEmpty();
            boolean ends = scene.pod(ordinal).filter(PodState::terminating).isPresent();
            // A mongod that is asked to end has its grace period for that, in which nothing can be seen of it.
            int patience = (soon ? options.stuckSeconds() : options.memberTimeoutSeconds()) + (ends ? Roll.grace(scene.set()) : 0);
            if (idle >= patience) {
                String limit = idle + (soon ? " s (stuckSeconds)" : " s (memberTimeoutSeconds)");
                throw podIsAtFault(scene, ordinal) ? podAtFault(scene, ordinal, limit, leftBehind) : noProgress(scene, ordinal, limit, leftBehind);
            }
        }
    }

    private Failure noProgress(Scene scene, int ordinal, String limit, String leftBehind) {
        return new Failure(
                scene.name(ordinal) + " has made no progress for " + limit + ": " + state(scene, ordinal) + ".",
                "It is left as it is: time alone deletes nothing. Its log and its network tell more: kubectl logs -n "
                        + scene.set().namespace() + " " + scene.name(ordinal) + " -c " + scene.set().container(),
                leftBehind);
    }

    private Failure podAtFault(Scene scene, int ordinal, String limit, String leftBehind) throws Failure, Unavailable, InterruptedException {
        Optional<Trouble> trouble = examiner.examine(scene.set(), ordinal, scene.pod(ordinal).orElse(null));
        return new Failure(
                trouble.map(t -> t.what() + ".").orElseGet(() -> scene.name(ordinal) + " is not there, and no event says why."),
                trouble.map(Trouble::why).orElse(null),
                "No progress for " + limit + ". It is left as it is: time alone deletes nothing.",
                trouble.map(Trouble::remedy).orElse("Check that the cluster's controller manager runs, and kubectl get events."),
                leftBehind);
    }

    private boolean hopeless(Scene scene, int ordinal, String which, Trouble trouble) {
        if (trouble.hopeless() || !WITHOUT_MONGOD.contains(trouble.cause())) {
            return trouble.hopeless(); // what fails its probe between two crashes does not begin anew
        }
        Seen seen = remember(troubles, ordinal, which + sameness(trouble));
        return age(seen).toSeconds() >= options.stuckSeconds() && !runsAgain(scene, ordinal, trouble);
    }

    /** A mongod that ended is up again: it may recover or copy for as long as it likes. One that ends again and again is soon held back. */
    private static boolean runsAgain(Scene scene, int ordinal, Trouble trouble) {
        String mongod = scene.set().container();
        return mongod.equals(trouble.container())
                && scene.pod(ordinal).filter(PodState::running).isPresent()
                && scene.pod(ordinal).get().containers().stream().noneMatch(c -> c.name().equals(mongod) && c.waitingReason() != null);
    }

    /** Equal for the same trouble later on: one restart more is no change. */
    static String sameness(Trouble trouble) {
        return trouble.cause() + trouble.what().replaceAll(" \\(\\d+ restarts?\\)|\\d+", "");
    }

    /** Between two ends, of its container or of the pod, it is Ready for a moment, where no probe says otherwise. */
    private boolean unsteady(int ordinal, PodState pod) {
        int restarts = pod.containers().stream().mapToInt(PodState.ContainerState::restarts).sum();
        boolean ended = restarts > 0 || troubles.get(ordinal).fingerprint.startsWith(Cause.EVICTED.name());
        Seen seen = remember(up, ordinal, pod.uid() + " " + restarts);
        return !pod.terminating() && ended && age(seen).compareTo(STEADY) < 0;
    }

    private Optional<Trouble> examine(Scene scene, int ordinal, Optional<PodState> pod) throws Failure, Unavailable, InterruptedException {
        if (pod.isPresent()) {
            absent.remove(ordinal);
        } else if (age(remember(absent, ordinal, "")).compareTo(BETWEEN) < 0) {
            return Optional.empty();
        }
        String state = pod.map(p -> p.uid() + " " + p.resourceVersion()).orElse("none");
        Examined known = examined.get(ordinal);
        if (known == null || !known.state.equals(state) || clock.getAsLong() - known.at > AGAIN.toNanos()) {
            known = new Examined(state, clock.getAsLong(), examiner.examine(scene.set(), ordinal, pod.orElse(null)));
            examined.put(ordinal, known);
        }
        return known.trouble;
    }

    private Seen remember(Map<Integer, Seen> map, int ordinal, String fingerprint) {
        return map.compute(ordinal, (key, seen) ->
                seen != null && seen.fingerprint.equals(fingerprint) ? seen : new Seen(fingerprint, clock.getAsLong()));
    }

    private Duration age(Seen seen) {
        return Duration.ofNanos(clock.getAsLong() - seen.at);
    }

    /** Nothing that a mongod does is waited for: none runs, or it does all that it can be asked for. */
    private static boolean podIsAtFault(Scene scene, int ordinal) {
        Optional<PodState> pod = scene.pod(ordinal);
        if (pod.filter(p -> p.running() && !p.terminating()).isEmpty()) {
            return true;
        }
        boolean backsOff = pod.get().containers().stream()
                .anyMatch(c -> c.name().equals(scene.set().container()) && c.waitingReason() != null);
        return backsOff || !pod.get().ready() && scene.member(ordinal).filter(MemberState::healthy).isPresent();
    }

    /** What stays the same while a member makes no progress. */
    static String fingerprint(Scene scene, int ordinal) {
        String pod = scene.pod(ordinal).map(p -> p.uid() + p.phase() + p.ready() + p.node()).orElse("none " + scene.set().updateRevision());
        // A set under load gives a healthy member something to apply all the time, which makes no pod Ready.
        return pod + (podIsAtFault(scene, ordinal) ? "" : scene.member(ordinal).map(m -> m.state() + m.applied() + m.copied()).orElse("silent"));
    }

    private static String state(Scene scene, int ordinal) {
        return scene.member(ordinal)
                .map(m -> m.state() + scene.primary()
                        .filter(p -> m.isSecondary())
                        .map(p -> ", " + m.applied().secondsBehind(p.applied()) + " s behind " + scene.name(p.ordinal()))
                        .orElse(""))
                .orElseGet(() -> Optional.ofNullable(scene.members().get(ordinal))
                        .map(MemberState::error)
                        .orElse("it has no pod"));
    }
}
