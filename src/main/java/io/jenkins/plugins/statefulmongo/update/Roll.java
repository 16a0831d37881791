package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings every pod of a replica set to its StatefulSet's template without losing a write. The way is in {@link RollDecision}; here it is
 * walked:
 *
 * <ol>
 *   <li>Look: StatefulSet and pods from the watch, every mongod directly. Decide.
 *   <li>A wait is answered at once. Before anything is changed: the Lease is renewed, all is looked at again past every cache, and decided
 *       again; only that second decision is carried out, once in a tick.
 *   <li>The journal in the StatefulSet says where the way began and where it leads back to. A pod that cannot start turns it round; it ends
 *       with the strategy as it was found and no journal.
 * </ol>
 */
final class Roll implements AutoCloseable {
    private static final Duration MEMBERS = Duration.ofMillis(250);
    private static final Duration ELECTION = Duration.ofMillis(50);

    /** How an update was asked for. */
    record Options(
            int memberTimeoutSeconds, int stuckSeconds, boolean rollbackOnFailure, boolean allowDowntime, String clusterDomain) {

        static Options of(Parameters parameters) throws Failure {
            return new Options(
                    parameters.number("memberTimeoutSeconds", 600, 30, 86_400),
                    parameters.number("stuckSeconds", 120, 5, 3_600),
                    parameters.flag("rollbackOnFailure", true),
                    parameters.flag("allowDowntime", false),
                    parameters.clusterDomain());
        }
    }

    private final Scope scope;
    private final Options options;
    private final SetReader reader;
    private final SetLease lease;
    private final Members members;
    private final StuckPods stuckPods;
    private final CatchUp catchUp = new CatchUp();
    private final RollStory story;
    private Release target;
    private int stepDownRefusals;
    private Set<Integer> behind = Set.of();
    private SetState last;

    Roll(Scope scope, String name, String container, Options options) {
        this.scope = scope;
        this.options = options;
        reader = new SetReader(scope, name, container);
        lease = new SetLease(scope.kube(), scope.namespace(), name, scope.holder());
        members = new Members(scope.kube());
        stuckPods = new StuckPods(scope.kube(), options);
        story = new RollStory(scope.console());
    }

    /** Which release the present template's pods must turn out to run; null: not checked. */
    void expect(Release release) {
        target = release;
    }

    RollStory story() {
        return story;
    }

    Members members() {
        return members;
    }

    /**
     * Whether the set bears it that a roll begins now.
     *
     * @return what to answer while it does not
     * @throws Failure where it never will
     */
    Optional<Outcome> notReady(Scene scene) throws Failure, Unavailable, InterruptedException {
        Preconditions.check(scene.set());
        if (scene.config().isEmpty()) {
            // Nobody is initiated: there is nothing to keep serving.
            return Optional.empty();
        }
        Preconditions.checkMembers(scene, options.allowDowntime());
        Optional<MemberState> primary = scene.primary();
        if (primary.isEmpty()) {
            return Optional.of(Outcome.after(MEMBERS, "a primary that a majority names"));
        }
        if (scene.dataVotersUp() < scene.config().get().majority()) {
            return Optional.of(Outcome.after(MEMBERS, "a majority of healthy members"));
        }
        PodState pod = scene.pod(primary.get().ordinal()).orElseThrow();
        Preconditions.checkOplog(
                members.client(scene.set(), pod).oplogWindowSeconds(), options.memberTimeoutSeconds());
        return Optional.empty();
    }

    /** The journal for a change that is about to be written: an unfinished one keeps its way back. */
    Journal begin(Scene scene) {
        SetState set = scene.set();
        Optional<Journal> unfinished = journal(set);
        if (unfinished.isPresent()) {
            scope.console().line("continues the update that " + unfinished.get().holder() + " began");
            return unfinished.get().goingForward();
        }
        Preconditions.unequalPriorities(scene).ifPresent(scope.console()::line);
        story.began();
        return new Journal(
                scope.holder(),
                set.strategy(),
                set.template(),
                scene.primary().map(MemberState::term).orElse(-1L),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                null);
    }

    /** To be answered while another build holds the set's Lease. */
    Optional<Outcome> hold() throws Failure, Unavailable, InterruptedException {
        return lease.hold(scope.console());
    }

