package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of the costs of many waits is no time. */
class ManyWaitsTest {
    private static final int NAMESPACES = 5;
    private static final int SETS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Bench> benches = new ArrayList<>();
    private EmbeddedCluster embedded;

    @BeforeEach
    void start() throws Exception {
        embedded = EmbeddedCluster.start();
        for (int i = 0; i < NAMESPACES; i++) {
            Bench bench = new Bench(embedded.kubeconfig());
            benches.add(bench);
            for (int set = 0; set < SETS; set++) {
                bench.apply("""
                        apiVersion: apps/v1
                        kind: StatefulSet
                        metadata: {name: set%1$d}
                        spec:
                          serviceName: set%1$d
                          replicas: 1
                          selector: {matchLabels: {app: set%1$d}}
                          template:
                            metadata: {labels: {app: set%1$d}}
                            spec:
                              containers:
                              - name: db
                                image: busybox
                                command: [sleep, infinity]
                                readinessProbe: {tcpSocket: {port: 27017}}
                        """.formatted(set));
            }
        }
        for (Bench bench : benches) {
            bench.until("all pods to run", () -> bench.kube().list(Kind.POD, bench.namespace(), null).stream()
                            .filter(p -> "Running".equals(((Map<?, ?>) p.get("status")).get("phase")))
                            .count()
                    == SETS);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Bench bench : benches) {
            bench.close();
        }
        embedded.close();
    }

    @Test
    void manyWaitsShareWatchesAndThreadsAndPollNothing() throws Exception {
        Line line = embedded.line();
        Connection connection = Kubeconfig.read(embedded.kubeconfig(line), "many");
        int before = embedded.requests().size();
        try (ManyWaits waits = new ManyWaits(connection)) {
            for (Bench bench : benches) {
                for (int set = 0; set < SETS; set++) {
                    waits.begin(bench.namespace(), "set" + set);
                }
            }
            waits.awaitWaiting(PATIENCE);
            List<Request> begun = requests(before);
            assertThat(begun.stream().filter(r -> r.verb().equals("watch"))).as("one for each namespace and kind").hasSize(3 * NAMESPACES);
            assertThat(begun.stream().filter(r -> r.verb().equals("list"))).as("the same").hasSize(3 * NAMESPACES);
            assertThat(begun.stream().filter(r -> r.verb().equals("get"))).as("each reads its set once").hasSize(SETS * NAMESPACES);

            long ticks = waits.ticks();
            waits.waits().forEach(w -> w.task().wake());
            benches.get(0).until("each to look again", () -> waits.ticks() >= ticks + SETS * NAMESPACES);
            assertThat(requests(before)).as("a look asks for nothing").hasSameSizeAs(begun);
            assertThat(waits.threads()).as("threads by name").allSatisfy((name, count) -> assertThat(count).isLessThanOrEqualTo(8));
            assertThat(waits.threads().get("stateful-mongo-N")).isLessThanOrEqualTo(8);
        }
    }

    private List<Request> requests(int from) {
        List<Request> all = embedded.requests();
        return all.subList(from, all.size()).stream().filter(r -> !r.path().endsWith("/version")).toList();
    }
}
