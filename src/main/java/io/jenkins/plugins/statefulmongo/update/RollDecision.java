package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What comes next while a replica set goes to its StatefulSet's present template, forward or back: the same order both ways. Pure.
 *
 * <ol>
 *   <li>Where no member is initiated, none serves: pods of another template that answer so, or cannot start, are deleted. Done
 *       when all answer.
 *   <li>A mongod that is no member of the set is waited for by nobody, and its pod replaced like a secondary's.
 *   <li>Unhealthy ordinals first. A pod of another template that cannot start is deleted, when the others hold a majority without it. Any
 *       other is waited for; while one is down nothing else is touched.
 *   <li>A pod of the present template that cannot start ends the way forward.
 *   <li>Every secondary must have caught up with the primary that a majority names, whoever that is now.
 *   <li>Pods of another template go by eviction: secondaries by ordinal, descending, the primary last. Before each, the others must hold
 *       a write majority without it, and none of them may lag.
 *   <li>When only the primary is left: a caught-up electable secondary exists, so it is asked to step down, without force. At the next
 *       look another member is primary and the old one is a secondary like the others.
 *   <li>All pods at the present template, all members healthy and caught up: finish.
 * </ol>
 */
final class RollDecision {
    /** A secondary further behind than this may not become primary by our doing (safety rule 11). */
    static final long STEP_DOWN_LAG_SECONDS = 1;
    /** While a voter is further behind than this, no other is taken away: majority writes would wait for it. */
    static final long EVICTION_LAG_SECONDS = 10;

    /** Why a pod does not get healthy, as far as it matters here. */
    record Stuck(boolean hopeless, String text) {}

    /** What to do next. */
    sealed interface Action {
        /**
         * @param member the wait ends with something that a mongod does, which no watch tells
         */
        record Wait(String reason, boolean member) implements Action {}

        record DeleteStuck(PodState pod, String why) implements Action {}

        record Evict(PodState pod, boolean primary) implements Action {}

        record StepDown(int primary) implements Action {}

        /** A pod of the present template cannot start. */
        record GiveUp(int ordinal, String why) implements Action {}

        /** Waiting would not help. */
        record Refuse(String why) implements Action {}

        record Finish() implements Action {}
    }

    private final Scene scene;
    private final Map<Integer, Stuck> stuck;
    private final Set<Integer> behind;
    private final boolean allowDowntime;

    /**
     * @param stuck by ordinal, pods that are not Ready and for which a reason was found
     * @param behind secondaries that have not caught up (see {@link CatchUp})
     * @param allowDowntime take a member away even where the others hold no write majority
     */
    RollDecision(Scene scene, Map<Integer, Stuck> stuck, Set<Integer> behind, boolean allowDowntime) {
        this.scene = scene;
        this.stuck = stuck;
        this.behind = behind;
        this.allowDowntime = allowDowntime;
    }

    Action next() {
        if (!scene.set().observed() || scene.set().updateRevision() == null) {
            return new Action.Wait("the StatefulSet controller to see the new template", false);
        }
        if (scene.config().isEmpty()) {
            return nobodyInitiated();
        }
        List<Integer> unhealthy = scene.set().ordinals().stream()
                .filter(o -> !scene.healthy(o) && !scene.outside(o))
                .toList();
        if (!unhealthy.isEmpty()) {
            return repair(unhealthy);
        }
        Optional<MemberState> primary = scene.primary();
        if (primary.isEmpty()) {
            return new Action.Wait(
                    scene.primaryHost().isPresent()
                            ? "a primary among the pods of this StatefulSet (it is " + scene.primaryHost().get() + ")"
                            : "a primary that a majority names",
                    true);
        }
        if (!behind.isEmpty()) {
            return new Action.Wait(names(behind) + " to catch up with " + scene.name(primary.get().ordinal()), true);
        }
        List<PodState> old = scene.pods().stream()
                .filter(p -> !scene.isNew(p))
                .sorted(Comparator.<PodState>comparingInt(PodState::ordinal).reversed())
                .toList();
        return old.isEmpty() ? new Action.Finish() : replace(old, primary.get());
    }

    /** Their volumes stay, so what an unreachable one may hold is not lost; a Ready pod that does not answer is waited for. */
    private Action nobodyInitiated() {
        for (PodState pod : scene.pods()) {
            Optional<MemberState> member = scene.member(pod.ordinal());
            Stuck why = stuck.get(pod.ordinal());
            if (pod.terminating()) {
                continue;
            }
            if (scene.isNew(pod)) {
                if (why != null && why.hopeless()) {
                    return new Action.GiveUp(pod.ordinal(), why.text());
                }
                continue;
            }
            if (member.isPresent() || why != null && why.hopeless()) {
                return new Action.DeleteStuck(pod, member.isPresent() ? "not initiated" : "it cannot start");
            }
            return new Action.Wait(pod.name() + " to answer", true);
        }
        // Ready they need not be: a probe that asks for a role says no until the set is initiated.
        List<Integer> silent = scene.set().ordinals().stream()
                .filter(o -> scene.pod(o).filter(p -> scene.isNew(p) && !p.terminating()).isEmpty()
                        || scene.member(o).isEmpty())
                .toList();
        return silent.isEmpty() ? new Action.Finish() : new Action.Wait(names(silent) + " to answer", true);
    }

