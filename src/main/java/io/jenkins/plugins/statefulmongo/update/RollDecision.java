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
 * What comes next while a replica set goes to its StatefulSet's present template, forward or back: the same order both ways. Pure. Each
 * rule is a method of its own.
 *
 * <ol>
 *   <li>Where no member is initiated, none serves: pods of another template that answer so, or cannot start, are deleted. Done
 *       when all answer.
 *   <li>A mongod that is no member of any set yet is waited for by nobody, and its pod replaced like a secondary's.
 *   <li>Unhealthy ordinals first. A pod of another template that cannot start is deleted, when the others hold a majority without it; if its
 *       mongod is primary all the same, it steps down before. Any other is waited for; while one is down nothing else is touched.
 *       One that was removed from the set never gets healthy: stop. One whose mongod serves though its pod of another template is not
 *       Ready goes as if it were.
 *   <li>A pod of the present template that cannot start, or cannot even be made, ends the way forward.
 *   <li>Every member must name the primary that a majority names, whoever that is now, and every secondary have caught up with it. One whose
 *       mongod ended a moment ago is waited for until it is believed to stay up.
 *   <li>Pods of another template go by eviction: secondaries by ordinal, descending, the primary last. Before each, the others must hold
 *       a write majority without it, and none of them may lag.
 *   <li>When only the primary is left: its own heartbeats see every member again and a caught-up electable secondary exists, so it is
 *       asked to step down, without force. At the next look another member is primary and the old one is a secondary like the others.
 *   <li>All pods at the present template, all members healthy and caught up: finish.
 * </ol>
 */
class RollDecision {
    /** A secondary further behind than this may not become primary by our doing (safety rule 11). */
    static final long STEP_DOWN_LAG_SECONDS = 1;
    /** While a voter is further behind than this, no other is taken away: majority writes would wait for it. */
    static final long EVICTION_LAG_SECONDS = 10;

    /** Why a pod does not get healthy, is not made, or need not stay up, as far as it matters here. */
    record Stuck(boolean hopeless, String text) {}

    final Scene scene;
    private final Map<Integer, Stuck> stuck;
    private final Set<Integer> behind;
    private final boolean allowDowntime;

    /**
     * @param stuck by ordinal, pods that are not Ready and for which a reason was found, and those that are Ready again since a moment
     * @param behind secondaries that have not caught up (see {@link CatchUp})
     * @param allowDowntime take a member away even where the others hold no write majority, or none of them can be primary
     */
    RollDecision(Scene scene, Map<Integer, Stuck> stuck, Set<Integer> behind, boolean allowDowntime) {
        this.scene = scene;
        this.stuck = stuck;
        this.behind = behind;
        this.allowDowntime = allowDowntime;
    }

    final RollAction next() {
        if (!templateSeen()) {
            return new RollAction.Wait("the StatefulSet controller to see the new template", false);
        }
        if (scene.config().isEmpty()) {
            return nobodyInitiated();
        }
        List<Integer> unhealthy = ordinals().stream().filter(o -> !healthy(o) && !outside(o)).toList();
        if (!unhealthy.isEmpty()) {
            Optional<Integer> stranger = unhealthy.stream().filter(this::notMember).findFirst();
            return stranger.isPresent() ? stop(stranger.get()) : repair(unhealthy);
        }
        Optional<MemberState> primary = primary();
        if (primary.isEmpty()) {
            String elsewhere = scene.primaryHost().map(h -> "among the pods of this StatefulSet (it is " + h + ")").orElse(null);
            return new RollAction.Wait("a primary " + (elsewhere == null ? "that a majority names" : elsewhere), true);
        }
        Optional<Integer> apart = ordinals().stream().filter(o -> !follows(o) && !outside(o)).findFirst();
        if (apart.isPresent()) {
            return new RollAction.Wait(scene.name(apart.get()) + " to follow " + scene.name(primary.get().ordinal()), true);
        }
        if (!caughtUp()) {
            return new RollAction.Wait(names(behind) + " to catch up with " + scene.name(primary.get().ordinal()), true);
        }
        Optional<Integer> unsteady = ordinals().stream().filter(this::mayEndAgain).findFirst();
        if (unsteady.isPresent()) {
            return new RollAction.Wait(scene.name(unsteady.get()) + " to stay up (" + stuck.get(unsteady.get()).text() + ")", true);
        }
        List<PodState> old = scene.pods().stream()
                .filter(p -> !scene.isNew(p))
                .sorted(order(primary.get()))
                .toList();
        return old.isEmpty() ? new RollAction.Finish() : replace(old.get(0), primary.get());
    }

