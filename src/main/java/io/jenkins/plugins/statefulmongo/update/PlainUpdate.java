package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.state.Image;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.waiting.DeploymentReady;
import io.jenkins.plugins.statefulmongo.waiting.PodsFailed;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives a Deployment, or a StatefulSet that is no MongoDB, another image, and the old one back when the new pods fail. Each tick:
 *
 * <ol>
 *   <li>Read the workload, and hold its Lease.
 *   <li>Another image than wanted: write the wanted one, with the journal (old image, who) in the same conditional write. Where an
 *       unfinished update left its journal, the image to go back to is the one from before that.
 *   <li>The wanted image: follow the rollout until exactly the new pods serve. Then the journal goes: done.
 *   <li>New pods fail, or none became ready for {@code memberTimeoutSeconds}: the old image and the reason go back in one conditional write.
 *   <li>While rolling back: delete the pods of a StatefulSet that do not serve and are of another revision, as the controller may wait
 *       for them for ever; follow the rollout of the old image; then fail with the reason.
 * </ol>
 */
public final class PlainUpdate implements Operation {
    private final Scope scope;
    private final Kind kind;
    private final String name;
    private final String container;
    private final String image;
    private final Duration podTimeout;
    private final Duration stuck;
    private final boolean rollback;
    private final SetLease lease;
    private final Elapsed elapsed = Elapsed.start();
    private Operation rollout;
    private String awaited;
    private Elapsed awaitedSince;
    private String leftBehind;

    /**
     * Parameters: {@code kind} ({@code Deployment} or, the default, {@code StatefulSet}), {@code name} (required for a Deployment, else
     * default db), {@code image} (required), {@code container} (default the only one), {@code memberTimeoutSeconds} (1 to 86400, default
     * 600: for each pod), {@code stuckSeconds} (1 to 86400, default 120), {@code rollbackOnFailure} (default true).
     */
    public PlainUpdate(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        kind = parameters.oneOf("kind", "StatefulSet", "StatefulSet", "Deployment").equals("Deployment") ? Kind.DEPLOYMENT : Kind.STATEFUL_SET;
        if (kind == Kind.DEPLOYMENT) {
            parameters.required("name", "api");
        }
        name = parameters.label("name", "db");
        container = parameters.label("container", null);
        image = parameters.required("image", "vfarcic/go-demo-3:2.0");
        if (!Image.valid(image)) {
            throw Parameters.bad("image", "is no image's name: '" + image + "'", "It should look like vfarcic/go-demo-3:2.0.");
        }
        podTimeout = Duration.ofSeconds(parameters.number("memberTimeoutSeconds", 600, 1, 86_400));
        stuck = Duration.ofSeconds(parameters.number("stuckSeconds", 120, 1, 86_400));
        rollback = parameters.flag("rollbackOnFailure", true);
        // A dot: no StatefulSet of that name can exist.
        lease = new SetLease(scope.kube(), scope.namespace(), kind == Kind.DEPLOYMENT ? name + ".deployment" : name, scope.holder());
    }

