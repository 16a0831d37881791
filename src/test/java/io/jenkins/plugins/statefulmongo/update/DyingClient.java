package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Served;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Then;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** A client of the embedded cluster that is to die in the middle of what it does. */
public final class DyingClient {
    /** Every call after which the cluster is not as the call before it found it: whatever lies between two of them sees the same. */
    public static final Predicate<Served> NEW_STATE = served -> served.changed() || served.mutating();
    public static final Predicate<Served> MUTATING = Served::mutating;

    /**
     * What was cut short.
     *
     * @param call the last call that was served
     * @param leftBehind what an abort was told
     * @param closedAfterMillis from the end of that call until its clients were closed
     */
    public record Cut(String call, Bench.Running update, String leftBehind, long closedAfterMillis) {
        @Override
        public String toString() {
            return "cut after " + call + "\n" + update.console() + "---\n";
        }
    }

    private final Bench bench;
    private final Line line;
    private final Connection over;

    public DyingClient(EmbeddedCluster cluster, Bench bench) throws Exception {
        this.bench = bench;
        line = cluster.line(bench.namespace());
        over = Kubeconfig.read(cluster.kubeconfig(line), "dying");
    }

    /**
     * Begins something and dies at the point-th call that counts.
     *
     * @param answered it still gets that call's answer
     * @return null where it ended before
     */
    public Cut kill(int point, Predicate<Served> counts, boolean answered, String holder, Bench.Making making) throws Exception {
        CompletableFuture<String> hit = new CompletableFuture<>();
        Then then = answered ? Then.CUT_AFTER_ANSWER : Then.CUT_BEFORE_ANSWER;
        Bench.Running update = begin(point, counts, holder, making, call -> {
            hit.complete(call);
            return then;
        });
        return await(update, hit, answered ? "" : " (answer lost)");
    }

    /** As {@link #kill}, but the step is aborted while that call is under way. */
    public Cut abort(int point, Predicate<Served> counts, String holder, Bench.Making making) throws Exception {
        CompletableFuture<String> hit = new CompletableFuture<>();
        CompletableFuture<Bench.Running> running = new CompletableFuture<>();
        AtomicReference<String> left = new AtomicReference<>();
        Bench.Running update = begin(point, counts, holder, making, call -> {
            left.set(running.join().cancel());
            hit.complete(call);
            return Then.GO_ON;
        });
        running.complete(update);
        Cut cut = await(update, hit, " (aborted)");
        return cut == null ? null : new Cut(cut.call, cut.update, left.get(), cut.closedAfterMillis);
    }

    private interface AtThePoint {
        Then then(String call);
    }

    private Bench.Running begin(int point, Predicate<Served> counts, String holder, Bench.Making making, AtThePoint what) throws Exception {
        int[] seen = {0};
        line.plan(served -> counts.test(served) && ++seen[0] == point ? what.then("#" + served.number() + " " + served.what()) : Then.GO_ON);
        return bench.begin(making, holder, over);
    }

    private Cut await(Bench.Running update, CompletableFuture<String> hit, String how) throws Exception {
        CompletableFuture.anyOf(hit, update.ended()).get(120, TimeUnit.SECONDS);
        if (!hit.isDone()) {
            return null;
        }
        long hitAt = System.nanoTime();
        // The dead cannot give anything back: the line is cut. This only ends its threads.
        update.cancel();
        update.awaitClosed();
        return new Cut(hit.get() + how, update, null, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - hitAt));
    }
}
