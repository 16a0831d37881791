package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.report.LongWait;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Duration;
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
    private final SetAccess access;
    private final StuckPods stuckPods;
    private final CatchUp catchUp = new CatchUp();
    private final RollStory story;
    private final LongWait longWait = new LongWait(System::nanoTime);
    private Release target;
    private int stepDownRefusals;
    private Set<Integer> behind = Set.of();
    private Journal followed;
    private boolean turned;

    Roll(Scope scope, String name, String container, Options options) {
        this.scope = scope;
        this.options = options;
        access = new SetAccess(scope, name, container, options);
        stuckPods = new StuckPods(scope.kube(), options);
        story = new RollStory(scope.console());
    }

    /** Which release the present template's pods must turn out to run; null: not checked. */
    void expect(Release release) {
        target = release;
    }

    SetAccess access() {
        return access;
    }

    RollStory story() {
        return story;
    }

    /** What an update that cannot begin yet waits for. */
    Optional<Outcome> notReady(Scene scene) throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> wait = access.notReady(scene);
        if (wait.isPresent() && wait.get() instanceof Outcome.Again again) {
            longWait.line(again.waitingFor()).ifPresent(scope.console()::line);
        }
        return wait;
    }

    /** Looks at the set, and takes notice of who is primary. */
    Scene look(boolean fresh) throws Failure, Unavailable, InterruptedException {
        Scene scene = access.look(fresh);
        story.see(scene);
        scope.recorder().pods(scene.pods());
        MemberTable.of(scene.hosts(), scene.members()).ifPresent(scope.recorder()::members);
        return scene;
    }

    /** What stands when the update ends before its time, or null when nothing was begun. */
    String leftBehind() {
        return access.leftBehind(story.progress());
    }

    /**
     * One tick of a set that has a journal.
     *
     * @return empty when the journal is closed: every pod is at the template, the strategy as it was found
     */
    Optional<Outcome> tick() throws Failure, Unavailable, InterruptedException {
        // Kept through the waits too: a Lease that nobody renews is the next build's to take (safety rule 7).
        Optional<Outcome> kept = access.hold();
        if (kept.isPresent()) {
            return kept;
        }
        Scene scene = look(false);
        Optional<Journal> written = access.journal(scene.set());
        Optional<String> opened = written.filter(j -> scene.set().observed() && !j.back() && j.opened() == null).flatMap(j -> RollBack.forbidden(scene, j, target));
        if (opened.isPresent()) {
            // Kept at once: by the time that it matters, the pod that shows it may be another one.
            if (!access.holdsThroughACall()) {
                return Optional.of(Outcome.now("another look: this one took too long"));
            }
            access.write(scene.set(), scene.set().template(), written.get().opened(opened.get()));
            return Optional.of(Outcome.after(ELECTION, "the StatefulSet to change"));
        }
        RollAction seen = decide(scene);
        // A watch that is a moment late does not show the journal yet: its absence is believed only past the cache.
        if (seen instanceof RollAction.Wait wait && written.isPresent()) {
            stuckPods.judgePatience(scene, behind, leftBehind());
            return Optional.of(pause(wait));
        }
        Optional<Outcome> held = access.hold();
        if (held.isPresent()) {
            return held;
        }
        Scene fresh = look(true);
        Optional<Journal> still = access.journal(fresh.set());
        if (still.isEmpty() && followed != null && !fresh.set().observed()) {
            // Only an observed set tells who closed the journal.
            return Optional.of(Outcome.after(ELECTION, "the StatefulSet controller to see the end of the update"));
        }
        if (still.isEmpty()) {
            closed(fresh);
            return Optional.empty();
        }
        followed = still.get();
        checkRelease(fresh);
        RollAction next = decide(fresh);
        return Optional.of(
                access.holdsThroughACall() ? act(fresh, still.get(), next) : Outcome.now("another look: this one took too long"));
    }

    /** The journal that was followed is gone: by our own write, whose answer may have got lost, or by somebody else's. */
    private void closed(Scene scene) throws Failure {
        if (followed == null) {
            return;
        }
        Journal journal = followed;
        followed = null;
        SetState set = scene.set();
        if (!scene.complete()) {
            throw new Failure(
                    "somebody removed the journal of the update under way (annotation " + Journal.ANNOTATION + " of StatefulSet " + set.name() + ").",
                    "This step replaces no further pod; the strategy is " + Json.text(set.strategy(), "type") + " now, " + story.progress() + ".",
                    "Run the step again: it looks at every pod anew.");
        }
        story.finished(journal);
        if (journal.back() && (turned || journal.holder().equals(scope.holder()))) {
            throw new Failure(journal.failure(), "Rolled back: every member runs " + set.image() + " again, the set is whole.");
        }
        if (journal.back()) {
            // Whoever finishes what another build could not has done its own work.
            scope.console().line(Mark.ROLLBACK, "finished the rollback that " + SetLease.label(journal.holder()) + " left: every member runs "
                    + set.image() + " again");
        }
    }

    /**
     * For a set that has all pods at its template and no journal.
     *
     * @return what to answer while a member is not healthy; empty when all are
     * @throws Failure where one cannot start, or makes no progress
     */
    Optional<Outcome> unsettled(Scene scene) throws Failure, Unavailable, InterruptedException {
        checkRelease(scene);
        RollAction next = decide(scene);
        if (next instanceof RollAction.GiveUp up) {
            throw new Failure(up.why(), "All pods have the wanted template: nothing was changed.");
        }
        if (next instanceof RollAction.Stop stop) {
            throw new Failure(stop.what(), "All pods have the wanted template: nothing was changed.", stop.remedy());
        }
        if (next instanceof RollAction.Wait wait) {
            stuckPods.judgePatience(scene, behind, null);
            return Optional.of(pause(wait));
        }
        return Optional.empty();
    }

    private RollAction decide(Scene scene) throws Failure, Unavailable, InterruptedException {
        behind = catchUp.behind(scene.pods(), scene.members(), scene.primary(), scene.delays());
        story.see(scene, behind);
        scene.set().ordinals().stream().filter(scene::outside).map(scene::name).forEach(pod -> scope.console()
                .changed("outside " + pod, pod + "  is no member of the replica set: initReplicaSet adds it"));
        return new RollDecision(scene, stuckPods.find(scene), behind, options.allowDowntime()).next();
    }

    private Outcome act(Scene scene, Journal journal, RollAction next) throws Failure, Unavailable, InterruptedException {
        SetState set = scene.set();
        if (next instanceof RollAction.Wait wait) {
            return pause(wait);
        }
        longWait.over();
        if (next instanceof RollAction.Stop stop) {
            throw new Failure(stop.what(), stop.remedy(), leftBehind());
        }
        if (next instanceof RollAction.GiveUp up) {
            return giveUp(scene, journal, up);
        }
        if (next instanceof RollAction.Finish) {
            if (!access.finish(set, journal)) {
                return Outcome.now("the StatefulSet to change");
            }
            closed(scene);
            return Outcome.now("the StatefulSet to change");
        }
        try {
            if (next instanceof RollAction.DeleteStuck delete) {
                PodState pod = delete.pod();
                story.takenAway(pod, "deleted, as it could not start"); // before the call, whose answer may get lost
                scope.kube().deleteAsSeen(Kind.POD, set.namespace(), pod.name(), pod.uid(), pod.resourceVersion(),
                        Map.of("gracePeriodSeconds", grace(set)));
            } else if (next instanceof RollAction.Evict evict) {
                PodState pod = evict.pod();
                story.takenAway(pod, "replaced");
                scope.kube().evict(set.namespace(), pod.name(), pod.uid(), pod.resourceVersion(), grace(set));
            } else if (next instanceof RollAction.StepDown down) {
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
            access.client(scene.set(), pod).stepDown(120, 5);
            stepDownRefusals = 0;
        } catch (MemberRefused e) {
            // 262: no secondary caught up in time; NotWritablePrimary: it is no primary any more. Look again, later each time.
            stepDownRefusals++;
            story.stays();
            scope.console().changed("step down", pod.name() + "  does not step down yet: " + e.serverMessage());
            return Outcome.after(SetLease.pause(stepDownRefusals), pod.name() + " to step down");
        }
        return Outcome.after(ELECTION, "a new primary");
    }

    private Outcome giveUp(Scene scene, Journal journal, RollAction.GiveUp up)
            throws Failure, Unavailable, InterruptedException {
        String what = scene.name(up.ordinal()) + " does not come up with the new template (" + scene.set().image() + "): " + up.why();
        if (journal.back()) {
            throw new Failure(
                    journal.failure(),
                    "While rolling back: " + what,
                    leftBehind());
        }
        Optional<String> cannot = options.rollbackOnFailure()
                ? RollBack.forbidden(scene, journal, target)
                : Optional.of("rollbackOnFailure is false");
        if (cannot.isPresent()) {
            throw new Failure(
                    what,
                    "Left as it is, no pod was put back: " + cannot.get() + ".",
                    RollBack.choices(scene, journal));
        }
        scope.console().line(Mark.FAILURE, what.replaceAll("\n *", "\n    "));
        scope.console().line(Mark.ROLLBACK, "rolling back to " + journal.image(scene.set()));
        target = null;
        turned = true;
        access.write(scene.set(), journal.template(), journal.goingBack(what));
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

    private Outcome refused(Refused e, RollAction next) throws Refused {
        if (e.code() == 429) {
            scope.console().changed("budget", "waits: " + e.serverMessage());
            return Outcome.after(Duration.ofSeconds(2), "the PodDisruptionBudget to allow it");
        }
        if (e.code() == 404 || e.code() == 409) {
            return Outcome.after(MEMBERS, "another look: " + next.getClass().getSimpleName() + " met a pod that had changed");
        }
        throw e;
    }

    private Outcome pause(RollAction.Wait wait) {
        longWait.line(wait.reason()).ifPresent(scope.console()::line);
        return story.betweenPrimaries()
                ? Outcome.after(ELECTION, wait.reason())
                : wait.member() ? Outcome.after(MEMBERS, wait.reason()) : Outcome.after(Duration.ofSeconds(2), wait.reason());
    }

    /** mongod 5.0 and later takes up to 15 s to hand over and quiesce; the pod's own longer time counts. */
    static int grace(SetState set) {
        return Math.max(60, set.graceSeconds());
    }

    @Override
    public void close() {
        access.close();
    }
}