    /** Result: {@code kind}, {@code name}, {@code from}, {@code to}, {@code changed}, {@code seconds}. */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        Optional<Map<String, Object>> object = scope.kube().get(kind, scope.namespace(), name);
        if (object.isEmpty()) {
            throw SetReader.missing(scope, kind, name);
        }
        Workload workload = Workload.of(kind, object.get(), container);
        Optional<PlainJournal> journal = workload.journal();
        boolean mine = journal.isPresent() && journal.get().holder().equals(scope.holder());
        if (mine && !journal.get().to().equals(image)) {
            mine = false; // the same step never changes its mind: another one with our name, long ago
        }
        String before = journal.map(PlainJournal::from).filter(f -> !f.equals(image)).orElse(workload.image());
        boolean runs = workload.image().equals(image);
        scope.console().titleOnce("rollingImageUpdate " + scope.namespace() + "/" + name + ": "
                + (runs && journal.isEmpty() ? "already runs " + image : before + " -> " + image));
        Optional<Outcome> busy = lease.hold(scope.console());
        if (busy.isPresent()) {
            return busy.get();
        }
        if (mine && journal.get().failed() != null) {
            return rollBack(workload, journal.get());
        }
        if (runs) {
            return follow(workload, journal.filter(j -> j.to().equals(image) && j.failed() == null).orElse(null));
        }
        if (mine) {
            throw new Failure(workload.label() + " got the image " + workload.image() + " from somebody else while it was updated to " + image + ".",
                    "Nothing was rolled back. Run the step again when the other change is over.");
        }
        workload.check();
        write(workload, image, new PlainJournal(workload.container(), before, image, scope.holder(), null));
        return Outcome.now("the rollout of " + image);
    }

    @Override
    public String leftBehind() {
        return leftBehind;
    }

    @Override
    public void close() {
        forgetRollout();
        lease.release();
    }

    private Outcome follow(Workload workload, PlainJournal journal) throws Failure, Unavailable, InterruptedException {
        leftBehind = journal == null ? null : left(journal);
        try {
            Outcome outcome = rollout().tick();
            if (outcome instanceof Outcome.Again again) {
                timeOut(again);
                deleteBroken(workload);
                return again;
            }
        } catch (PodsFailed e) {
            if (journal == null) {
                throw e; // it was so before: there is no image known to go back to
            }
            if (!rollback) {
                throw new Failure(e.getMessage(), "rollbackOnFailure is false, so " + workload.label() + " keeps " + image
                        + ". To go back, update it to " + journal.from() + ".");
            }
            write(workload, journal.from(), new PlainJournal(journal.container(), journal.from(), image, scope.holder(), e.getMessage()));
            scope.console().line(Mark.ROLLBACK, "rolls back to " + journal.from() + " after " + elapsed + ": " + firstLine(e.getMessage()));
            return Outcome.now("the rollback to " + journal.from());
        }
        if (workload.journal().isPresent()) {
            write(workload, image, null);
        }
        leftBehind = null;
        scope.console().line((journal == null ? "all pods are ready" : "done in " + elapsed + ": all pods run " + image));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("kind", kind.kind());
        result.put("name", name);
        result.put("from", journal == null ? image : journal.from());
        result.put("to", image);
        result.put("changed", journal != null);
        result.put("seconds", elapsed.time().toMillis() / 100 / 10.0);
        return Outcome.done(result);
    }

    private Outcome rollBack(Workload workload, PlainJournal journal) throws Failure, Unavailable, InterruptedException {
        leftBehind = "The rollback to " + journal.from() + " is under way: run the step again with that image to follow it.";
        if (!workload.image().equals(journal.from())) {
            write(workload, workload.image(), null);
            throw new Failure(journal.failed(), "The rollback to " + journal.from() + " was stopped, as somebody else set " + workload.image() + ".");
        }
        try {
            if (deleteStuck()) {
                return Outcome.now("the pods that are stuck to go");
            }
            Outcome outcome = rollout().tick();
            if (outcome instanceof Outcome.Again again) {
                timeOut(again);
                return again;
            }
        } catch (PodsFailed e) {
            write(workload, journal.from(), null);
            leftBehind = null;
            throw new Failure(journal.failed(), "It has the old image " + journal.from() + " again, but does not recover: " + e.getMessage());
        }
        write(workload, journal.from(), null);
        leftBehind = null;
        throw new Failure(journal.failed(), "Rolled back: all pods run " + journal.from() + " again.");
    }

    /** The rollout's own follower: a new one after each write, as it remembers what it followed. */
    private Operation rollout() {
        if (rollout == null) {
            rollout = kind == Kind.DEPLOYMENT ? new DeploymentReady(scope, name, stuck) : new WaitOrdinals(scope, name, stuck);
        }
        return rollout;
    }

    /** One pod may take so long; what is waited for changes with each that becomes ready. */
    private void timeOut(Outcome.Again again) throws PodsFailed {
        if (!again.waitingFor().equals(awaited)) {
            awaited = again.waitingFor();
            awaitedSince = Elapsed.start();
        } else if (awaitedSince.time().compareTo(podTimeout) > 0) {
            throw new PodsFailed("waited " + podTimeout.toSeconds() + " s for " + awaited + ".",
                    "Raise memberTimeoutSeconds if the pods are only slow to start.");
        }
    }

    /** Going forward: pods that a broken update left behind and that their controller waits for. */
    private void deleteBroken(Workload workload) throws Failure, Unavailable, InterruptedException {
        if (kind == Kind.STATEFUL_SET && workload.journal().isPresent()) {
            for (PodState pod : outdated()) {
                if (pod.scheduling() != null || pod.containers().stream().anyMatch(c -> "CrashLoopBackOff".equals(c.waitingReason())
                        || "ImagePullBackOff".equals(c.waitingReason()))) {
                    delete(pod);
                }
            }
        }
    }

    private boolean deleteStuck() throws Failure, Unavailable, InterruptedException {
        boolean any = false;
        if (kind == Kind.STATEFUL_SET) {
            for (PodState pod : outdated()) {
                delete(pod);
                any = true;
            }
        }
        return any;
    }

    /** Pods that do not serve and are of another revision than the template. */
    private List<PodState> outdated() throws Failure, Unavailable, InterruptedException {
        SetReader reader = new SetReader(scope, name, null);
        SetState set = reader.set(true);
        return !set.observed()
                ? List.of()
                : reader.pods(set, true).stream()
                        .filter(p -> !p.serves() && !p.terminating() && !set.updateRevision().equals(p.revision()))
                        .toList();
    }

    private void delete(PodState pod) throws Failure, Unavailable, InterruptedException {
        try {
            scope.kube().deleteAsSeen(Kind.POD, scope.namespace(), pod.name(), pod.uid(), pod.resourceVersion(),
                    Map.of("gracePeriodSeconds", 30));
            scope.console().line(Mark.MEMBER, pod.name() + " deleted: it was stuck at revision " + pod.revision());
        } catch (Refused e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e; // gone, or changed since: the next tick looks again
            }
        }
    }

    private void write(Workload workload, String to, PlainJournal journal) throws Failure, Unavailable, InterruptedException {
        String before = leftBehind;
        if (journal != null) {
            leftBehind = left(journal); // before the call, whose answer may get lost
        }
        try {
            scope.kube().patch(kind, scope.namespace(), name, workload.patch(to, journal));
        } catch (Refused e) {
            leftBehind = before;
            if (e.code() == 409) {
                throw new Unavailable(workload.label() + " was changed by somebody else at the same moment"); // looks again
            }
            throw e;
        }
        leftBehind = journal == null ? null : leftBehind;
        awaited = null;
        forgetRollout();
    }

    private void forgetRollout() {
        if (rollout != null) {
            rollout.close();
            rollout = null;
        }
    }

    private String left(PlainJournal journal) {
        return kind.kind() + " " + name + " keeps " + image + ", its rollout goes on: run the step again to follow it, or with "
                + journal.from() + " to go back.";
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
