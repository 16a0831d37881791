package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.benchmark.Disturbance;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import io.jenkins.plugins.statefulmongo.waiting.DisturbedWaitContract;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** On the test bed, with the released controllers. */
class DisturbedWaitIT extends DisturbedWaitContract {
    private static final Disturbance BED = Disturbance.environment();

    @BeforeAll
    static void onTheTestBed() {
        Assumptions.assumeTrue(BED.missing() == null, BED.missing());
    }

    @Override
    protected Bench open() throws Exception {
        return Bench.environment();
    }

    @Override
    protected Mishaps mishaps() {
        return BED.mishaps(bench.kube());
    }
}