    private Action repair(List<Integer> unhealthy) {
        for (int ordinal : unhealthy) {
            Optional<PodState> pod = scene.pod(ordinal);
            Stuck why = stuck.get(ordinal);
            if (pod.isEmpty() || pod.get().terminating() || why == null || !why.hopeless()) {
                continue;
            }
            if (scene.isNew(pod.get())) {
                return new Action.GiveUp(ordinal, why.text());
            }
            if (majorityWithout(ordinal)) {
                return new Action.DeleteStuck(pod.get(), why.text());
            }
        }
        int first = unhealthy.get(unhealthy.size() - 1);
        return new Action.Wait(
                names(unhealthy) + " to be healthy again (" + state(first) + ")",
                scene.pod(first).filter(PodState::serves).isPresent());
    }

    private Action replace(List<PodState> old, MemberState primary) {
        Optional<PodState> secondary =
                old.stream().filter(p -> p.ordinal() != primary.ordinal()).findFirst();
        PodState next = secondary.orElse(old.get(0));
        Optional<Integer> laggard = scene.set().ordinals().stream()
                .filter(o -> o != next.ordinal() && lag(o, primary) > EVICTION_LAG_SECONDS)
                .findFirst();
        if (laggard.isPresent()) {
            return new Action.Wait(
                    scene.name(laggard.get()) + ", which is " + lag(laggard.get(), primary) + " s behind", true);
        }
        if (secondary.isPresent()) {
            return takeAway(next, false);
        }
        boolean successor = scene.set().ordinals().stream().anyMatch(o -> canSucceed(o, primary));
        if (successor) {
            return new Action.StepDown(primary.ordinal());
        }
        return electable() > 1
                ? new Action.Wait("an electable secondary less than " + STEP_DOWN_LAG_SECONDS + " s behind", true)
                : takeAway(next, true);
    }

    private Action takeAway(PodState pod, boolean primary) {
        if (majorityWithout(pod.ordinal()) || allowDowntime) {
            return new Action.Evict(pod, primary);
        }
        Optional<String> scaledDown = Preconditions.scaledDown(scene);
        if (scaledDown.isPresent()) {
            return new Action.Refuse(scaledDown.get());
        }
        return new Action.Wait("a write majority without " + pod.name(), true);
    }

    /** Whether writes with w: majority go on while this ordinal is away. */
    private boolean majorityWithout(int ordinal) {
        Optional<ReplicaConfig> config = scene.config();
        if (config.isEmpty()) {
            return false;
        }
        boolean counted = scene.healthy(ordinal)
                && scene.configured(ordinal).filter(m -> m.voter() && !m.arbiter()).isPresent();
        return scene.dataVotersUp() - (counted ? 1 : 0) >= config.get().majority();
    }

    private boolean canSucceed(int ordinal, MemberState primary) {
        return ordinal != primary.ordinal()
                && scene.configured(ordinal).filter(ReplicaConfig.Member::electable).isPresent()
                && scene.member(ordinal).filter(MemberState::isSecondary).isPresent()
                && lag(ordinal, primary) < STEP_DOWN_LAG_SECONDS;
    }

    private long electable() {
        return scene.config().stream()
                .flatMap(c -> c.members().stream())
                .filter(ReplicaConfig.Member::electable)
                .count();
    }

    /** Seconds behind the primary, what the member stays behind on purpose taken off; 0 for members without data. */
    private long lag(int ordinal, MemberState primary) {
        long delay = scene.configured(ordinal).map(ReplicaConfig.Member::delaySeconds).orElse(0L);
        return scene.member(ordinal)
                .filter(MemberState::isSecondary)
                .map(m -> Math.max(0, m.applied().secondsBehind(primary.applied()) - delay))
                .orElse(0L);
    }

    private String state(int ordinal) {
        Stuck why = stuck.get(ordinal);
        if (why != null) {
            return why.text();
        }
        Optional<PodState> pod = scene.pod(ordinal);
        if (pod.isEmpty()) {
            return "no pod";
        }
        if (pod.get().terminating()) {
            return "terminating";
        }
        if (!pod.get().ready()) {
            return "not Ready";
        }
        MemberState member = scene.members().get(ordinal);
        return member == null || !member.answered() ? "mongod does not answer" : String.valueOf(member.state());
    }

    private String names(Collection<Integer> ordinals) {
        return ordinals.stream()
                .map(scene::name)
                .collect(Collectors.joining(", "));
    }
}
