package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
        return new Watch(bench.kube(), Kind.SERVICE, bench.namespace(), patience, silence, 0);
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
    void aWatchThatIsGivenUpBeforeItsListHadItsTurnIsNeverListed() throws Exception {
        cluster.delay(r -> r.verb().equals("list"), Duration.ofSeconds(3), 4);
        List<Watch> before = IntStream.range(0, 4).mapToObj(i -> watch(LONG, LONG)).toList();
        Watch late = watch(Duration.ofSeconds(1), LONG);
        assertThatThrownBy(late::list)
                .isInstanceOf(Unavailable.class)
                .hasMessage("cannot list and watch services in " + bench.namespace() + ": no answer within 1 s");
        Watch next = watch(LONG, LONG);
        assertThat(next.list()).isEmpty();
        for (Watch watch : before) {
            assertThat(watch.list()).isEmpty();
            watch.stop();
        }
        assertThat(cluster.requests().stream().filter(r -> r.verb().equals("list") && r.path().contains("services"))).hasSize(5);
        next.stop();
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
    void aQuietWatchLivesOnBookmarksAndAsksForNothing() throws Exception {
        Duration silence = Duration.ofSeconds(3);
        Watch watch = watch(LONG, silence);
        watch.list();
        long asked = services();
        long until = System.nanoTime() + silence.multipliedBy(2).toNanos();
        bench.until("twice the time in which a watch that tells nothing is taken for broken", () -> {
            assertThat(watch.broken()).isFalse();
            return System.nanoTime() > until;
        });
        assertThat(services()).isEqualTo(asked);
        watch.stop();
    }

    @Test
    void jenkins25_aWatchThatIsToldThatItsVersionIsGoneIsBrokenAndSaysSo() throws Exception {
        fault(Fault.STATUS_410);
        CountDownLatch woken = new CountDownLatch(1);
        Watch watch = watch(LONG, LONG);
        watch.add(woken::countDown, name -> false);
        assertThat(watch.list()).isEmpty();
        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.broken()).isTrue();
        watch.stop();
    }

    @Test
    void afterAFailureNobodyWaitsForTheListAndWhoListensIsToldWhenItHasCome() throws Exception {
        cluster.delay(r -> r.verb().equals("list"), Duration.ofSeconds(1), 1);
        CountDownLatch woken = new CountDownLatch(1);
        Watch watch = new Watch(bench.kube(), Kind.SERVICE, bench.namespace(), LONG, LONG, 1);
        watch.add(woken::countDown, name -> false);
        assertThatThrownBy(watch::list)
                .isInstanceOf(Unavailable.class)
                .hasMessage("cannot list and watch services in " + bench.namespace() + ": no answer yet");
        assertThat(watch.broken()).isFalse();
        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.list()).isEmpty();
        watch.stop();
    }

    @Test
    void onlyChangesThatConcernAStepWakeIt() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        List<String> others = new CopyOnWriteArrayList<>();
        Watch watch = watch(LONG, LONG);
        watch.add(woken::countDown, "b"::equals);
        watch.add(() -> others.add("woken"), "c"::equals);
        watch.list();
        bench.apply("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}");
        bench.until("a to be seen", () -> watch.list().size() == 1);
        assertThat(woken.getCount()).isEqualTo(1);
        bench.apply("{apiVersion: v1, kind: Service, metadata: {name: b}, spec: {ports: [{port: 80}]}}");
        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.list()).hasSize(2);
        assertThat(others).isEmpty();
        watch.stop();
    }

    @Test
    void whoWroteWhichFieldIsNotKept() throws Exception {
        Watch watch = watch(LONG, LONG);
        watch.list();
        bench.apply("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}");
        bench.until("the Service to be seen", () -> watch.list().size() == 1);
        assertThat(Json.map(watch.list().get(0), "metadata")).containsKey("uid").doesNotContainKey("managedFields");
        watch.stop();
        assertThat(Json.map(bench.get(Kind.SERVICE, "a"), "metadata")).containsKey("managedFields");
    }

    private long services() {
        return cluster.requests().stream().filter(r -> r.path().contains("/services")).count();
    }
}
