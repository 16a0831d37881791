package io.jenkins.plugins.statefulmongo.jenkins;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Holds a step up where it is: the API server answers 503 to requests of one kind, so that the step asks again until it may go on. */
final class Blockade {
    private volatile Predicate<Request> blocked = request -> false;
    private volatile CountDownLatch asked;

    Blockade(EmbeddedCluster cluster) {
        cluster.fault(
                request -> {
                    boolean hit = blocked.test(request);
                    if (hit) {
                        asked.countDown();
                    }
                    return hit;
                },
                Fault.STATUS_503,
                Integer.MAX_VALUE);
    }

    void raise(Predicate<Request> requests) {
        asked = new CountDownLatch(1);
        blocked = requests;
    }

    /** Returns when a step has come as far as the blockade. */
    void awaitStep() throws InterruptedException {
        if (!asked.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no request came to the blockade within 60 s");
        }
    }

    void lift() {
        blocked = request -> false;
    }
}
