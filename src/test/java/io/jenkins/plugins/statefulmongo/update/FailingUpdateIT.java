package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.benchmark.Disturbance;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** On the cluster of KUBECONFIG, with its released controllers; with what takes longer than a fast test may. */
class FailingUpdateIT extends FailingUpdateContract {
    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }

    @Override
    Mishaps mishaps() {
        Disturbance bed = Disturbance.environment();
        Assumptions.assumeTrue(bed.missing() == null, bed.missing());
        return bed.mishaps(set.bench.kube());
    }

    @Test
    void rule6_aPodThatNeverEndsIsToldAfterItsGracePeriodAndTheNextRunGoesOn() throws Exception {
        set.initiated("mongo:4.4.28", "OnDelete");
        set.finalizers(2, List.of("example.com/hold"));
        Ended ended;
        try {
            ended = update("mongo:4.4.29");
        } finally {
            set.release(2);
        }
        assertThat(ended.failure())
                .matches("(?s)db-2 is to be deleted and does not end\\.\n  It is on node-\\d\\.\n"
                        + "  No progress for \\d+ s \\(stuckSeconds\\)\\. It is left as it is: time alone deletes nothing\\.\n"
                        + "  Check that its node is alive \\(kubectl get nodes\\) and that no finalizer holds the pod\\.\n"
                        + "  StatefulSet db stays at OnDelete with the template of mongo:4\\.4\\.29.*");
        assertThat(update("mongo:4.4.29").failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:4.4.29").hasSize(3);
    }
}
