package io.jenkins.plugins.statefulmongo.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** One client of the embedded cluster, whose calls meet faults in one full run after the other. */
final class FaultLane implements AutoCloseable {
    private static final String OWN = "bench";
    /** What nobody should have to read: classes, stack traces, nothing at all. */
    private static final Pattern GIBBERISH =
            Pattern.compile("\\w(Exception|Error)\\b|\\bat (java|io|com)\\.|\\b(java|io\\.fabric8|com\\.mongodb)\\.|\\bnull\\b");

    /**
     * How a run with faults ended.
     *
     * @param failures of its builds, in their order; the last build succeeded
     * @param struck which cases met their call
     */
    record Result(List<String> failures, List<FaultCase> struck) {}

    private final EmbeddedCluster cluster;
    private final Line line;
    private final Connection over;
    private final long hangMillis;

    /** @param hangMillis see {@link Line#faults} */
    FaultLane(EmbeddedCluster cluster, long hangMillis) throws Exception {
        this.cluster = cluster;
        this.hangMillis = hangMillis;
        line = cluster.line();
        over = Kubeconfig.read(cluster.kubeconfig(line), OWN);
    }

    /** The calls of a run without a fault, by their shapes, in their order. */
    List<String> record() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        try (FullRun run = new FullRun(cluster, over)) {
            line.faults(call -> {
                calls.add(FaultCase.shape(call, run.namespace()));
                return null;
            }, 0);
            String failure = run.attempt();
            line.faults(call -> null, 0);
            assertThat(failure).as(run.console()).isNull();
            run.assertWhole();
        }
        return List.copyOf(calls);
    }

    /**
     * Runs with these faults, at most one for each shape, until a build succeeds; then once more without. Asserts that each build ended in
     * success or in a clear failure, and that the set is whole in the end.
     */
    Result run(Collection<FaultCase> cases) throws Exception {
        Map<String, FaultCase> due = new HashMap<>();
        cases.forEach(c -> due.put(c.shape(), c));
        Map<String, Integer> seen = new HashMap<>();
        List<FaultCase> struck = new CopyOnWriteArrayList<>();
        List<String> failures = new ArrayList<>();
        try (FullRun run = new FullRun(cluster, over)) {
            line.faults(call -> {
                String shape = FaultCase.shape(call, run.namespace());
                FaultCase next = due.get(shape);
                if (next == null || seen.merge(shape, 1, Integer::sum) != next.nth()) {
                    return null;
                }
                struck.add(next);
                return next.kind();
            }, hangMillis);
            try {
                String failure = run.attempt();
                for (int met = 0; failure != null; failure = run.attempt()) {
                    assertClear(failure, run.namespace());
                    failures.add(failure);
                    List<FaultCase> since = struck.stream().skip(met).toList();
                    // Five in a row take as long as a cluster that never answered at all is tried.
                    boolean manyAtOnce = since.size() > 4 && failure.contains("No call got through for 4 s");
                    assertThat(since).as("faults that may end a run, before: " + failure).anyMatch(c -> manyAtOnce || c.mayEndTheRun());
                    met += since.size();
                }
                line.faults(call -> null, 0);
                assertThat(run.attempt()).as("the failure of a run without a fault").isNull();
                run.assertWhole();
            } catch (AssertionError | Exception e) {
                throw new AssertionError(cases.size() > 1 ? e + "\nafter " + struck + "\n" + run.console() : e + "\n" + run.console(), e);
            } finally {
                line.faults(call -> null, 0);
            }
        }
        return new Result(failures, struck);
    }

    private static void assertClear(String failure, String namespace) {
        assertThat(failure).as("a failure for people").doesNotContainPattern(GIBBERISH);
        assertThat(failure).as("a failure that names what it is about").containsPattern("\\bdb\\b|\\bdb-\\d|" + namespace + "|" + OWN);
        assertThat(failure.lines().count()).as("a failure that says what to do: " + failure).isGreaterThan(1);
    }

    @Override
    public void close() {
        line.faults(call -> null, 0);
    }
}
