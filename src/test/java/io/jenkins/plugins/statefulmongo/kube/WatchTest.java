package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private EmbeddedCluster cluster;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.start();
        bench = new Bench(cluster.kubeconfig());
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        cluster.close();
    }

    private Watch watch(Duration patience, Duration silence) {
        return new Watch(bench.kube(), Kind.SERVICE, bench.namespace(), patience, silence);
    }

    private void fault(Fault fault) {
        cluster.fault(r -> r.verb().equals("watch"), fault, 1);
    }

    @Test
    void jenkins25_aWatchThatIsNotAnsweredIsGivenUp() throws Exception {
        fault(Fault.HANG);
        Watch watch = watch(Duration.ofSeconds(1), LONG);
        assertThat(watch.broken()).isFalse();
        assertThatThrownBy(watch::list)
                .isInstanceOf(Unavailable.class)
                .hasMessage("cannot list and watch services in " + bench.namespace() + ": no answer within 1 s");
        assertThat(watch.broken()).isTrue();
        watch.stop();
    }

    @Test
    void jenkins25_aWatchThatTellsNothingMoreIsTakenForBroken() throws Exception {
        fault(Fault.HANG_ANSWER);
        Watch watch = watch(LONG, Duration.ofSeconds(1));
        bench.apply("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}");
        watch.list();
        bench.until("the watch to be taken for broken", watch::broken);
        watch.stop();
    }

    @Test
    void jenkins25_aWatchThatIsToldThatItsVersionIsGoneListsAgain() throws Exception {
        fault(Fault.STATUS_410);
        Watch watch = watch(LONG, LONG);
        assertThat(watch.list()).isEmpty();
        bench.apply("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}");
        bench.until("the Service to be seen", () -> watch.list().size() == 1);
        assertThat(watch.broken()).isFalse();
        watch.stop();
    }
}
