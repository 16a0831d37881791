package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One update that takes six processes, as each but the last is killed (SIGKILL): on the cluster of KUBECONFIG. */
class UpdateKillIT {
    private static final String OLD = "mongo:4.4.28";
    private static final String NEW = "mongo:4.4.29";

    @TempDir
    private Path folder;

    private ReplicaSetBench set;
    private final List<Process> processes = new ArrayList<>();
    private final Set<String> pods = new ConcurrentSkipListSet<>();
    private int logs;

    @BeforeEach
    void initiatedSet() throws Exception {
        set = new ReplicaSetBench(Files.readString(Path.of(System.getenv("KUBECONFIG"))));
        set.initiated(OLD, "RollingUpdate");
        set.bench.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: db},"
                + " spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}}");
    }

    @AfterEach
    void close() throws Exception {
        processes.forEach(Process::destroyForcibly);
        set.close();
    }

    /** A Jenkins of its own, in one process. */
    private final class Jenkins {
        private final Path log = folder.resolve("log-" + ++logs);
        private final Process process;

        Jenkins(String holder) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    UpdateProcess.class.getName(), set.bench.namespace(), holder, NEW);
            process = builder.redirectErrorStream(true).redirectOutput(Redirect.to(log.toFile())).start();
            processes.add(process);
        }

        String console() throws IOException {
            return Files.readString(log);
        }

        void killWhen(String what, Bench.Condition condition) throws Exception {
            set.bench.until(what, () -> {
                pods.addAll(set.uids().values());
                assertThat(process.isAlive()).as("still at work before: %s\n%s", what, console()).isTrue();
                return condition.holds();
            });
            process.destroyForcibly().waitFor();
        }

        void await() throws Exception {
            set.bench.until("the process to end", () -> {
                pods.addAll(set.uids().values());
                return !process.isAlive();
            });
            assertThat(process.exitValue()).as(console()).isZero();
        }
    }

    private long replaced() throws Exception {
        return set.images().values().stream().filter(NEW::equals).count();
    }

    private long term() throws Exception {
        return set.command(0, "admin", new Document("replSetGetStatus", 1)).get("term", Number.class).longValue();
    }

    private void writeToMajority() throws Exception {
        Document insert = new Document("insert", "kept").append("documents", List.of(new Document("x", 1)))
                .append("writeConcern", new Document("w", "majority").append("wtimeout", 5_000));
        assertThat(set.command(set.primary(), "test", insert)).doesNotContainKey("writeConcernError");
    }

    @Test
    void jenkins23_sixProcessesFinishOneUpdateWhileAnotherJenkinsWaits() throws Exception {
        Map<String, String> before = new TreeMap<>(set.uids());
        long term = term();
        int primary = set.primary();
        int other = primary == 0 ? 1 : 0; // the secondary whose turn would come last

        new Jenkins("job/1").killWhen("the template to be written", () -> set.journal() != null);
        PodState drained = set.pods().stream().filter(p -> p.ordinal() == other).findFirst().orElseThrow();
        set.bench.kube().evict(set.bench.namespace(), drained.name(), drained.uid(), drained.resourceVersion(), 60);
        Jenkins second = new Jenkins("job/2");
        set.bench.until("the other Jenkins to wait", () -> second.console().contains("  waits for job/1, which is changing this set"));

        new Jenkins("job/1").killWhen("the first eviction", () -> set.pods().stream().anyMatch(
                p -> p.ordinal() != other && (p.terminating() || !p.uid().equals(before.get(p.name())))));
        writeToMajority();
        new Jenkins("job/1").killWhen("the secondaries to be replaced", () -> replaced() == 2
                && set.pods().stream().filter(PodState::serves).count() == 3);
        writeToMajority();
        Jenkins stepsDown = new Jenkins("job/1");
        stepsDown.killWhen("the primary to step down", () -> stepsDown.console().contains("  stepped down, "));
        set.bench.until("a primary", () -> {
            writeToMajority();
            return true;
        });
        new Jenkins("job/1").killWhen("all pods to be new", () -> replaced() == 3);
        assertThat(set.journal()).as("killed before the last write").isNotNull();
        assertThat(set.strategy()).isEqualTo("OnDelete");
        writeToMajority();

        Jenkins last = new Jenkins("job/1");
        last.await();
        second.await();
        assertThat(last.console()).containsPattern("  done in .*: 1 election, at least ");
        assertThat(second.console()).contains("  all 3 members run " + NEW + " already");
        pods.removeAll(before.values());
        assertThat(pods).as("each pod was replaced once, by whomever").hasSize(3);
        assertThat(set.images().values()).containsOnly(NEW).hasSize(3);
        assertThat(set.uids().values()).doesNotContainAnyElementsOf(before.values());
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
        assertThat(set.journal()).isNull();
        assertThat(term() - term).isEqualTo(1);
    }

    @Test
    void safety23_nobodyComesBackForAMinute() throws Exception {
        Jenkins dead = new Jenkins("job/1");
        dead.killWhen("a member to be replaced", () -> dead.console().contains("  replaced, Ready"));
        set.ready(3);
        Map<String, String> left = set.uids();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < until) {
            writeToMajority();
            assertThat(set.uids()).isEqualTo(left);
        }
        new Jenkins("job/1").await();
        assertThat(set.images().values()).containsOnly(NEW).hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
    }
}
