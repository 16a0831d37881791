package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One look of an update, from what every pod and member said to what comes next. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RollDecisionBenchmark {
    private static final int MAX_VOTERS = 7;

    @Param({"7", "15", "50"})
    public int ordinals;

    private MongoSet set;
    private List<PodState> pods;
    private Map<Integer, MemberState> members;

    /** All healthy, half of them updated. */
    @Setup
    public void look() {
        set = new MongoSet(ordinals);
        for (MongoSet.Node node : set.nodes()) {
            node.revision = node.ordinal >= ordinals / 2 ? MongoSet.NEW : MongoSet.OLD;
            if (node.ordinal >= MAX_VOTERS) {
                node.votes = 0;
                node.priority = 0;
            }
        }
        pods = set.pods();
        members = set.members();
    }

    @Benchmark
    public Object decide() {
        return new RollDecision(new Scene(set.set(), set.hosts(), pods, members), Map.of(), Set.of(), false).next();
    }
}
