package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.mongo.MemberClient;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Stories;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The replica set as an update reads and writes it: StatefulSet and pods, every mongod, the Lease, the journal. Decides nothing beyond
 * whether an update may begin.
 */
final class SetAccess implements AutoCloseable {
    private static final Duration MEMBERS = Duration.ofMillis(250);
    /** How long members with data may know no configuration: names that are not served yet hold up its loading. */
    private static final Duration LOADING = Duration.ofSeconds(60);

    private final Scope scope;
    private final Roll.Options options;
    private final SetReader reader;
    private final SetLease lease;
    private final Members members;
    private volatile SetState last;
    /** As this step wrote it; null: by another build, or its answer is not known. */
    private volatile SetState written;
    /** The image of a template whose write may have landed without our having seen it yet; null: none. */
    private volatile String unseen;
    private Elapsed dataAlone;

    SetAccess(Scope scope, String name, String container, Roll.Options options) {
        this.scope = scope;
        this.options = options;
        reader = new SetReader(scope, name, container);
        lease = new SetLease(scope.kube(), scope.namespace(), name, scope.holder());
        members = new Members(scope.kube(), scope.login(), options.clusterDomain());
    }

    /** Looks at the set and asks all members. */
    Scene look(boolean fresh) throws Failure, Unavailable, InterruptedException {
        SetState set = set(fresh);
        last = set;
        if (fresh) {
            checkHands(set);
        }
        if (fresh || set.annotation(Journal.ANNOTATION) != null) {
            unseen = null;
        }
        List<PodState> pods = reader.pods(set, fresh).stream()
                .filter(p -> set.ordinals().contains(p.ordinal()))
                .toList();
        Map<Integer, MemberState> states = members.ask(set, pods);
        members.checkRoot(set, pods, states);
        Scene scene = new Scene(set, new Hosts(set, options.clusterDomain()), pods, states);
        checkDataAlone(scene);
        return scene;
    }

    /** Members with data and no configuration may yet load it, and then serve: they are waited for, and never taken away. */
    private void checkDataAlone(Scene scene) throws Failure {
        boolean alone = scene.config().isEmpty() && scene.members().values().stream().anyMatch(MemberState::data);
        dataAlone = !alone ? null : dataAlone == null ? Elapsed.start() : dataAlone;
        if (alone && dataAlone.time().compareTo(LOADING) >= 0) {
            throw new Failure(
                    "the members of StatefulSet " + scene.set().name() + " have data, and none has told a replica set's configuration for "
                            + LOADING.toSeconds() + " s.",
                    Stories.of(scene.set(), scene.members()),
                    "No pod is taken away: nobody can tell what would be lost with it. Run initReplicaSet first, which says what each of them needs.");
        }
    }

    private SetState set(boolean fresh) throws Failure, Unavailable, InterruptedException {
        try {
            return reader.mongo(fresh);
        } catch (Failure e) {
            if (last == null || e instanceof Refused || scope.kube().get(Kind.STATEFUL_SET, last.namespace(), last.name()).isPresent()) {
                throw e;
            }
            throw new Failure(
                    "StatefulSet " + last.name() + " is gone: somebody deleted it, or its namespace, while this step was at work.",
                    "Where only the StatefulSet went, its volumes are still there, and perhaps its pods: deploy it again by the same name, and it finds them.");
        }
    }

    /** Whoever writes template or strategy while pods are being replaced would have more of them replaced than anybody decided. */
    private void checkHands(SetState set) throws Failure {
        if (written == null || set.annotation(Journal.ANNOTATION) == null) {
            return;
        }
        String changed = !set.image().equals(written.image())
                ? "image is " + set.image()
                : !set.onDelete() ? "updateStrategy is " + Json.text(set.strategy(), "type")
                : !set.template().equals(written.template()) ? "template is another one" : null;
        if (changed != null) {
            throw new Failure(
                    "somebody changed StatefulSet " + set.name() + " while this step brought it to " + written.image() + ": its " + changed + " now.",
                    "This step replaces no further pod" + (set.onDelete() ? "; the strategy is OnDelete." : ", but the StatefulSet's controller may."),
                    "Run the step again with the image that is wanted: it continues from here.");
        }
    }

    /** From now on nobody else may change template or strategy. */
    void follow(SetState set) {
        written = set;
    }

    /** The client of one pod's mongod, for commands. */
    MemberClient client(SetState set, PodState pod) throws Unavailable {
        return members.client(set, pod);
    }

    /** To be answered while another build holds the set's Lease. */
    Optional<Outcome> hold() throws Failure, Unavailable, InterruptedException {
        return lease.hold(scope.console());
    }

    /** Whether a call that is made now ends before another build may hold the Lease. */
    boolean holdsThroughACall() {
        return lease.outlastsACall();
    }

