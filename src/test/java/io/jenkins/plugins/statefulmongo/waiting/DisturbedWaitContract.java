package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Mishaps;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens to pods while waitOrdinals waits for them: what heals by itself does not end it, what happens again and again does. */
public abstract class DisturbedWaitContract extends OnOrdinals {
    /** As deployStatefulMongo's own: it fails until the set is initiated. */
    private static final String ROLE = "readinessProbe: {periodSeconds: 1, exec: {command: [mongosh, --eval,"
            + " 'const h = db.hello(); quit(h.secondary || h.isWritablePrimary ? 0 : 1)']}}";

    protected abstract Mishaps mishaps();

    /** A set that is not Ready before it is initiated, so that something can happen meanwhile. */
    private Bench.Running waits(int stuckSeconds) throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, ROLE, "", ""));
        Bench.Running waiting = begin("stuckSeconds", stuckSeconds);
        bench.until("all to run", () -> running() == 3);
        return waiting;
    }

    private long running() throws Exception {
        return bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                .filter(p -> Json.at(p, "metadata", "deletionTimestamp") == null)
                .flatMap(p -> Json.list(p, "status", "containerStatuses").stream())
                .filter(c -> !Json.map(c, "state", "running").isEmpty())
                .count();
    }

    private int restarts(String pod) throws Exception {
        return bench.kube().get(Kind.POD, bench.namespace(), pod).stream()
                .flatMap(p -> Json.list(p, "status", "containerStatuses").stream())
                .mapToInt(c -> Json.number(c, 0, "restartCount"))
                .sum();
    }

    String uid(String pod) throws Exception {
        return bench.kube().get(Kind.POD, bench.namespace(), pod).map(p -> Json.text(p, "metadata", "uid")).orElse("");
    }

    private void isDoneOnceInitiated(Bench.Running waiting) throws Exception {
        assertThat(waiting.ended()).isNotDone();
        assertThat(bench.run(scope -> new InitReplicaSet(scope, new Parameters(Map.of()))).failure()).isNull();
        Bench.Ended ended = waiting.await();
        assertThat(ended.failure()).as(ended.console()).isNull();
    }

    @Test
    void rule6_whatANodesRestartDoesToAllContainersHealsByItself() throws Exception {
        Bench.Running waiting = waits(30);
        for (int i = 0; i < 3; i++) {
            mishaps().kill(bench.namespace(), "db-" + i);
        }
        bench.until("all to have started again", () -> running() == 3 && restarts("db-0") == 1 && restarts("db-1") == 1 && restarts("db-2") == 1);
        isDoneOnceInitiated(waiting);
    }

    @Test
    void rule6_aContainerThatIsKilledForMemoryOnceHealsByItself() throws Exception {
        Bench.Running waiting = waits(30);
        mishaps().outOfMemory(bench.namespace(), "db-1");
        bench.until("it to have started again", () -> running() == 3 && restarts("db-1") == 1);
        isDoneOnceInitiated(waiting);
    }

    @Test
    void rule6_aContainerThatIsKilledForMemoryAgainAndAgainIsNamed() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Running waiting = begin("stuckSeconds", 6);
        bench.until("it to end", () -> {
            mishaps().outOfMemory(bench.namespace(), "db-1");
            return waiting.ended().isDone();
        });
        assertThat(waiting.await().failure())
                .matches("(?s)db-1 does not stay up: container db is killed for memory( \\(\\d+ restarts?\\))?\\.\n.*"
                        + "  Raise its memory limit: mongod's cache alone takes at least 256 MB, and half of what is over 1 GB\\.");
    }

    @Test
    void rule6_aPodThatItsNodeEvictsOnceIsMadeAgainAndWaitedFor() throws Exception {
        Bench.Running waiting = waits(30);
        String uid = uid("db-1");
        mishaps().evict(bench.namespace(), "db-1");
        bench.until("another one", () -> running() == 3 && !uid("db-1").equals(uid));
        isDoneOnceInitiated(waiting);
    }

    @Test
    void rule6_aPodThatWasEvictedByTheApiIsMadeAgainAndWaitedFor() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        assertThat(await().failure()).isNull();
        String uid = uid("db-1");
        String version = Json.text(bench.get(Kind.POD, "db-1"), "metadata", "resourceVersion");
        bench.kube().evict(bench.namespace(), "db-1", uid, version, 1);
        Bench.Ended ended = await("stuckSeconds", 30);
        assertThat(ended.failure()).isNull();
        assertThat(uid("db-1")).isNotEqualTo(uid);
    }

    @Test
    void aPodThatDoesNotEndIsNamedAfterItsGracePeriodAndStuckSeconds() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD));
        assertThat(await().failure()).isNull();
        hold(List.of("example.com/hold"));
        bench.kube().delete(Kind.POD, bench.namespace(), "db-1", uid("db-1"), Map.of());
        try {
            Bench.Ended ended = await("stuckSeconds", 6);
            assertThat(ended.failure()).matches("db-1 is to be deleted and does not end\\.\n  It is on node-\\d\\.\n"
                    + "  Check that its node is alive \\(kubectl get nodes\\) and that no finalizer holds the pod\\.");
            assertThat(ended.took()).isGreaterThan(Duration.ofSeconds(6)).isLessThan(AT_ONCE);
        } finally {
            hold(null);
        }
        assertThat(await().failure()).as("it heals as soon as it may").isNull();
    }

    private void hold(List<String> finalizers) throws Exception {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("finalizers", finalizers);
        bench.kube().patch(Kind.POD, bench.namespace(), "db-1", Map.of("metadata", metadata));
    }
}
