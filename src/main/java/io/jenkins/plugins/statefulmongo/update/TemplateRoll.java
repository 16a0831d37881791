package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * How deployStatefulMongo has a changed template rolled: it writes the template itself, by server-side apply, together with the journal
 * that it gets here; the rest is the same as in {@link RollingImageUpdate} (safety rule 1).
 */
public final class TemplateRoll implements AutoCloseable {
    /** The annotation that holds the journal. */
    public static final String ANNOTATION = Journal.ANNOTATION;

    private final Scope scope;
    private final Roll roll;

    public TemplateRoll(Scope scope, String name, Parameters parameters) throws Failure {
        this.scope = scope;
        roll = new Roll(scope, name, parameters.text("container", null), Roll.Options.of(parameters));
    }

    /**
     * Checks that a roll may begin and holds the set's Lease.
     *
     * @return what to answer while it may not
     */
    public Optional<Outcome> notReady() throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> wait = roll.notReady(roll.look(true));
        return wait.isPresent() ? wait : roll.access().hold();
    }

    /** The journal to write together with the template and the strategy OnDelete. */
    public String journal() throws Failure, Unavailable, InterruptedException {
        roll.story().began();
        return roll.access().begin(roll.look(true)).text(scope.kube());
    }

    /** Whether a write that is sent now ends before another build may hold the Lease. */
    public boolean mayWrite() {
        return roll.access().holdsThroughACall();
    }

    /**
     * One tick of a set that has a journal.
     *
     * @return empty when every pod is at the template
     */
    public Optional<Outcome> tick() throws Failure, Unavailable, InterruptedException {
        try {
            return roll.tick();
        } catch (Refused e) {
            throw e.and(leftBehind());
        }
    }

    /** Adds order, elections and times to a step's result. */
    public void addTo(LinkedHashMap<String, Object> result) {
        roll.story().addTo(result);
    }

    /** What an abort leaves, or null. */
    public String leftBehind() {
        return roll.leftBehind();
    }

    @Override
    public void close() {
        roll.close();
    }
}
