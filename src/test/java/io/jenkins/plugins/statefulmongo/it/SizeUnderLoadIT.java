package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.benchmark.Disturbance;
import io.jenkins.plugins.statefulmongo.benchmark.Load;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 3 → 5 → 3 → 1 → 3 members under a write load, each time with the primary among those that leave. */
class SizeUnderLoadIT {
    private static final String WRITER = """
            apiVersion: v1
            kind: Service
            metadata: {name: writer}
            spec: {selector: {app: writer}, ports: [{name: http, port: 8080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: writer, labels: {app: writer}}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: writer, image: 'testbed/writer', env: [{name: DB, value: '%s'}]}]
            """;

    private final StringBuilder story = new StringBuilder();
    private Bench bench;
    private ReplicaSetBench set;

    @BeforeAll
    static void onTheTestBed() {
        Disturbance bed = Disturbance.environment();
        Assumptions.assumeTrue(bed.missing() == null, bed.missing());
    }

    @BeforeEach
    void open() throws Exception {
        bench = Bench.environment();
        set = new ReplicaSetBench(bench);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    /** Before 4.4 mongod itself allows several votes to change at once. */
    @ParameterizedTest
    @ValueSource(strings = {"mongo:4.2.24", "mongo:7.0.14"})
    void noAcknowledgedWriteIsLostAndOneVoteChangesAtATime(String image) throws Exception {
        size(image, 3);
        Bench.Ended initiated = set.initiate();
        assertThat(initiated.failure()).as(initiated.console()).isNull();
        write(image);
        try (Configurations seen = new Configurations(bench, 5)) {
            change(image, 0, 5);
            assertThat(claims()).isEqualTo(Map.of("db-0", "", "db-1", "", "db-2", "", "db-3", "", "db-4", ""));
            change(image, 4, 3);
            assertThat(claims()).as("kept").isEqualTo(Map.of("db-0", "", "db-1", "", "db-2", "", "db-3", "removed", "db-4", "removed"));
            change(image, 2, 1, "volumes", "delete");
            bench.until("the volumes of those that left to go, and no others",
                    () -> claims().equals(Map.of("db-0", "", "db-3", "removed", "db-4", "removed")));
            change(image, 0, 3);
            assertThat(claims()).isEqualTo(Map.of("db-0", "", "db-1", "", "db-2", "", "db-3", "removed", "db-4", "removed"));
            story.append(seen.told());
            seen.changedOneVoteAtATime();
        }
        Map<String, Object> verdict = ask("/verify");
        System.out.println(image + "\n" + story + "\n" + verdict);
        assertThat(Json.number(verdict, 0, "acknowledged")).isGreaterThan(1_000);
        assertThat(verdict.get("lost")).as("acknowledged writes that are lost").isIn(null, 0);
        assertThat(Json.number(verdict, 0, "present")).isGreaterThanOrEqualTo(Json.number(verdict, 0, "acknowledged"));
    }

    /** The test bed's writer does not know 4.2 any more; ours is asked in the same way. */
    private void write(String image) throws Exception {
        if (image.startsWith("mongo:4.2")) {
            Load.start(bench, "debian", "majority", 3, Duration.ZERO);
        } else {
            bench.apply(WRITER.formatted("mongodb://" + IntStream.range(0, 3)
                    .mapToObj(i -> "db-" + i + ".db." + bench.namespace() + ".svc.cluster.local:27017")
                    .collect(Collectors.joining(",")) + "/?replicaSet=rs0"));
        }
    }

    private void change(String image, int primary, int to, Object... more) throws Exception {
        set.placePrimary(primary);
        flows();
        long term = term();
        ask("/stats?reset=1");
        String console = size(image, to, more);
        int elections = (int) (term() - term);
        assertThat(elections).as(console).isEqualTo(primary < to ? 0 : 1);
        flows();
        story.append("-> ").append(to).append(": ").append(elections).append(" election(s), longest gap ")
                .append(Json.number(ask("/stats"), 0, "longestGapMillis")).append(" ms\n").append(console);
    }

    private String size(String image, int replicas, Object... more) throws Exception {
        Stream<Object> parameters =
                Stream.of("image", image, "replicas", replicas, "allowShrink", true, "cpu", "10m", "memory", "64Mi", "storage", "1Gi");
        Bench.Ended ended = set.deploy(Stream.concat(parameters, Arrays.stream(more)).toArray());
        assertThat(ended.failure()).as(ended.console()).isNull();
        return ended.console();
    }

    private long term() throws Exception {
        return set.command(0, "admin", new Document("replSetGetStatus", 1)).get("term", Number.class).longValue();
    }

    /** By pod, the first word of what was written down of the member that left; blank where none did. */
    private Map<String, String> claims() throws Exception {
        Map<String, String> claims = new TreeMap<>();
        for (Map<String, Object> claim : bench.kube().list(Kind.CLAIM, bench.namespace(), null)) {
            ClaimState state = ClaimState.of(claim);
            claims.put("db-" + state.ordinal(), state.mark() == null ? "" : state.mark().replaceFirst(" .*", ""));
        }
        return claims;
    }

    /** Writes get through: some more were acknowledged. */
    private void flows() throws Exception {
        int before = Json.number(ask("/stats"), 0, "acknowledged");
        bench.until("writes to flow", () -> Json.number(ask("/stats"), 0, "acknowledged") > before + 100);
    }

    private Map<String, Object> ask(String path) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            Kube.Answer answer;
            try {
                answer = bench.kube().proxy(bench.namespace(), "writer", "http", "GET", path);
            } catch (Unavailable e) {
                answer = new Kube.Answer(0, e.getMessage());
            }
            if (answer.code() == 200) {
                return bench.kube().read(answer.body());
            }
            assertThat(System.nanoTime()).as("%s: %s", path, answer).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
