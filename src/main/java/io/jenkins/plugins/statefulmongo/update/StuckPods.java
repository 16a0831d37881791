package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
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

/**
 * Finds the pods of an update that cannot start, and members that make no progress.
 *
 * <p>Time alone deletes nothing (safety rule 12): a pod counts as hopeless at once where its trouble cannot heal, or when one of
 * {@link #DELETABLE} has not changed for {@code stuckSeconds}. A running member without progress for {@code memberTimeoutSeconds} ends the
 * step and is left as it is.
 */
final class StuckPods {
    /** Troubles of a pod whose mongod does not run: taking it away takes nothing from the set. */
    private static final Set<Cause> DELETABLE = EnumSet.of(
            Cause.IMAGE_PULL, Cause.CONFIG, Cause.START, Cause.CRASH, Cause.OUT_OF_MEMORY, Cause.UNSCHEDULABLE);
    /** An examination costs requests: a pod that did not change is looked at again after this time. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private record Seen(String fingerprint, long at) {
        Duration age() {
            return Duration.ofNanos(System.nanoTime() - at);
        }
    }

    private record Examined(String resourceVersion, long at, Optional<Trouble> trouble) {}

    private final Kube kube;
    private final Roll.Options options;
    private final Map<String, Examined> examined = new HashMap<>();
    private final Map<String, Seen> troubles = new HashMap<>();
    private final Map<Integer, Seen> progress = new HashMap<>();

    StuckPods(Kube kube, Roll.Options options) {
        this.kube = kube;
        this.options = options;
    }

    /** By ordinal, the pods that are not Ready and why, as far as that is known. */
    Map<Integer, Stuck> find(Scene scene) throws Failure, Unavailable, InterruptedException {
        Map<Integer, Stuck> stuck = new TreeMap<>();
        for (PodState pod : scene.pods()) {
            if (pod.ready() || pod.terminating()) {
                troubles.remove(pod.uid());
                continue;
            }
            Optional<Trouble> trouble = examine(scene, pod);
            if (trouble.isPresent()) {
                stuck.put(pod.ordinal(), new Stuck(hopeless(pod, trouble.get()), trouble.get().text()));
            }
        }
        return stuck;
    }

    /**
     * @throws Failure when a member that is unhealthy or behind has shown no progress for memberTimeoutSeconds
     */
    void judgePatience(Scene scene, Set<Integer> behind, String leftBehind) throws Failure {
        for (int ordinal : scene.set().ordinals()) {
            if (scene.outside(ordinal) || scene.healthy(ordinal) && !behind.contains(ordinal)) {
                progress.remove(ordinal);
                continue;
            }
            Seen seen = remember(progress, ordinal, fingerprint(scene, ordinal));
            if (seen.age().toSeconds() >= patience(scene, ordinal)) {
                throw new Failure(
                        scene.name(ordinal) + " has made no progress for " + seen.age().toSeconds()
                                + " s (memberTimeoutSeconds): " + state(scene, ordinal) + ".",
                        "It is left as it is: time alone deletes nothing. Its log and its network tell more: kubectl logs -n "
                                + scene.set().namespace() + " " + scene.name(ordinal) + " -c " + scene.set().container(),
                        leftBehind);
            }
        }
    }

    private boolean hopeless(PodState pod, Trouble trouble) {
        Seen seen = remember(troubles, pod.uid(), sameness(trouble));
        return trouble.hopeless()
                || DELETABLE.contains(trouble.cause()) && seen.age().toSeconds() >= options.stuckSeconds();
    }

    /** Equal for the same trouble later on: one restart more is no change. */
    static String sameness(Trouble trouble) {
        return trouble.cause() + trouble.what().replaceAll(" \\(\\d+ restarts?\\)|\\d+", "");
    }

    private Optional<Trouble> examine(Scene scene, PodState pod) throws Failure, Unavailable, InterruptedException {
        Examined known = examined.get(pod.uid());
        long now = System.nanoTime();
        if (known == null
                || !known.resourceVersion.equals(pod.resourceVersion())
                || now - known.at > AGAIN.toNanos()) {
            known = new Examined(pod.resourceVersion(), now, new Examination(kube, scene.set().namespace()).of(pod));
            examined.keySet().retainAll(scene.pods().stream().map(PodState::uid).toList());
            examined.put(pod.uid(), known);
        }
        return known.trouble;
    }

    private static <K> Seen remember(Map<K, Seen> map, K key, String fingerprint) {
        return map.compute(key, (k, seen) ->
                seen != null && seen.fingerprint.equals(fingerprint) ? seen : new Seen(fingerprint, System.nanoTime()));
    }

    /** A mongod that is asked to end has its grace period for that, in which nothing can be seen of it. */
    private int patience(Scene scene, int ordinal) {
        boolean ends = scene.pod(ordinal).filter(PodState::terminating).isPresent();
        return options.memberTimeoutSeconds() + (ends ? Roll.grace(scene.set()) : 0);
    }

    /** What stays the same while a member makes no progress. */
    static String fingerprint(Scene scene, int ordinal) {
        String pod = scene.pod(ordinal).map(p -> p.uid() + p.phase() + p.ready() + p.node()).orElse("none");
        return pod + scene.member(ordinal).map(m -> m.state() + m.applied() + m.copied()).orElse("silent");
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
