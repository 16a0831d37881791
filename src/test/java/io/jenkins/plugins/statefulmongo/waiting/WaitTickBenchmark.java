package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One tick of waitOrdinals over the watches' caches: every pod runs, none is Ready. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WaitTickBenchmark {
    @Param({"7", "15", "50"})
    public int ordinals;

    private EmbeddedCluster embedded;
    private Cluster cluster;
    private WaitOrdinals operation;

    @Setup
    public void start() throws Exception {
        embedded = EmbeddedCluster.start();
        cluster = Cluster.open(Kubeconfig.read(embedded.kubeconfig(), "benchmark"));
        cluster.kube().apply(Yaml.all("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: %d
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      containers:
                      - name: db
                        image: busybox
                        command: [sleep, infinity]
                        readinessProbe: {tcpSocket: {port: 27017}}
                """.formatted(ordinals), "benchmark").get(0), "default", false);
        Console console = new Console(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        operation = new WaitOrdinals(
                new io.jenkins.plugins.statefulmongo.kube.Scope(cluster, "default", console, "bench/1", () -> {}), "db", Duration.ofDays(1));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!settled()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the pods do not come");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean settled() throws Exception {
        boolean running = cluster.kube().list(Kind.POD, "default", null).stream()
                        .filter(p -> "Running".equals(Json.text(p, "status", "phase")))
                        .count()
                == ordinals;
        return running && operation.tick() instanceof Outcome.Again again && again.waitingFor().contains(" to become Ready at revision ");
    }

    @Benchmark
    public Object tick() throws Exception {
        return operation.tick();
    }

    @TearDown
    public void stop() {
        operation.close();
        cluster.close();
        embedded.close();
    }
}
