package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SetLeaseTest {
    private static EmbeddedCluster cluster;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8));
    private Bench bench;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @BeforeEach
    void openBench() throws Exception {
        bench = new Bench(cluster.kubeconfig());
    }

    @AfterEach
    void closeBench() throws Exception {
        bench.close();
    }

    @Test
    void safety07_aLeaseThatWasJustRenewedOutlastsACall() throws Exception {
        SetLease lease = lease("job/1");
        assertThat(lease.outlastsACall()).isFalse();
        lease.hold(console);
        assertThat(lease.outlastsACall()).isTrue();
        lease.release();
        assertThat(lease.outlastsACall()).isFalse();
    }

    @Test
    void safety07_oneLeaseForEverySetIsGivenToOneHolder() throws Exception {
        SetLease first = lease("job/1");
        SetLease second = lease("job/2");
        assertThat(first.hold(console)).isEmpty();
        assertThat(second.hold(console)).isPresent();
        assertThat(second.hold(console).map(o -> ((Outcome.Again) o).waitingFor())).contains("the Lease stateful-mongo-db that job/1 holds");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("  waits for job/1, which is changing this set" + System.lineSeparator());
        assertThat(holder()).isEqualTo("job/1");
        first.release();
        assertThat(second.hold(console)).isEmpty();
        assertThat(holder()).isEqualTo("job/2");
    }

    @Test
    void jenkins04_theSameHolderResumesItAtOnce() throws Exception {
        assertThat(lease("job/1").hold(console)).isEmpty();
        assertThat(lease("job/1").hold(console)).isEmpty();
    }

    @Test
    void item3_aLeaseFromBeforeARestartIsGivenBackThoughNothingIsLeftToDo() throws Exception {
        lease("job/1").hold(console);
        SetLease resumed = lease("job/1");
        resumed.mayBeLeftOver();
        resumed.release();
        assertThat(holder()).isEmpty();

        lease("job/2").hold(console);
        SetLease other = lease("job/1");
        other.mayBeLeftOver();
        other.release();
        assertThat(holder()).as("another's is left alone").isEqualTo("job/2");
    }

    @Test
    void aHolderIsShownAsItsBuild() {
        assertThat(SetLease.label("0123456789abcdef team/my shop#12 870d759b-7f7e-4012-bfd4-859442731a54")).isEqualTo("team/my shop#12");
        assertThat(SetLease.label("job/1")).isEqualTo("job/1");
    }

    @Test
    void item3_aLeaseWhoseAnswerWasLostIsGivenBack() throws Exception {
        SetLease mine = lease("job/1");
        cluster.fault(r -> r.method().equals("POST") && r.path().contains("/leases"), Fault.DROP_ANSWER, 1);
        assertThatThrownBy(() -> mine.hold(console)).isInstanceOf(Unavailable.class);
        assertThat(holder()).isEqualTo("job/1");
        mine.release();
        assertThat(holder()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"STATUS_503", "DROP", "DROP_ANSWER"})
    void jenkins25_aLeaseIsGivenBackThoughTheFirstCallForThatIsLost(Fault fault) throws Exception {
        SetLease mine = lease("job/1");
        mine.hold(console);
        cluster.fault(r -> r.method().equals("PUT") && r.path().contains("/leases"), fault, 1);
        mine.release();
        assertThat(holder()).isEmpty();
    }

    @Test
    void safety07_whatIsHeldIsNotWrittenAgainAtEachTick() throws Exception {
        SetLease lease = lease("job/1");
        lease.hold(console);
        Object version = object().get("metadata");
        assertThat(lease.hold(console)).isEmpty();
        assertThat(object().get("metadata")).isEqualTo(version);
    }

    @Test
    void jenkins04_aLeaseIsTakenOverOnlyAfterItsDurationOnOurOwnClock() throws Exception {
        // By its holder's clock it ran out long ago: that proves nothing.
        bench.apply("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: stateful-mongo-db},"
                + " spec: {holderIdentity: job/1, leaseDurationSeconds: 1, renewTime: '2020-01-01T00:00:00.000000Z'}}");
        SetLease mine = lease("job/2");
        assertThat(mine.hold(console)).isPresent();
        assertThat(mine.hold(console)).isPresent();

        // A renewal starts the time anew.
        long renewed = System.nanoTime();
        Map<String, Object> lease = object();
        Map<String, Object> spec = new LinkedHashMap<>(Json.map(lease, "spec"));
        spec.put("renewTime", "2020-01-01T00:00:01.000000Z");
        Map<String, Object> again = new LinkedHashMap<>(lease);
        again.put("spec", spec);
        bench.kube().replace(Kind.LEASE, bench.namespace(), again);
        assertThat(mine.hold(console)).isPresent();
        bench.until("the Lease to be taken over", () -> mine.hold(console).isEmpty());
        assertThat(System.nanoTime() - renewed).isGreaterThan(1_000_000_000L);
        assertThat(holder()).isEqualTo("job/2");
    }

    @Test
    void safety07_aHolderThatLostItIsNotHolding() throws Exception {
        SetLease mine = lease("job/1");
        mine.hold(console);
        Map<String, Object> taken = new LinkedHashMap<>(object());
        Map<String, Object> spec = new LinkedHashMap<>(Json.map(taken, "spec"));
        spec.put("holderIdentity", "job/2");
        taken.put("spec", spec);
        bench.kube().replace(Kind.LEASE, bench.namespace(), taken);
        mine.release();
        assertThat(holder()).as("what another holds is not given back by us").isEqualTo("job/2");
        assertThat(mine.hold(console)).isPresent();
    }

    @Test
    void safety21_aLeaseThatSomebodyDeletesIsTakenAnew() throws Exception {
        SetLease mine = lease("job/1");
        mine.hold(console);
        bench.kube().delete(Kind.LEASE, bench.namespace(), "stateful-mongo-db", Json.text(object(), "metadata", "uid"), Map.of());
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(SetLease.RENEW.toMillis() + 100);
        assertThat(mine.hold(console)).as("looks again").isPresent();
        assertThat(mine.hold(console)).isEmpty();
        assertThat(holder()).isEqualTo("job/1");
    }

    @Test
    void safety07_whatIsLeftOfItOutlastsACall() {
        assertThat(SetLease.DURATION).isGreaterThan(Kube.CALL.multipliedBy(2));
    }

    private SetLease lease(String holder) {
        return new SetLease(bench.kube(), bench.namespace(), "db", holder);
    }

    private Map<String, Object> object() throws Exception {
        return bench.get(Kind.LEASE, "stateful-mongo-db");
    }

    private String holder() throws Exception {
        return Json.text(object(), "spec", "holderIdentity");
    }

    @Test
    void safety11_theMoreOftenAMemberRefusesToStepDownTheLongerIsThePause() {
        assertThat(IntStream.rangeClosed(1, 6).mapToObj(SetLease::pause).map(Duration::toSeconds)).containsExactly(2L, 4L, 8L, 15L, 15L, 15L);
    }
}
