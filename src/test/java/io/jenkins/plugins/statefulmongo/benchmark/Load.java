package io.jenkins.plugins.statefulmongo.benchmark;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.codecs.record.RecordCodecProvider;

/** The {@link Writer} as a pod of its own, asked through the API server. */
public final class Load {
    static final String NAME = "writer";

    /**
     * What has become of the writes, and of the time between them since the last reset.
     *
     * @param gapMillis the sum of the gaps above 20 ms
     */
    record Stats(int acknowledged, int unclear, int refused, long longestGapMillis, long gapMillis, List<Long> gaps) {}

    /** See {@link Ledger.Verdict}. */
    record Verdict(int acknowledged, int present, int lost, int ghosts, List<String> lostIds) {}

    private final Bench bench;

    private Load(Bench bench) {
        this.bench = bench;
    }

    /**
     * Starts it against the initiated set {@code db} and lets it run warm.
     *
     * @param image an image in which {@code java} and the paths of our own class path are found
     * @param concern {@code majority}, or how many members acknowledge
     * @param warmUp how long it writes before anything is measured
     */
    public static Load start(Bench bench, String image, String concern, int members, Duration warmUp) throws Exception {
        String host = ".db." + bench.namespace() + ".svc.cluster.local:27017";
        String hosts = IntStream.range(0, members).mapToObj(i -> "db-" + i + host).collect(Collectors.joining(","));
        bench.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s}
                spec: {selector: {app: %1$s}, ports: [{name: http, port: %2$d}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, labels: {app: %1$s}}
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: %1$s
                    image: '%3$s'
                    command: [java, -Xms96m, -Xmx96m, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -cp, '%4$s', %5$s]
                    env: [{name: DB, value: 'mongodb://%6$s/?replicaSet=rs0'}, {name: W, value: '%7$s'}]
                    readinessProbe: {httpGet: {path: /stats, port: %2$d}, periodSeconds: 1}
                """
                .formatted(NAME, Writer.PORT, image, classPath(), Writer.class.getName(), hosts, concern));
        Load load = new Load(bench);
        try {
            bench.until("the write load to write", () -> {
                Kube.Answer answer = load.ask("/stats");
                return answer.code() == 200 && Json.number(bench.kube().read(answer.body()), 0, "acknowledged") > 0;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + bench.kube().log(bench.namespace(), NAME, NAME, false, 20), e);
        }
        TimeUnit.MILLISECONDS.sleep(warmUp.toMillis());
        return load;
    }

    Stats stats() throws Exception {
        return stats("/stats");
    }

    /** The figures until now; gaps count from here on. */
    Stats reset() throws Exception {
        return stats("/stats?reset=1");
    }

    private Stats stats(String path) throws Exception {
        Map<String, Object> body = answer(path);
        return new Stats(
                Json.number(body, -1, "acknowledged"),
                Json.number(body, -1, "unclear"),
                Json.number(body, -1, "refused"),
                Json.number(body, -1, "longestGapMillis"),
                Json.number(body, -1, "gapMillisOver20"),
                Json.texts(body, "gaps").stream().map(Long::valueOf).toList());
    }

    /** Reads all writes back: as soon as the set lets it, within two minutes. */
    Verdict verify() throws Exception {
        Map<String, Object> body = answer("/verify");
        return new Verdict(
                Json.number(body, -1, "acknowledged"),
                Json.number(body, -1, "present"),
                Json.number(body, -1, "lost"),
                Json.number(body, -1, "ghosts"),
                Json.texts(body, "lostIds"));
    }

    /** Whether writes get through: one more was acknowledged. */
    void flows() throws Exception {
        int before = stats().acknowledged();
        bench.until("writes to flow", () -> stats().acknowledged() > before);
    }

    private Map<String, Object> answer(String path) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (true) {
            Kube.Answer answer = ask(path);
            if (answer.code() == 200) {
                return bench.kube().read(answer.body());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the write load does not answer " + path + ": " + answer.code() + " " + answer.body());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private Kube.Answer ask(String path) throws Exception {
        try {
            return bench.kube().proxy(bench.namespace(), NAME, "http", "GET", path);
        } catch (Unavailable e) {
            return new Kube.Answer(0, e.getMessage());
        }
    }

    /** Where the writer and the driver's jars are; nothing else of our class path. */
    private static String classPath() {
        return Stream.of(Writer.class, MongoClient.class, MongoClientSettings.class, BsonDocument.class, RecordCodecProvider.class)
                .map(Load::source)
                .distinct()
                .collect(Collectors.joining(":"));
    }

    private static String source(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