    /** Nothing is to be changed, so the Lease is not needed: one that this step left before a restart of Jenkins is given back. */
    void leaveLease() {
        lease.mayBeLeftOver();
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
            // A member that serves but did not answer this once may be initiated, and the others with it.
            Optional<PodState> silent = scene.pods().stream()
                    .filter(p -> p.serves() && scene.member(p.ordinal()).filter(m -> !m.data()).isEmpty())
                    .findFirst();
            // Nobody is initiated: there is nothing to keep serving.
            return silent.map(p -> Outcome.after(MEMBERS, p.name() + " to answer"
                    + (scene.member(p.ordinal()).isPresent() ? ": it has data, and tells no configuration yet" : "")));
        }
        Preconditions.checkMembers(scene, options.allowDowntime());
        Optional<MemberState> primary = scene.primary();
        if (primary.isEmpty()) {
            return Optional.of(Outcome.after(MEMBERS, "a primary that a majority names (" + Preconditions.voters(scene) + ")"));
        }
        if (scene.writersUp() < scene.config().get().majority()) {
            return Optional.of(Outcome.after(MEMBERS, "a majority of healthy members"));
        }
        if (!options.allowDowntime() && Preconditions.noneToSpare(scene)) {
            return Optional.of(Outcome.after(MEMBERS, "a write majority without one more member (" + Preconditions.voters(scene) + ")"));
        }
        PodState pod = scene.pod(primary.get().ordinal()).orElseThrow();
        Preconditions.checkOplog(
                members.client(scene.set(), pod).oplogWindowSeconds(), options.memberTimeoutSeconds());
        return Optional.empty();
    }

    /** The journal for a change that is about to be written: an unfinished one keeps its way back. */
    Journal begin(Scene scene) throws Failure {
        SetState set = scene.set();
        Optional<Journal> unfinished = journal(set);
        if (unfinished.isPresent()) {
            scope.console().changed("continues", "continues the update that " + SetLease.label(unfinished.get().holder()) + " began");
            return unfinished.get().goingForward(scope.holder());
        }
        Preconditions.unequalPriorities(scene).ifPresent(scope.console()::line);
        String older = scene.pods().stream().filter(p -> !scene.isNew(p)).map(PodState::name).collect(Collectors.joining(", "));
        if (set.observed() && !older.isEmpty()) {
            scope.console().line("the template was changed after " + older + " came up: this update brings that change along, and keeps it on the way back");
        }
        return new Journal(
                scope.holder(),
                set.strategy(),
                set.template(),
                scene.primary().map(MemberState::term).orElse(-1L),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                null,
                null);
    }

    Optional<Journal> journal(SetState set) throws Failure {
        return Journal.of(set, scope.kube());
    }

    /**
     * Writes a template with OnDelete and the journal, if the StatefulSet still is as it was looked at.
     *
     * @return false where it is not: nothing was written
     */
    boolean write(SetState set, Map<String, Object> template, Journal journal)
            throws Failure, Unavailable, InterruptedException {
        Map<String, Object> rolling = SetEdit.rolling(set, template, journal.text(scope.kube()));
        unseen = SetState.of(rolling, set.container()).image();
        boolean landed = put(set, rolling);
        unseen = landed ? unseen : null;
        return landed;
    }

    /** Writes the strategy as it was found and no journal; false where the StatefulSet has changed: nothing was written. */
    boolean finish(SetState set, Journal journal) throws Failure, Unavailable, InterruptedException {
        return put(set, SetEdit.finished(set, journal));
    }

    /** What stands when the update ends before its time, or null when nothing was begun. */
    String leftBehind(String progress) {
        String image = unseen;
        if (last == null || last.annotation(Journal.ANNOTATION) == null) {
            return image == null
                    ? null
                    : "StatefulSet " + last.name() + " was just written: it may be at OnDelete with the template of " + image
                            + "; no pod was replaced. Run the step again: it continues. To go back instead, run it with " + last.image() + ".";
        }
        String before = imageBefore();
        if (otherSeries(before)) {
            return "StatefulSet " + last.name() + " stays at OnDelete with the template of " + last.image()
                    + ", so nothing is replaced by itself; " + progress + ". Run the step again: it continues. Going back, by rollingImageUpdate with "
                    + before + ", is possible only until a member has opened its data with the newer release.";
        }
        return "StatefulSet " + last.name() + " stays at OnDelete with the template of " + last.image()
                + ", so nothing is replaced by itself; " + progress + ". Run the step again: it continues. To go back instead, run "
                + (last.image().equals(before)
                        ? "deployStatefulMongo with the values of before."
                        : "rollingImageUpdate with " + (before == null ? "the old image" : before) + ".");
    }

    private boolean otherSeries(String before) {
        Optional<Release> from = Release.ofImage(before == null ? "" : before);
        Optional<Release> to = Release.ofImage(last.image());
        return from.isPresent() && to.isPresent() && !from.get().sameSeries(to.get());
    }

    /** Null where the journal is damaged. */
    private String imageBefore() {
        try {
            return journal(last).map(j -> j.image(last)).orElse(null);
        } catch (Failure e) {
            return null;
        }
    }

    /** False where the StatefulSet has changed meanwhile: nothing was written. */
    private boolean put(SetState set, Map<String, Object> object) throws Failure, Unavailable, InterruptedException {
        written = null;
        try {
            written = SetState.of(scope.kube().replace(Kind.STATEFUL_SET, set.namespace(), object), set.container());
            return true;
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void close() {
        lease.release();
        members.close();
        reader.close();
    }
}
