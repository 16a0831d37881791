package io.jenkins.plugins.statefulmongo.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.Sweep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Faults between the steps and the API server (issue 7, item 5). One at every single call is a benchmark: docs/benchmarks.md. */
class FaultsTest {
    private static final long HANG_MILLIS = 500;

    /** In each of as many full runs as there are kinds of fault, each shape of call meets another one, once. */
    @Test
    void jenkins25_everyShapeOfCallMeetsEveryKindOfFault() throws Exception {
        int runs = Fault.values().length;
        Set<FaultCase> struck = ConcurrentHashMap.newKeySet();
        try (EmbeddedCluster cluster = EmbeddedCluster.start();
                Sweep<FaultLane> lanes = new Sweep<>(runs, () -> new FaultLane(cluster, HANG_MILLIS));
                FaultLane recorder = new FaultLane(cluster, HANG_MILLIS)) {
            List<String> shapes = recorder.record().stream().distinct().sorted().toList();
            lanes.run("every shape, every kind", (lane, point) -> {
                if (point > runs) {
                    return null;
                }
                List<FaultCase> cases = new ArrayList<>();
                for (int i = 0; i < shapes.size(); i++) {
                    List<Fault> kinds = List.copyOf(FaultCase.kinds(shapes.get(i)));
                    cases.add(new FaultCase(shapes.get(i), 1, kinds.get((i + point) % kinds.size())));
                }
                struck.addAll(lane.run(cases).struck());
                return point + " runs";
            });
            assertThat(struck).containsAll(FaultCase.all(shapes).stream().filter(c -> !FaultCase.isOccasional(c.shape())).toList());
        }
    }
}
