package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.state.Image;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Replaces the image of a MongoDB replica set's members without losing a write.
 *
 * <ol>
 *   <li>Nothing is touched before all of this holds: a set that this step may change ({@link Preconditions}), a way from the release that
 *       every member runs to the wanted one ({@link VersionPath}), a primary, every member healthy (or its pod stuck, and the others a
 *       majority), oplog enough.
 *   <li>One conditional write puts the new image, OnDelete and the journal into the StatefulSet.
 *   <li>{@link Roll} brings every pod there: one planned election. A pod that cannot start turns it round.
 *   <li>A journal found at the start is an update that somebody did not finish: it is continued towards the image that is wanted now; the
 *       way back stays the one that it began with.
 *   <li>{@code featureCompatibilityVersion: 'raise'} raises it on the primary when all members run the new release; after that there is no
 *       way back.
 * </ol>
 */
public final class RollingImageUpdate implements Operation {
    private final Scope scope;
    private final String name;
    private final String image;
    private final Release target;
    private final boolean raise;
    private final Roll roll;
    private String from;
    private String versionBefore;
    private boolean begun;
    private boolean there;
    private boolean changed;

    public RollingImageUpdate(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        name = parameters.label("name", "db");
        image = parameters.required("image", "mongo:7.0.16");
        if (!Image.valid(image)) {
            throw Parameters.bad("image", "must be the name of an image such as mongo:7.0.16, but is '" + image + "'");
        }
        target = VersionPath.target(image, parameters.text("version", null));
        raise = parameters
                .oneOf("featureCompatibilityVersion", "keep", "keep", "raise")
                .equals("raise");
        roll = new Roll(scope, name, parameters.text("container", null), Roll.Options.of(parameters));
    }

    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        if (!begun) {
            Optional<Outcome> wait = begin();
            if (wait.isPresent()) {
                return wait.get();
            }
        }
        Optional<Outcome> rolling = there ? Optional.empty() : roll();
        return rolling.isPresent() ? rolling.get() : finish();
    }

    private Optional<Outcome> roll() throws Failure, Unavailable, InterruptedException {
        try {
            return roll.tick();
        } catch (Refused e) {
            throw e.and(leftBehind());
        }
    }

    @Override
    public String leftBehind() {
        return roll.leftBehind();
    }

    /** Empty once the StatefulSet is on its way to the wanted image, or there already. */
    private Optional<Outcome> begin() throws Failure, Unavailable, InterruptedException {
        Scene scene = roll.look(from == null);
        SetState set = scene.set();
        Optional<Journal> journal = roll.access().journal(set);
        if (from == null) {
            from = journal.map(j -> j.image(set)).orElse(set.image());
            versionBefore = versions(scene);
            scope.console().titleOnce("rollingImageUpdate " + set.namespace() + "/" + name + ": "
                    + (from.equals(image) ? image : from + " -> " + image)
                    + scene.primary().map(p -> ", primary " + scene.name(p.ordinal())).orElse(""));
        }
        Preconditions.checkNames(scene);
        if (journal.filter(j -> j.back() && j.holder().equals(scope.holder())).isPresent()) {
            begun = true; // this very step, before a restart of Jenkins: it goes on going back
            return Optional.empty();
        }
        if (mayBeThere(scene, journal)) {
            roll.expect(target);
            Optional<Outcome> unsettled = roll.unsettled(scene);
            if (unsettled.isPresent()) {
                return unsettled;
            }
            scope.console().line("all " + set.replicas() + " members run " + image + " already");
            roll.access().leaveLease();
            begun = true;
            there = true;
            return Optional.empty();
        }
        Optional<Outcome> wait = check(scene);
        if (wait.isPresent()) {
            return wait;
        }
        Optional<Outcome> held = roll.access().hold();
        return held.isPresent() ? held : write();
    }

    private Optional<Outcome> check(Scene scene) throws Failure, Unavailable, InterruptedException {
        VersionPath.check(scene, target);
        return roll.notReady(scene);
    }

    private Optional<Outcome> write() throws Failure, Unavailable, InterruptedException {
        Scene fresh = roll.look(true);
        Optional<Outcome> wait = check(fresh);
        if (wait.isPresent()) {
            return wait;
        }
        SetState set = fresh.set();
        boolean forward = roll.access().journal(set).filter(j -> !j.back()).isPresent();
        if (roll.access().journal(set).isEmpty()) {
            roll.story().began();
        }
        Journal journal = roll.access().begin(fresh);
        roll.expect(target);
        if (forward && set.image().equals(image) && set.onDelete()) {
            roll.access().follow(set);
            begun = true;
        } else if (!roll.access().holdsThroughACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        } else {
            begun = roll.access().write(set, SetEdit.withImage(set, image), journal);
        }
        changed |= begun;
        return Optional.of(Outcome.now("the StatefulSet to change"));
    }

    private Outcome finish() throws Failure, Unavailable, InterruptedException {
        Scene scene = roll.look(false);
        if (roll.access().journal(scene.set()).isPresent()) {
            return Outcome.onChange("the watch to see the end of the update");
        }
        if (!scene.set().image().equals(image)) {
            throw new Failure(
                    "StatefulSet " + name + " has the image " + scene.set().image() + " now: somebody else changed it while this step brought it to "
                            + image + ".",
                    "Run the step again if " + image + " is still wanted.");
        }
        Optional<Outcome> raising = raise ? raise(scene) : Optional.empty();
        if (raising.isPresent()) {
            return raising.get();
        }
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        result.put("kind", "StatefulSet");
        result.put("name", name);
        result.put("changed", changed);
        result.put("from", from);
        result.put("to", image);
        result.put("versionBefore", versionBefore);
        result.put("versionAfter", versions(scene));
        if (raise) {
            result.put("featureCompatibilityVersion", target.series());
        }
        roll.story().addTo(result);
        return Outcome.done(result);
    }

    /** Empty once the primary has it. Decided by what it says past every cache, under the Lease, as there is no way back. */
    private Optional<Outcome> raise(Scene seen) throws Failure, Unavailable, InterruptedException {
        String series = target.series();
        if (seen.primary().filter(p -> series.equals(p.compatibility())).isPresent()) {
            return Optional.empty();
        }
        Optional<Outcome> held = roll.access().hold();
        if (held.isPresent()) {
            return held;
        }
        Scene scene = roll.look(true);
        Optional<MemberState> primary = scene.primary();
        if (primary.isEmpty()) {
            return Optional.of(Outcome.after(Duration.ofMillis(250), "a primary that a majority names"));
        }
        String before = primary.get().compatibility();
        if (series.equals(before)) {
            return Optional.empty();
        }
        try {
            roll.access()
                    .client(scene.set(), scene.pod(primary.get().ordinal()).orElseThrow())
                    .setCompatibility(series, target.atLeast(7, 0));
        } catch (MemberRefused e) {
            throw new Failure(
                    "all members run " + image + ", but featureCompatibilityVersion could not be raised to " + series + ": "
                            + e.serverMessage(),
                    "The set serves. Run the step again, or raise it by hand on the primary.");
        } catch (Unavailable e) {
            // Large sets take their time; the same command again goes on with what it began.
            return Optional.of(Outcome.after(Duration.ofSeconds(2), "featureCompatibilityVersion to become " + series + ": " + e.getMessage()));
        }
        scope.console().line("featureCompatibilityVersion " + before + " -> " + series + "; from here there is no way back");
        return Optional.empty();
    }

    /**
     * Nothing to do: no update under way, the wanted image in the template, every pod at it. Or nobody can tell yet of the pods, as the
     * controller has not seen the latest write, such as the end of an update just before: the set counts as unsettled until it has.
     */
    private boolean mayBeThere(Scene scene, Optional<Journal> journal) {
        SetState set = scene.set();
        return journal.isEmpty()
                && set.image().equals(image)
                && (!set.observed() || scene.complete());
    }

    private static String versions(Scene scene) {
        return scene.members().values().stream()
                .map(MemberState::version)
                .filter(v -> v != null)
                .map(Release::toString)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        roll.close();
    }
}