    /** Until the controller has seen the latest write, nobody can tell new pods from old ones. */
    boolean templateSeen() {
        return scene.set().observed() && scene.set().updateRevision() != null;
    }

    /** The pod is Ready and its mongod PRIMARY, SECONDARY or ARBITER. */
    boolean healthy(int ordinal) {
        return scene.healthy(ordinal);
    }

    /** Of the highest term, named by a majority, and of the same opinion itself (safety rule 10). */
    Optional<MemberState> primary() {
        return scene.primary();
    }

    /** Takes nobody else for primary, itself included (safety rule 10). */
    boolean follows(int ordinal) {
        return scene.follows(ordinal);
    }

    /** Every secondary, the one replaced last included, has what the primary had. */
    boolean caughtUp() {
        return behind.isEmpty();
    }

    /** Secondaries by ordinal, descending; the primary last. */
    Comparator<PodState> order(MemberState primary) {
        return Comparator.<PodState, Boolean>comparing(p -> p.ordinal() == primary.ordinal())
                .thenComparing(PodState::ordinal, Comparator.reverseOrder());
    }

    /** It may be added later: no vote is lost with it. */
    boolean outside(int ordinal) {
        return scene.outside(ordinal);
    }

    /** Removed from the set. Judged while there is a primary only: whoever was cut off may have an old configuration. */
    boolean notMember(int ordinal) {
        return scene.leader().isPresent()
                && scene.configured(ordinal).isEmpty()
                && scene.member(ordinal).filter(MemberState::initiated).isPresent();
    }

    /** Only what no passing of time heals (safety rule 12). */
    boolean cannotStart(int ordinal) {
        return Optional.ofNullable(stuck.get(ordinal)).filter(Stuck::hopeless).isPresent();
    }

    /** Up since a moment only: were another taken away, two might be gone at once. */
    boolean mayEndAgain(int ordinal) {
        return healthy(ordinal) && stuck.containsKey(ordinal);
    }

    /** A pod that is not Ready may yet run the set's primary, or one that still takes itself for it. */
    boolean servesAsPrimary(int ordinal) {
        return scene.member(ordinal).filter(MemberState::isPrimary).isPresent()
                && scene.primary().filter(p -> p.ordinal() != ordinal).isEmpty();
    }

    /** Whether writes with w: majority go on while this ordinal is away. */
    boolean majorityWithout(int ordinal) {
        boolean counted = scene.healthy(ordinal)
                && scene.follows(ordinal)
                && scene.configured(ordinal).filter(ReplicaConfig.Member::acknowledges).isPresent();
        return scene.writersUp() - (counted ? 1 : 0)
                >= scene.config().map(ReplicaConfig::majority).orElse(Long.MAX_VALUE);
    }

    /** Another voter so far behind that majority writes would wait for it (safety rule 8). */
    Optional<String> laggard(int ordinal, MemberState primary) {
        return ordinals().stream()
                .filter(o -> o != ordinal && lag(o, primary) > EVICTION_LAG_SECONDS)
                .map(o -> scene.name(o) + ", which is " + lag(o, primary) + " s behind")
                .findFirst()
                .or(() -> scene.outsiders().stream()
                        .filter(m -> m.voter() && lag(m, primary) > EVICTION_LAG_SECONDS)
                        .map(m -> m.host() + ", which is " + lag(m, primary) + " s behind")
                        .findFirst());
    }

    /** Whether it can be primary in its place without delay (safety rule 11). */
    boolean canSucceed(int ordinal, MemberState primary) {
        return ordinal != primary.ordinal()
                && electable(ordinal)
                && scene.follows(ordinal)
                && scene.member(ordinal).filter(MemberState::isSecondary).isPresent()
                && lag(ordinal, primary) < STEP_DOWN_LAG_SECONDS;
    }

    /** Its heartbeats, one every 2 s, decide whom it hands over to: a member that they do not see yet is no successor, and no vote for one. */
    boolean sees(MemberState primary, int ordinal) {
        return scene.configured(ordinal)
                .flatMap(m -> primary.peer(m.host()))
                .filter(p -> !p.healthy())
                .isEmpty();
    }

    boolean electable(int ordinal) {
        return scene.configured(ordinal).filter(ReplicaConfig.Member::electable).isPresent();
    }

