package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Ending;
import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Fault;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * One update with one plan.
 *
 * <ol>
 *   <li>The update begins; when so many members are back as the plan says, the faults happen, each at its time, and are healed at theirs. A
 *       round whose update was over before the first fault does not count.
 *   <li>The build may be aborted, or die without a word; then the next one runs the same step.
 *   <li>The update must end. After a failure everything is healed, and the step runs again: that must succeed.
 *   <li>The set must be whole at the new image.
 * </ol>
 */
final class ChaosRound {
    enum Result {
        /** The update was over before its first fault. */
        NOT_HIT,
        SUCCESS,
        ROLLED_BACK,
        FAILED_THEN_REPAIRED,
        NEVER_ENDED,
        NOT_REPAIRED;

        boolean fine() {
            return this == SUCCESS || this == NOT_HIT;
        }
    }

    private static final Pattern BACK = Pattern.compile("^  db-\\d  .*, Ready, ", Pattern.MULTILINE);

    /** A fault that has begun, and how it is ended. */
    private record Open(Fault fault, ScheduledFuture<?> healing, Callable<Void> heal) {}

    private final ChaosSet set;
    private final ChaosPlan plan;
    private final String image;
    private final String holder;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
    private final List<Open> open = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();
    private Elapsed since = Elapsed.start();
    private Bench.Running update;
    private String consoles = "";

    ChaosRound(ChaosSet set, ChaosPlan plan, String image, String holder) {
        this.set = set;
        this.plan = plan;
        this.image = image;
        this.holder = holder;
    }

    /** What happened, in short. */
    String story() {
        return story.toString();
    }

    /** All that the steps printed. */
    String consoles() {
        return consoles;
    }

    Result run() throws Exception {
        try {
            since = Elapsed.start();
            update = set.update(holder, image, plan.memberTimeoutSeconds());
            boolean hit = waitForMembers() && disturb();
            Result result = judge();
            return hit || result != Result.SUCCESS ? result : Result.NOT_HIT;
        } finally {
            healAll();
            clock.shutdownNow();
        }
    }

    /** Answers false where the update ended before. */
    private boolean waitForMembers() throws Exception {
        while (BACK.matcher(update.console()).results().count() < plan.membersBack()) {
            if (update.ended().isDone()) {
                note("over before the first fault");
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return true;
    }

    private boolean disturb() throws Exception {
        ScheduledFuture<?> ending = null;
        for (Fault fault : plan.faults()) {
            TimeUnit.MILLISECONDS.sleep(fault.afterMillis());
            boolean first = open.isEmpty();
            begin(fault);
            if (first && update.ended().isDone()) {
                note("came too late");
                return false;
            }
            if (ending == null && plan.ending() != Ending.NONE) {
                ending = clock.schedule(this::endBuild, plan.endingMillis(), TimeUnit.MILLISECONDS);
            }
        }
        if (ending != null) {
            ending.get();
        }
        return true;
    }

    private Void endBuild() throws Exception {
        if (update.ended().isDone()) {
            return null;
        }
        note("build " + plan.ending().name().toLowerCase(Locale.ROOT));
        if (plan.ending() == Ending.ABORTED) {
            update.cancel();
        } else {
            update.die();
        }
        consoles += update.console() + "[" + plan.ending() + "]\n";
        update = set.update(holder + "-next", image, plan.memberTimeoutSeconds());
        return null;
    }

    private void begin(Fault fault) throws Exception {
        PodState pod = target(fault);
        note(fault.kind() + " " + pod.name());
        Callable<Void> heal = () -> heal(fault, pod);
        set.disturb(fault.kind(), pod.name());
        open.add(new Open(fault, fault.heals() ? clock.schedule(heal, fault.lastsMillis(), TimeUnit.MILLISECONDS) : null, heal));
    }

    /** By its name: the fault may have met the pod's successor. */
    private Void heal(Fault fault, PodState pod) throws Exception {
        try {
            set.heal(fault.kind(), pod.name());
            note("healed " + pod.name());
        } catch (IOException e) {
            note(pod.name() + " is gone, and its fault with it");
        }
        return null;
    }

    private void healAll() throws Exception {
        for (Open o : open) {
            if (o.fault.heals() && !o.healing.isDone()) {
                o.healing.cancel(false);
                o.heal.call();
            }
        }
        open.clear();
    }

    /** As the set is now; the member that is being replaced, or else the last one that was. */
    private PodState target(Fault fault) throws Exception {
        for (int i = 0; ; i++) {
            List<PodState> pods = set.pods();
            Optional<Integer> primary = set.primary();
            Optional<PodState> found = switch (fault.target()) {
                case PRIMARY -> pods.stream().filter(p -> primary.equals(Optional.of(p.ordinal())) && p.running()).findFirst();
                case SECONDARY -> pods.stream().filter(p -> p.serves() && primary.isPresent() && p.ordinal() != primary.get()).findFirst();
                case REPLACED -> pods.stream().filter(p -> p.running() && !p.serves()).findFirst()
                        .or(() -> pods.stream().max(Comparator.comparing(PodState::createdAt)).filter(PodState::running));
            };

            if (found.isPresent()) {
                return found.get();
            }
            if (i > 100) {
                throw new AssertionError("no " + fault.target() + " among " + pods);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private Result judge() throws Exception {
        Bench.Ended ended;
        try {
            ended = update.await();
        } catch (TimeoutException e) {
            consoles += update.console();
            update.cancel();
            return Result.NEVER_ENDED;
        }
        consoles += ended.console();
        note(ended.failure() == null ? "done" : "failed: " + ended.failure().lines().findFirst().orElse(""));
        if (ended.failure() == null) {
            return whole() ? Result.SUCCESS : Result.NOT_REPAIRED;
        }
        healAll();
        boolean back = ended.failure().contains("Rolled back: ");
        Bench.Ended again = set.update(holder + "-repair", image, ChaosPlan.MEMBER_TIMEOUT_SECONDS).await();
        consoles += again.console();
        if (again.failure() != null || !whole()) {
            note("run again: " + again.failure());
            return Result.NOT_REPAIRED;
        }
        return back ? Result.ROLLED_BACK : Result.FAILED_THEN_REPAIRED;
    }

    /** A fault that is healed after the update is over has 60 s to be over as well. */
    private boolean whole() throws Exception {
        healAll();
        try {
            set.whole(image);
            return true;
        } catch (AssertionError e) {
            note("not whole: " + set.unwhole(image).orElse("just now"));
            return false;
        }
    }

    private synchronized void note(String what) {
        story.append(story.isEmpty() ? "" : "; ").append(since).append(' ').append(what);
    }
}