    /** Looks at the set and asks all members. */
    Scene look(boolean fresh) throws Failure, Unavailable, InterruptedException {
        SetState set = reader.mongo(fresh);
        last = set;
        List<PodState> pods = reader.pods(set, fresh).stream()
                .filter(p -> set.ordinals().contains(p.ordinal()))
                .toList();
        Scene scene = new Scene(set, new Hosts(set, options.clusterDomain()), pods, members.ask(set, pods));
        story.see(scene);
        return scene;
    }

    Optional<Journal> journal(SetState set) {
        return Journal.of(set, scope.kube());
    }

    /**
     * Writes a template with OnDelete and the journal, if the StatefulSet still is as it was looked at.
     *
     * @return false where it is not: nothing was written
     */
    boolean write(SetState set, Map<String, Object> template, Journal journal)
            throws Failure, Unavailable, InterruptedException {
        return put(set, SetEdit.rolling(set, template, journal.text(scope.kube())));
    }

    /**
     * One tick of a set that has a journal.
     *
     * @return empty when the journal is closed: every pod is at the template, the strategy as it was found
     */
    Optional<Outcome> tick() throws Failure, Unavailable, InterruptedException {
        Scene scene = look(false);
        Action seen = decide(scene);
        // A watch that is a moment late does not show the journal yet: its absence is believed only past the cache.
        if (seen instanceof Action.Wait wait && journal(scene.set()).isPresent()) {
            stuckPods.judgePatience(scene, behind, leftBehind());
            return Optional.of(pause(wait));
        }
        Optional<Outcome> held = hold();
        if (held.isPresent()) {
            return held;
        }
        Scene fresh = look(true);
        Optional<Journal> still = journal(fresh.set());
        if (still.isEmpty()) {
            return Optional.empty();
        }
        checkRelease(fresh);
        return Optional.of(act(fresh, still.get(), decide(fresh)));
    }

    private Action decide(Scene scene) throws Failure, Unavailable, InterruptedException {
        Optional<MemberState> primary = scene.primary();
        behind = primary.isPresent()
                ? catchUp.behind(scene.pods(), scene.members(), primary.get(), scene.delays())
                : Set.of();
        story.see(scene, behind);
        return new RollDecision(scene, stuckPods.find(scene), behind, options.allowDowntime()).next();
    }

    private Outcome act(Scene scene, Journal journal, Action next) throws Failure, Unavailable, InterruptedException {
        SetState set = scene.set();
        if (next instanceof Action.Wait wait) {
            return pause(wait);
        }
        if (next instanceof Action.GiveUp up) {
            return giveUp(scene, journal, up);
        }
        if (next instanceof Action.Finish) {
            if (!put(set, SetEdit.finished(set, journal))) {
                return Outcome.now("the StatefulSet to change");
            }
            story.finished(journal);
            if (journal.back()) {
                throw new Failure(
                        journal.failure(),
                        "Rolled back: every member runs " + set.image() + " again, the set is whole.");
            }
            return Outcome.now("the StatefulSet to change");
        }
        try {
            if (next instanceof Action.DeleteStuck delete) {
                PodState pod = delete.pod();
                scope.kube().deletePod(set.namespace(), pod.name(), pod.uid(), pod.resourceVersion(), grace(set));
                story.takenAway(pod, "deleted, as it could not start");
            } else if (next instanceof Action.Evict evict) {
                PodState pod = evict.pod();
                scope.kube().evict(set.namespace(), pod.name(), pod.uid(), pod.resourceVersion(), grace(set));
                story.takenAway(pod, "replaced");
            } else if (next instanceof Action.StepDown down) {
                return stepDown(scene, down.primary());
            }
        } catch (Refused e) {
            return refused(e, next);
        }
        return Outcome.now("the pod to go");
    }

