package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * From the moment at which the API server received that the last ordinal is Ready to the end of a wait for it: our operation, the same as a
 * step of a pipeline, and what others use. One wait at a time.
 */
final class Reaction {
    private static final String SET = "db";
    private static final int LAST = 2;

    private final Bench bench;
    private final HollowNode node;
    private final Random random = new Random(1);
    private final Map<String, Map<String, Instant>> ends = new HashMap<>();

    private Reaction(Bench bench, HollowNode node) {
        this.bench = bench;
        this.node = node;
    }

    static void run(Settings settings, Figures figures) throws Exception {
        String missing = AuditLog.missing(settings) != null ? AuditLog.missing(settings) : Contender.missing();
        if (missing != null) {
            figures.title("reaction: skipped, " + missing);
            return;
        }
        Map<Waiter, Integer> counts = new HashMap<>();
        counts.put(new Waiter.Ours(), settings.number("reaction.samples"));
        counts.put(new Waiter.Loop(), Math.max(1, settings.number("reaction.others") / 5));
        for (Waiter other : List.of(new Waiter.Step(), new Waiter.KubectlWait(), new Waiter.RolloutStatus())) {
            counts.put(other, settings.number("reaction.others"));
        }
        figures.title("reaction: " + settings.number("reaction.samples") + " waits by ours");
        try (Bench bench = new Bench(settings.kubeconfigText()); HollowNode node = HollowNode.start(settings)) {
            Reaction reaction = new Reaction(bench, node);
            reaction.prepare();
            for (int i = 0; i < 20; i++) {
                reaction.sample(new Waiter.Ours()); // warms up this JVM, as a controller is
            }
            reaction.ends.clear();
            AuditLog log = AuditLog.open(settings);
            reaction.samples(counts);
            reaction.tell(log, figures);
        }
    }

    private void prepare() throws Exception {
        node.set(bench.namespace(), SET, LAST + 1).get(30, TimeUnit.SECONDS);
        node.awaitPods(bench.namespace(), LAST + 1, Duration.ofMinutes(1));
        for (int i = 0; i <= LAST; i++) {
            node.report(bench.namespace(), SET + "-" + i, i < LAST).get(30, TimeUnit.SECONDS);
        }
    }

    /** Spread over each other, so that what disturbs the machine disturbs all alike. */
    private void samples(Map<Waiter, Integer> counts) throws Exception {
        int most = counts.values().stream().mapToInt(n -> n).max().orElseThrow();
        for (int i = 0; i < most; i++) {
            for (Map.Entry<Waiter, Integer> entry : counts.entrySet()) {
                // So many of these as are due by now.
                if ((long) (i + 1) * entry.getValue() / most > (long) i * entry.getValue() / most) {
                    sample(entry.getKey());
                }
            }
        }
    }

    private void sample(Waiter waiter) throws Exception {
        bench.until("the controller to count two pods", () -> Json.number(bench.get(Kind.STATEFUL_SET, SET), 0, "status", "readyReplicas") == LAST);
        Waiter.Waiting waiting = waiter.start(bench, SET);
        waiting.waits().get(1, TimeUnit.MINUTES);
        // Anywhere in the rhythm of whoever has one.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(waiter instanceof Waiter.Loop ? 5_000 : 100));
        String request = node.report(bench.namespace(), SET + "-" + LAST, true).get(30, TimeUnit.SECONDS);
        ends.computeIfAbsent(waiter.name(), n -> new HashMap<>()).put(request, waiting.await());
        node.report(bench.namespace(), SET + "-" + LAST, false).get(30, TimeUnit.SECONDS);
    }

    private void tell(AuditLog log, Figures figures) throws Exception {
        List<String> requests = new ArrayList<>();
        ends.values().forEach(e -> requests.addAll(e.keySet()));
        Map<String, Instant> received = log.received(requests);
        Map<String, Samples> samples = new HashMap<>();
        ends.forEach((name, byRequest) -> samples.put(name, Samples.of(byRequest.entrySet().stream()
                .map(e -> Duration.between(received.get(e.getKey()), e.getValue()).toNanos() / 1e6)
                .toList())));
        samples.forEach((name, s) -> figures.progress(name + ": " + s));
        for (String name : List.of("ours", "step", "kubectl-wait", "rollout-status", "loop")) {
            figures.figure("wait." + name + "-median-ms", samples.get(name).median());
        }
        double best = samples.entrySet().stream()
                .filter(e -> !List.of("ours", "step").contains(e.getKey()))
                .mapToDouble(e -> e.getValue().median())
                .min()
                .orElseThrow();
        figures.figure("wait.reaction-ratio", samples.get("ours").median() / best);
        figures.figure("wait.reaction-p99-ms", samples.get("ours").percentile(99));
        figures.figure("wait.step-p99-ms", samples.get("step").percentile(99));
    }
}