    /** Only pods that cannot start could be primary: there is no majority to keep, it would wait for them. */
    boolean nobodyCanLead() {
        return scene.leader().isEmpty()
                && ordinals().stream()
                        .filter(this::electable)
                        .allMatch(o -> cannotStart(o) && scene.pod(o).filter(scene::mongodRuns).isEmpty());
    }

    /** Nobody else of this StatefulSet can ever be primary. */
    boolean onlyElectable(int ordinal) {
        return ordinals().stream().noneMatch(o -> o != ordinal && electable(o));
    }

    /** With nobody to take over, the set has no primary while this pod is replaced, which only allowDowntime allows. */
    boolean handsOver(int ordinal) {
        return !onlyElectable(ordinal) || !allowDowntime;
    }

    /** What a delayed member stays behind on purpose is no lag (safety rule 9). */
    long delay(ReplicaConfig.Member member) {
        return member.delaySeconds();
    }

    /** A mongod that runs but does not answer this once may be the primary, or initiated and the others with it. */
    boolean mayServe(PodState pod) {
        return pod.running()
                && !pod.terminating()
                && scene.member(pod.ordinal()).isEmpty()
                && (!cannotStart(pod.ordinal()) || scene.mongodRuns(pod));
    }

    /** It has data: a mongod that has just started says for a moment that it knows no configuration, however many its set has had. */
    boolean mayBeInitiated(PodState pod) {
        return scene.member(pod.ordinal()).filter(MemberState::data).isPresent();
    }

    private RollAction nobodyInitiated() {
        Optional<PodState> loading = scene.pods().stream().filter(this::mayBeInitiated).findFirst();
        if (loading.isPresent()) {
            return new RollAction.Wait(loading.get().name() + ", which has data, to tell its configuration", true);
        }
        Optional<PodState> silent = scene.pods().stream().filter(this::mayServe).findFirst();
        if (silent.isPresent()) {
            return new RollAction.Wait(silent.get().name() + " to answer", true);
        }
        for (PodState pod : scene.pods()) {
            boolean answers = scene.member(pod.ordinal()).isPresent();
            boolean stuckForGood = cannotStart(pod.ordinal());
            if (pod.terminating() || scene.isNew(pod) && !stuckForGood) {
                continue;
            }
            if (scene.isNew(pod)) {
                return new RollAction.GiveUp(pod.ordinal(), stuck.get(pod.ordinal()).text());
            }
            return answers || stuckForGood
                    ? new RollAction.DeleteStuck(pod, answers ? "not initiated" : "it cannot start")
                    : new RollAction.Wait(pod.name() + " to answer", true);
        }
        Optional<Integer> unmade = ordinals().stream().filter(o -> scene.pod(o).isEmpty() && cannotStart(o)).findFirst();
        if (unmade.isPresent()) {
            return new RollAction.GiveUp(unmade.get(), stuck.get(unmade.get()).text());
        }
        // Ready they need not be: a probe that asks for a role says no until the set is initiated.
        List<Integer> missing = ordinals().stream()
                .filter(o -> scene.pod(o).filter(p -> scene.isNew(p) && !p.terminating()).isEmpty()
                        || scene.member(o).isEmpty())
                .toList();
        return missing.isEmpty() ? new RollAction.Finish() : new RollAction.Wait(names(missing) + " to answer", true);
    }

    private RollAction repair(List<Integer> unhealthy) {
        RollAction handOver = null;
        for (int ordinal : unhealthy) {
            Optional<PodState> pod = scene.pod(ordinal);
            if (!cannotStart(ordinal)) {
                Optional<RollAction> next = unreadyOnly(ordinal) && othersAreWell(ordinal) ? replaceIfSafe(pod.orElseThrow()) : Optional.empty();
                if (next.isPresent()) {
                    return next.get();
                }
                continue;
            }
            if (pod.isEmpty() || scene.isNew(pod.get())) {
                return new RollAction.GiveUp(ordinal, stuck.get(ordinal).text());
            }
            if (pod.get().terminating() || mayServe(pod.get()) || !majorityWithout(ordinal) && !allowDowntime && !nobodyCanLead()) {
                continue;
            }
            if (!servesAsPrimary(ordinal) || !handsOver(ordinal)) {
                return new RollAction.DeleteStuck(pod.get(), stuck.get(ordinal).text());
            }
            if (scene.leader().isPresent() && scene.follows(ordinal)) {
                handOver = handOver(scene.member(ordinal).orElseThrow());
            }
        }
        if (handOver != null) {
            return handOver;
        }
        int first = unhealthy.get(unhealthy.size() - 1);
        Stuck why = stuck.get(first);
        return new RollAction.Wait(
                names(unhealthy) + " to be healthy again (" + (why == null ? scene.state(first) : why.text()) + ")",
                scene.pod(first).filter(PodState::serves).isPresent());
    }