    private Outcome stepDown(Scene scene, int primary) throws Failure, Unavailable {
        PodState pod = scene.pod(primary).orElseThrow();
        try {
            story.stepsDown(pod.name());
            members.client(scene.set(), pod).stepDown(120, 5);
            stepDownRefusals = 0;
        } catch (MemberRefused e) {
            // 262: no secondary caught up in time; NotWritablePrimary: it is no primary any more. Look again, later each time.
            stepDownRefusals++;
            story.stays();
            Duration pause = Duration.ofSeconds(Math.min(60, 1L << Math.min(stepDownRefusals, 6)));
            scope.console().changed("step down", pod.name() + "  does not step down yet: " + e.serverMessage());
            return Outcome.after(pause, pod.name() + " to step down");
        }
        return Outcome.after(ELECTION, "a new primary");
    }

    private Outcome giveUp(Scene scene, Journal journal, Action.GiveUp up)
            throws Failure, Unavailable, InterruptedException {
        String what = scene.name(up.ordinal()) + " does not come up with the new template (" + scene.set().image() + "): " + up.why();
        if (journal.back()) {
            throw new Failure(
                    journal.failure(),
                    "While rolling back: " + what,
                    leftBehind());
        }
        Optional<String> cannot = options.rollbackOnFailure()
                ? RollBack.forbidden(scene, journal)
                : Optional.of("rollbackOnFailure is false");
        if (cannot.isPresent()) {
            throw new Failure(
                    what,
                    "Left as it is, no pod was put back: " + cannot.get() + ".",
                    RollBack.choices(scene, journal));
        }
        scope.console().line(what.replaceAll("\n *", "\n    "));
        scope.console().line("rolling back to " + journal.image(scene.set()));
        target = null;
        write(scene.set(), journal.template(), journal.goingBack(what));
        return Outcome.now("the StatefulSet to change");
    }

    /** The first member at the new image shows whether it is the release that it was taken for (safety rule 14). */
    private void checkRelease(Scene scene) throws Failure {
        for (PodState pod : scene.pods()) {
            Optional<MemberState> member = scene.member(pod.ordinal());
            if (target != null
                    && scene.set().observed()
                    && scene.isNew(pod)
                    && member.isPresent()
                    && member.get().version() != null
                    && !target.matches(member.get().version())) {
                throw new Failure(
                        pod.name() + " runs MongoDB " + member.get().version() + ", but " + scene.set().image()
                                + " was taken for " + target + ".",
                        "The update stops here.",
                        leftBehind(),
                        "Give the image's true release with the parameter 'version', or name another image.");
            }
        }
    }

    /** False where the StatefulSet has changed meanwhile: nothing was written. */
    private boolean put(SetState set, Map<String, Object> object) throws Failure, Unavailable, InterruptedException {
        try {
            scope.kube().replace(Kind.STATEFUL_SET, set.namespace(), object);
            return true;
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e;
            }
            return false;
        }
    }

    private Outcome refused(Refused e, Action next) throws Refused {
        if (e.code() == 429) {
            scope.console().changed("budget", "waits: " + e.serverMessage());
            return Outcome.after(Duration.ofSeconds(2), "the PodDisruptionBudget to allow it");
        }
        if (e.code() == 404 || e.code() == 409) {
            return Outcome.now("another look: " + next.getClass().getSimpleName() + " met a pod that had changed");
        }
        throw e;
    }

    private Outcome pause(Action.Wait wait) {
        return story.betweenPrimaries()
                ? Outcome.after(ELECTION, wait.reason())
                : wait.member() ? Outcome.after(MEMBERS, wait.reason()) : Outcome.after(Duration.ofSeconds(2), wait.reason());
    }

    /** mongod 5.0 and later takes up to 15 s to hand over and quiesce; the pod's own longer time counts. */
    private static int grace(SetState set) {
        return Math.max(60, set.graceSeconds());
    }

    /** What stands when the update ends before its time, or null when nothing was begun. */
    String leftBehind() {
        if (last == null || journal(last).isEmpty()) {
            return null;
        }
        return "StatefulSet " + last.name() + " stays at OnDelete with the template of " + last.image()
                + ", so nothing is replaced by itself; " + story.progress()
                + ". Run the step again: it continues. To go back instead, run it with the old image.";
    }

    /** Fills a step's result: order, elections, times. */
    void addTo(LinkedHashMap<String, Object> result) {
        story.addTo(result);
    }

    @Override
    public void close() {
        lease.release();
        members.close();
        reader.close();
    }
}
