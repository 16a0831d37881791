package io.jenkins.plugins.statefulmongo.page;

import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.report.Recorder;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes down one call of a step on the page of its build, and has the build stored where anything worth it is new. A call that goes on
 * after a restart of Jenkins goes on in its section.
 */
public final class Recording implements Recorder {
    private static final Logger LOG = Logger.getLogger(Recording.class.getName());

    private final Run<?, ?> run;
    private final Section section;
    private final Saving saving = Saving.get();

    private Recording(Run<?, ?> run, Section section) {
        this.run = run;
        this.section = section;
    }

    /**
     * @param run null, as in a pipeline's unit test: nothing is stored
     * @param id tells this call from all others of the build, and is the same after a restart
     * @param title such as {@code waitOrdinals db}, until it is known better
     * @param startedMillis when the call began, in milliseconds since 1970
     */
    public static Recording begin(Run<?, ?> run, String id, String function, String title, long startedMillis) {
        Section fresh = new Section(id, function, title, startedMillis);
        Recording recording = new Recording(run, run == null ? fresh : BuildPage.of(run).section(fresh));
        recording.save(true);
        return recording;
    }

    /** Where the step acts, as soon as that is known. */
    public void place(String title, String cluster) {
        section.place(title, cluster);
    }

    @Override
    public void happened(Mark mark, String line) {
        quietly(() -> {
            section.happened(mark, line, System.currentTimeMillis());
            return true;
        });
    }

    @Override
    public void pods(List<PodState> pods) {
        quietly(() -> section.pods(pods, System.currentTimeMillis()));
    }

    @Override
    public void claims(List<ClaimState> claims) {
        quietly(() -> section.claims(claims, System.currentTimeMillis()));
    }

    @Override
    public void members(MemberTable table) {
        quietly(() -> section.members(table));
    }

    @Override
    public void waitsFor(String what) {
        section.waitsFor(what);
    }

    public void done() {
        end("done", null);
    }

    public void failed(String message) {
        end("failed", message);
    }

    /** @param left what it leaves behind, or null */
    public void aborted(String left) {
        end("aborted", left);
    }

    private void end(String outcome, String message) {
        section.ended(outcome, message, System.currentTimeMillis());
        save(true);
    }

    /** What is shown must never keep a step from its work. */
    private void quietly(BooleanSupplier note) {
        try {
            save(note.getAsBoolean());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Could not record for the page of the build", e);
        }
    }

    private void save(boolean fresh) {
        if (fresh && run != null) {
            saving.soon(run);
        }
    }
}
