package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Set<Kind> SERVICES = Set.of(Kind.SERVICE);
    private EmbeddedCluster embedded;
    private Bench bench;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        embedded = EmbeddedCluster.start();
        bench = new Bench(embedded.kubeconfig());
        connection = Kubeconfig.read(embedded.kubeconfig(), "shared");
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        embedded.close();
    }

    @Test
    void jenkins13_oneClientAndOneWatchForAllStepsOfAConnection() throws Exception {
        try (Cluster one = Cluster.open(connection);
                Cluster two = Cluster.open(connection.named(connection.name()))) {
            assertThat(two.kube()).isSameAs(one.kube());
            Cluster.View first = one.watch(bench.namespace(), SERVICES, () -> {});
            Cluster.View second = two.watch(bench.namespace(), SERVICES, () -> {});
            first.list(Kind.SERVICE);
            second.list(Kind.SERVICE);
            assertThat(watches()).isEqualTo(1);
            first.close();
            assertThat(second.list(Kind.SERVICE)).isEmpty();
            second.close();
        }
    }

    @Test
    void jenkins13_neverSharedBetweenIdentities() throws Exception {
        Connection other = new Connection("shared", connection.server(), null, "another-token", null, null, null);
        try (Cluster one = Cluster.open(connection);
                Cluster two = Cluster.open(other)) {
            assertThat(two.kube()).isNotSameAs(one.kube());
        }
    }

    @Test
    void jenkins13_theClientOutlivesItsUsersSoThatNoStepLeavesThreadsBehind() throws Exception {
        Cluster one = Cluster.open(connection);
        one.close();
        one.close();
        long before = httpThreads();
        for (int i = 0; i < 20; i++) {
            try (Cluster next = Cluster.open(connection)) {
                assertThat(next.kube()).isSameAs(one.kube());
                assertThat(next.kube().version()).isNotBlank();
            }
        }
        assertThat(httpThreads()).isLessThanOrEqualTo(before + 1);
    }

    @Test
    void jenkins13_twoConnectionsOfOneIdentityKeepTheirNames() throws Exception {
        try (Cluster one = Cluster.open(connection);
                Cluster two = Cluster.open(connection.named("other"))) {
            assertThat(two.kube()).isNotSameAs(one.kube());
            assertThat(two.kube().connection().name()).isEqualTo("other");
        }
    }

    @Test
    void closingAllEndsTheClientsWithTheirThreadsAlsoOneThatWatches() throws Exception {
        Set<Thread> others = selectors();
        Cluster one = Cluster.open(connection);
        one.watch(bench.namespace(), SERVICES, () -> {}).list(Kind.SERVICE);
        Set<Thread> mine = selectors();
        mine.removeAll(others);
        assertThat(mine).hasSize(2); // that of calls, and that of watches
        Cluster.closeAll();
        bench.until("the client's threads to end", () -> {
            System.gc(); // Java 17 ends them when nobody holds the client
            return mine.stream().noneMatch(Thread::isAlive);
        });
        one.close();
        try (Cluster two = Cluster.open(connection)) {
            assertThat(two.kube()).isNotSameAs(one.kube());
            assertThat(two.kube().version()).isNotBlank();
        }
    }

    private static long httpThreads() {
        return selectors().size();
    }

    private static Set<Thread> selectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("HttpClient-") && t.getName().endsWith("SelectorManager"))
                .collect(Collectors.toSet());
    }

    @Test
    void twoViewsOfOneStepDoNotTakeEachOthersWakeUp() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        Runnable wake = woken::countDown;
        Runnable other = () -> {};
        try (Cluster cluster = Cluster.open(connection);
                Cluster.View keep = cluster.watch(bench.namespace(), SERVICES, other)) {
            Cluster.View first = cluster.watch(bench.namespace(), SERVICES, wake);
            Cluster.View second = cluster.watch(bench.namespace(), SERVICES, wake);
            keep.list(Kind.SERVICE);
            first.close();
            bench.apply("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80}]}}");
            assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
            bench.until("the watch to show it", () -> second.list(Kind.SERVICE).stream().anyMatch(s -> "s".equals(Json.text(s, "metadata", "name"))));
            second.close();
        }
    }

    @Test
    void aRefusedWatchSaysWhatIsMissing() throws Exception {
        embedded.deny("list", "services");
        try (Cluster cluster = Cluster.open(connection);
                Cluster.View view = cluster.watch(bench.namespace(), SERVICES, () -> {})) {
            Refused refused = org.assertj.core.api.Assertions.catchThrowableOfType(Refused.class, () -> view.list(Kind.SERVICE));
            assertThat(refused.code()).isEqualTo(403);
            assertThat(refused).hasMessageStartingWith("cannot list and watch services in " + bench.namespace() + ": ")
                    .hasMessageContaining("Grant it to the connection's identity");
            embedded.allow("list", "services");
            bench.until("the view to recover", () -> answered(view));
        }
    }

    @Test
    void aRefusedWatchThatMayListSaysWhatIsMissing() throws Exception {
        embedded.deny("watch", "services");
        try (Cluster cluster = Cluster.open(connection);
                Cluster.View view = cluster.watch(bench.namespace(), SERVICES, () -> {})) {
            Refused refused = org.assertj.core.api.Assertions.catchThrowableOfType(Refused.class, () -> view.list(Kind.SERVICE));
            assertThat(refused).hasMessage("cannot list and watch services in " + bench.namespace() + ": its watch was refused.\n"
                    + "  Grant it to the connection's identity; docs/production.md has the Role that is enough.");
        }
    }

    @Test
    void aServerThatEndsEachWatchAtOnceIsNotAskedForTheListAgainAndAgain() throws Exception {
        int ends = 4;
        embedded.fault(r -> r.verb().equals("watch"), Fault.STATUS_410, ends);
        Semaphore woken = new Semaphore(0);
        try (Cluster cluster = Cluster.open(connection);
                Cluster.View view = cluster.watch(bench.namespace(), SERVICES, woken::release)) {
            long begun = System.nanoTime();
            while (watches() <= ends) {
                answered(view);
                assertThat(woken.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            }
            // at once after the first, then 250, 500 and 1000 ms
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_700));
            assertThat(lists()).isEqualTo(ends + 1);
        }
    }

    @Test
    void manyStepsAskForTheListOfAServerThatIsBusyAsSeldomAsOne() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        embedded.fault(r -> busy.get() && r.verb().equals("list"), Fault.STATUS_429, Integer.MAX_VALUE);
        try (Cluster cluster = Cluster.open(connection)) {
            List<Cluster.View> views = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                views.add(cluster.watch(bench.namespace(), SERVICES, () -> {}));
            }
            long until = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
            while (System.nanoTime() < until) {
                for (Cluster.View view : views) {
                    assertThat(answered(view)).isFalse();
                }
            }
            // at once, at once again, after 250 and after 500 ms; a few more where this machine is slow
            assertThat(lists()).isBetween(2L, 8L);
            busy.set(false);
            for (Cluster.View view : views) {
                bench.until("the list to be answered", () -> answered(view));
                view.close();
            }
        }
    }

    private static boolean answered(Cluster.View view) throws Exception {
        try {
            return view.list(Kind.SERVICE).isEmpty();
        } catch (Refused | Unavailable e) {
            return false;
        }
    }

    @Test
    void whoLooksAfterTheClientWasClosedIsToldSo() throws Exception {
        try (Cluster cluster = Cluster.open(connection);
                Cluster.View view = cluster.watch(bench.namespace(), SERVICES, () -> {})) {
            view.list(Kind.SERVICE);
            Cluster.closeAll();
            bench.until("the watch to be gone", () -> !answered(view));
            assertThat(watches()).isEqualTo(1);
        }
    }

    private long lists() {
        return embedded.requests().stream()
                .filter(r -> r.verb().equals("list") && r.path().contains("/services"))
                .count();
    }

    private long watches() {
        return embedded.requests().stream()
                .filter(r -> r.verb().equals("watch") && r.path().contains("/services"))
                .count();
    }
}