    /**
     * Its mongod does all that a member can, and yet its pod is not Ready, by a template that is another one now: mostly a probe that never
     * passes. Waiting mends no such pod, and it is to be replaced anyway.
     */
    boolean unreadyOnly(int ordinal) {
        return scene.pod(ordinal).filter(p -> !scene.isNew(p) && p.running() && !p.ready() && !p.terminating()).isPresent()
                && scene.member(ordinal).filter(MemberState::healthy).isPresent()
                && scene.follows(ordinal);
    }

    /** All others are healthy, follow the primary, have caught up and are believed to stay up. */
    boolean othersAreWell(int ordinal) {
        return ordinals().stream()
                .filter(o -> o != ordinal && !outside(o))
                .allMatch(o -> healthy(o) && follows(o) && !behind.contains(o) && !mayEndAgain(o));
    }

    /** A primary only as the last one: else the next would have to step down as well. */
    private Optional<RollAction> replaceIfSafe(PodState pod) {
        return primary()
                .filter(p -> p.ordinal() != pod.ordinal() || scene.pods().stream().allMatch(o -> o == pod || scene.isNew(o)))
                .map(p -> replace(pod, p))
                .filter(next -> !(next instanceof RollAction.Wait));
    }

    private RollAction replace(PodState next, MemberState primary) {
        Optional<String> laggard = laggard(next.ordinal(), primary);
        if (laggard.isPresent()) {
            return new RollAction.Wait(laggard.get(), true);
        }
        if (!majorityWithout(next.ordinal()) && !allowDowntime) {
            return Preconditions.scaledDown(scene)
                    .<RollAction>map(stop -> stop)
                    .orElseGet(() -> new RollAction.Wait("a write majority without " + next.name(), true));
        }
        boolean isPrimary = next.ordinal() == primary.ordinal();
        return isPrimary && handsOver(next.ordinal()) ? handOver(primary) : new RollAction.Evict(next, isPrimary);
    }

    private RollAction handOver(MemberState primary) {
        List<Integer> unseen = ordinals().stream().filter(o -> !sees(primary, o) && healthy(o)).toList();
        if (!unseen.isEmpty()) {
            return new RollAction.Wait(scene.name(primary.ordinal()) + " to see " + names(unseen) + " again", true);
        }
        if (ordinals().stream().anyMatch(o -> canSucceed(o, primary))) {
            return new RollAction.StepDown(primary.ordinal());
        }
        return onlyElectable(primary.ordinal())
                ? new RollAction.Wait("another member that can become primary: only " + scene.name(primary.ordinal()) + " can", true)
                : new RollAction.Wait("an electable secondary less than " + STEP_DOWN_LAG_SECONDS + " s behind", true);
    }

    private RollAction stop(int ordinal) {
        return new RollAction.Stop(
                scene.name(ordinal) + " is no member of replica set " + scene.config().map(ReplicaConfig::name).orElseThrow()
                        + " (" + scene.state(ordinal) + "): the set's configuration does not hold " + scene.hosts().host(ordinal) + ".",
                "Waiting does not make it one. Let initReplicaSet add it, or lower the StatefulSet's replicas to the set's members.");
    }

    private List<Integer> ordinals() {
        return scene.set().ordinals();
    }

    /** Seconds behind the primary; 0 for members without data. */
    private long lag(int ordinal, MemberState primary) {
        return scene.member(ordinal)
                .filter(MemberState::isSecondary)
                .map(m -> m.applied().secondsBehind(primary.applied()) - scene.configured(ordinal).map(this::delay).orElse(0L))
                .orElse(0L);
    }

    /** Of a member that cannot be asked: by the primary's heartbeats, which are some seconds old. */
    private long lag(ReplicaConfig.Member outsider, MemberState primary) {
        return primary.peer(outsider.host())
                .filter(p -> p.up() && !outsider.arbiter())
                .map(p -> p.applied().secondsBehind(primary.applied()) - delay(outsider))
                .orElse(0L);
    }

    private String names(Collection<Integer> ordinals) {
        return ordinals.stream().map(scene::name).collect(Collectors.joining(", "));
    }
}
