package io.jenkins.plugins.statefulmongo.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Many waits on one engine, each opened as a step opens it: what they cost this JVM, whatever the cluster. */
final class ManyWaits implements AutoCloseable {
    /** One for all: where a step's console goes is Jenkins' business, and so is its buffer. */
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    private final Connection connection;
    private final Engine engine = new Engine();
    private final List<Wait> waits = new ArrayList<>();
    private final Set<Long> before = ids();
    private final AtomicLong ticks = new AtomicLong();
    private int most;

    /** @param connection of its own: its watches are nobody else's */
    ManyWaits(Connection connection) {
        this.connection = connection;
    }

    /** One wait; {@code ended} fails where the operation does. */
    record Wait(String namespace, String set, Engine.Task task, CompletableFuture<Instant> ended) {}

    /** Closes the connection that was opened for an operation, as a step's execution does. */
    private record Owned(Operation operation, Cluster cluster, AtomicLong ticks) implements Operation {
        @Override
        public Outcome tick() throws Failure, Unavailable, InterruptedException {
            Outcome outcome = operation.tick();
            ticks.incrementAndGet();
            return outcome;
        }

        @Override
        public void close() {
            operation.close();
            cluster.close();
        }
    }

    /** Begins to wait for a set of any size. */
    Wait begin(String namespace, String set) {
        CompletableFuture<Instant> ended = new CompletableFuture<>();
        Engine.Task begun = engine.submit(
                task -> {
                    Cluster cluster = Cluster.open(connection);
                    Scope scope = new Scope(cluster, namespace, new Console(NOWHERE), "bench/1", task::wake);
                    return new Owned(new WaitOrdinals(scope, new Parameters(Map.of("name", set, "stuckSeconds", 86_400))), cluster, ticks);
                },
                System.currentTimeMillis() + TimeUnit.HOURS.toMillis(2),
                false,
                new Engine.Listener() {
                    @Override
                    public void done(Outcome.Done done) {
                        ended.complete(Instant.now());
                    }

                    @Override
                    public void failed(Failure failure) {
                        ended.completeExceptionally(failure);
                    }
                });
        Wait wait = new Wait(namespace, set, begun, ended);
        waits.add(wait);
        return wait;
    }

    List<Wait> waits() {
        return waits;
    }

    /** How often they have looked, all together. */
    long ticks() {
        return ticks.get();
    }

    /** Waits until each knows its pods, and waits for them. */
    void awaitWaiting(Duration patience) throws Exception {
        await("every wait to wait for its pods", patience, () -> waits.stream()
                .allMatch(w -> w.ended.isDone() || String.valueOf(w.task.waitingFor()).contains(" to become Ready at revision ")));
        waits.stream().filter(w -> w.ended.isDone()).forEach(w -> w.ended.join());
    }

    void awaitEnd(Duration patience) throws Exception {
        await("every wait to end", patience, () -> waits.stream().allMatch(w -> w.ended.isDone()));
    }

    private void await(String what, Duration patience, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            threads();
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        threads();
    }

    /** The names of the threads that were not there before, without numbers; those that play the cluster aside. */
    Map<String, Long> threads() {
        Map<String, Long> names = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !before.contains(t.getId()) && !t.getName().startsWith(HollowNode.THREADS))
                .collect(Collectors.groupingBy(t -> t.getName().replaceAll("\\d+", "N"), Collectors.counting()));
        most = Math.max(most, (int) names.values().stream().mapToLong(n -> n).sum());
        return names;
    }

    /** The most threads that were there at once while this looked. */
    int mostThreads() {
        return most;
    }

    /** Bytes of the heap that are in use, after the collector has been there. */
    static long heap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Of all threads of this process, so far. */
    static Duration cpu() {
        return Duration.ofNanos(((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
    }

    private static Set<Long> ids() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getId).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        waits.forEach(w -> w.task.cancel());
        engine.shutdown();
    }
}
