package io.jenkins.plugins.statefulmongo.faults;

import io.jenkins.plugins.statefulmongo.testing.Sweep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A fault at every call of a full run, one in each run. Where a run polls less often than the recorded one, the fault meets the last call
 * of its shape.
 */
public final class FaultSweep {
    private static final int LANES = 16;

    /**
     * What came of it.
     *
     * @param calls requests of the recorded run, port-forwards aside
     * @param kinds of faults that each of them met
     * @param forwardCases faults at the opening of port-forwards and at commands through them
     * @param cases all that were tried
     * @param unreached names of those whose call no run made but the recorded one, in which something was slow
     * @param ended runs that ended in a clear failure, after which the next succeeded
     * @param failed the names of those that ended otherwise
     */
    public record Report(int calls, int kinds, int forwardCases, int cases, List<String> unreached, int ended, List<String> failed) {}

    private final Consumer<String> tell;
    private final List<String> failed = new ArrayList<>();
    private final List<String> unreached = new ArrayList<>();
    private final TreeMap<String, TreeSet<String>> failures = new TreeMap<>();
    private int ended;

    private FaultSweep(Consumer<String> tell) {
        this.tell = tell;
    }

    /**
     * @param every 1 for all cases, 2 for every second one, …
     * @param only names of cases, in place of all; empty for all
     * @param tell is told of progress
     */
    public static Report run(int every, List<String> only, Consumer<String> tell) throws Exception {
        return new FaultSweep(tell).run(every, only);
    }

    private Report run(int every, List<String> only) throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(); Sweep<FaultLane> lanes = new Sweep<>(LANES, () -> new FaultLane(cluster, 0))) {
            List<String> calls;
            try (FaultLane recorder = new FaultLane(cluster, 0)) {
                recorder.record(); // the first run of a JVM is slow, and polls more often
                calls = recorder.record();
            }
            List<FaultCase> all = only.isEmpty() ? FaultCase.all(calls) : only.stream().map(FaultCase::named).toList();
            List<FaultCase> cases = IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get).toList();
            long requests = calls.stream().filter(c -> !FaultCase.isForward(c)).count();
            tell.accept("a full run makes " + calls.size() + " calls, " + requests + " of them requests other than port-forwards; "
                    + cases.size() + " cases");
            lanes.run("faults", (lane, point) -> point > cases.size() ? null : one(lane, cases.get(point - 1)));
            failures.forEach((failure, at) -> tell.accept("ended in a clear failure: " + failure + "\n" + at.size() + " times, such as " + at.first()));
            return new Report((int) requests, FaultCase.OF_REQUESTS.size(),
                    (int) cases.stream().filter(c -> FaultCase.isForward(c.shape())).count(), cases.size(),
                    List.copyOf(unreached), ended, List.copyOf(failed));
        }
    }

    private String one(FaultLane lane, FaultCase wanted) throws Exception {
        try {
            for (FaultCase at = wanted; at != null; at = at.earlier()) {
                FaultLane.Result result = lane.run(List.of(at));
                if (!result.struck().isEmpty()) {
                    note(at, result);
                    return at.toString();
                }
            }
            synchronized (this) {
                unreached.add(wanted.toString());
            }
            return wanted.toString();
        } catch (AssertionError e) {
            synchronized (this) {
                failed.add(wanted.toString());
            }
            tell.accept("FAILED " + wanted + " (repeat it with -Dfaults.only=" + wanted + ")\n" + e.getMessage());
            return wanted.toString();
        }
    }

    private synchronized void note(FaultCase at, FaultLane.Result result) {
        ended += result.failures().isEmpty() ? 0 : 1;
        result.failures().forEach(f -> failures.computeIfAbsent(
                f.replaceAll("it-[0-9a-f]{8}", "NS"), k -> new TreeSet<>()).add(at.toString()));
    }
}
