package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Relay;
import io.jenkins.plugins.statefulmongo.update.RollingImageUpdate;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Requests and bytes of a first deployment up to its primary, and of an update. Each contender acts as an identity of its own, by which
 * the audit log tells its requests, and through a relay of its own, which counts its bytes.
 */
final class Requests {
    private static final String OLD = "mongo:4.4.28";
    private static final String NEW = "mongo:4.4.29"; // of a release whose members end without 15 s of quiescing
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Settings settings;
    private final Figures figures;
    private final Map<String, List<Double>> counts = new HashMap<>();

    private Requests(Settings settings, Figures figures) {
        this.settings = settings;
        this.figures = figures;
    }

    static void run(Settings settings, Figures figures) throws Exception {
        String missing = AuditLog.missing(settings) != null ? AuditLog.missing(settings) : Contender.missing();
        if (missing != null) {
            figures.title("requests: skipped, " + missing);
            return;
        }
        new Requests(settings, figures).run();
    }

    private void run() throws Exception {
        int rounds = settings.rounds("requests");
        String helm = Settings.text("helm");
        boolean withHelm = Shell.knows(helm);
        figures.title("requests: " + rounds + " rounds" + (withHelm ? "" : "; helm is skipped, there is no program " + helm));
        for (int i = 0; i < rounds; i++) {
            contender("ours", this::ours);
            contender("chapter", (bench, kubeconfig, counter) -> {
                Chapter chapter = new Chapter(bench, kubeconfig);
                chapter.warmUp();
                counter.start();
                chapter.apply(OLD);
                chapter.shell();
                counter.note("deploy");
                chapter.apply(NEW);
                chapter.status();
                counter.note("update");
            });
            if (withHelm) {
                contender("helm", (bench, kubeconfig, counter) -> {
                    Chapter chapter = new Chapter(bench, kubeconfig);
                    chapter.warmUp();
                    counter.start();
                    chapter.helm(helm, OLD, kubeconfig);
                    chapter.shell();
                    counter.note("deploy");
                    chapter.helm(helm, NEW, kubeconfig);
                    chapter.status();
                    counter.note("update");
                });
            }
        }
        counts.keySet().stream().sorted().forEach(name -> figures.figure("requests." + name, median(name)));
        figures.figure("requests.ratio", median("ours-deploy") / median("chapter-deploy"));
        if (withHelm) {
            figures.figure("requests.helm-ratio", median("ours-deploy") / median("helm-deploy"));
        }
    }

    private double median(String name) {
        return Samples.of(counts.get(name)).median();
    }

    private void ours(Bench bench, Path kubeconfig, Counter counter) throws Exception {
        Connection connection = Kubeconfig.read(Files.readString(kubeconfig), "requests");
        counter.start();
        step(bench, connection, scope -> new DeployStatefulMongo(scope, new Parameters(Map.of("image", OLD))));
        step(bench, connection, scope -> new WaitOrdinals(scope, new Parameters(Map.of())));
        step(bench, connection, scope -> new InitReplicaSet(scope, new Parameters(Map.of())));
        counter.note("deploy");
        step(bench, connection, scope -> new RollingImageUpdate(scope, new Parameters(Map.of("image", NEW))));
        counter.note("update");
    }

    private static void step(Bench bench, Connection connection, Bench.Making making) throws Exception {
        Bench.Ended ended = bench.begin(making, "bench/1", connection).await();
        if (ended.failure() != null) {
            throw new AssertionError(ended.failure());
        }
    }

    private interface Way {
        void go(Bench bench, Path kubeconfig, Counter counter) throws Exception;
    }

    private void contender(String name, Way way) throws Exception {
        String text = settings.kubeconfigText();
        String server = Kubeconfig.read(text, "requests").server();
        try (Bench bench = new Bench(text, Duration.ofMinutes(10)); Relay relay = new Relay(server)) {
            String account = bench.namespace() + ":requests";
            String binding = "requests-" + bench.namespace();
            kubectl("-n", bench.namespace(), "create", "serviceaccount", "requests");
            kubectl("create", "clusterrolebinding", binding, "--clusterrole=cluster-admin", "--serviceaccount=" + account);
            Path folder = Files.createTempDirectory("requests", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                String token = kubectl("-n", bench.namespace(), "create", "token", "requests").strip();
                Path kubeconfig = folder.resolve("kubeconfig");
                Files.writeString(kubeconfig, text.replaceAll("(?m)server:.*$", "server: " + relay.url()).replaceAll("(?m)token:.*$", "token: " + token));
                way.go(bench, kubeconfig, new Counter(name, account, relay));
            } finally {
                Shell.run(LIMIT, List.of("rm", "-r", folder.toString()));
                kubectl("delete", "clusterrolebinding", binding);
            }
        }
    }

    private static String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        return Shell.succeed(LIMIT, command.toArray(String[]::new));
    }

    /** What one contender sends and gets. */
    private final class Counter {
        private final String name;
        private final String user;
        private final Relay relay;
        private AuditLog log;
        private long bytes;

        private Counter(String name, String account, Relay relay) {
            this.name = name;
            this.user = "system:serviceaccount:" + account;
            this.relay = relay;
        }

        private void start() throws IOException {
            log = AuditLog.open(settings);
            bytes = relay.bytes();
        }

        private void note(String what) throws Exception {
            TimeUnit.SECONDS.sleep(1); // a request is written down a moment after its answer
            long requests = log.requests(e -> e.user().equals(user));
            double kib = (relay.bytes() - bytes) / 1024.0;
            figures.progress(name + ", " + what + ": " + requests + " requests, " + Math.round(kib) + " KiB");
            counts.computeIfAbsent(name + "-" + what, n -> new ArrayList<>()).add((double) requests);
            counts.computeIfAbsent(name + "-" + what + "-kib", n -> new ArrayList<>()).add(kib);
            start();
        }
    }
}
