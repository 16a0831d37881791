package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How large the plugin is, and what a JVM loads for its first step: a wait for a set that is not there. */
final class FirstUse {
    private static final Path HPI = Path.of("target", "stateful-mongo.hpi");

    private FirstUse() {}

    static void run(Settings settings, Figures figures) throws Exception {
        figures.title("package" + (Files.exists(HPI) ? "" : ": without the size of the .hpi, which mvn package makes"));
        if (Files.exists(HPI)) {
            figures.figure("package.hpi-kib", Files.size(HPI) / 1024);
        }
        Path loaded = Files.createTempFile("loaded", ".log");
        String millis = Shell.succeed(Duration.ofMinutes(2),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + loaded,
                "-Djava.util.logging.config.file=" + System.getProperty("java.util.logging.config.file"),
                "-classpath", System.getProperty("java.class.path"),
                FirstUse.class.getName());
        List<String> lines = Files.readAllLines(loaded);
        Files.delete(loaded);
        figures.figure("package.classes", count(lines, "/classes/"));
        figures.figure("package.classes-kubernetes", count(lines, "kubernetes-"));
        figures.figure("package.classes-mongodb", count(lines, "mongodb-", "bson-"));
        figures.figure("package.classes-all", lines.size());
        figures.figure("package.first-use-ms", Long.parseLong(millis.strip()));
    }

    private static long count(List<String> lines, String... parts) {
        return lines.stream().filter(l -> l.contains("source: file:") && Stream.of(parts).anyMatch(l::contains)).count();
    }

    /** The child: prints how many milliseconds its first step took. */
    public static void main(String[] args) throws Exception {
        String kubeconfig = Files.readString(Path.of(System.getenv("KUBECONFIG")));
        try (Bench bench = Bench.withoutNamespace(kubeconfig, Duration.ofMinutes(1))) {
            Bench.Ended ended = bench.run(scope -> new WaitOrdinals(scope, new Parameters(Map.of())));
            if (ended.failure() == null) {
                throw new AssertionError("there is such a set");
            }
            System.out.println(ended.took().toMillis());
        }
    }
}
