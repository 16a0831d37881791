package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** As many waits as a large controller has at once, most of the time for nothing: what they cost it, and how they end when all may end. */
final class Waits1000 {
    private static final Set<Kind> KINDS = Set.of(Kind.STATEFUL_SET, Kind.POD, Kind.CLAIM);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Settings settings;
    private final Figures figures;
    private final HollowNode node;
    private final int sets;
    private final List<String> namespaces = new ArrayList<>();
    private final Predicate<AuditLog.Entry> ours;

    private Waits1000(Settings settings, Figures figures, HollowNode node) {
        this.settings = settings;
        this.figures = figures;
        this.node = node;
        sets = settings.number("waits1000.per-namespace");
        String prefix = "it-" + UUID.randomUUID().toString().substring(0, 8) + "-";
        for (int i = 0; i < settings.number("waits1000.namespaces"); i++) {
            namespaces.add(prefix + i);
        }
        ours = e -> e.namespace().startsWith(prefix) && e.agent().equals("stateful-mongo");
    }

    static void run(Settings settings, Figures figures) throws Exception {
        String missing = AuditLog.missing(settings);
        if (missing != null) {
            figures.title("waits1000: skipped, " + missing);
            return;
        }
        try (HollowNode node = HollowNode.start(settings)) {
            new Waits1000(settings, figures, node).run();
        }
    }

    private void run() throws Exception {
        figures.title("waits1000: " + namespaces.size() + " × " + sets + " waits");
        prepare();
        Connection connection = Kubeconfig.read(settings.kubeconfigText(), "waits1000");
        try (Cluster cluster = Cluster.open(connection)) {
            cluster.kube().version();
            long empty = ManyWaits.heap();
            try (ManyWaits waits = new ManyWaits(connection)) {
                AuditLog whole = AuditLog.open(settings);
                List<Cluster.View> views = new ArrayList<>();
                for (String namespace : namespaces) {
                    views.add(cluster.watch(namespace, KINDS, () -> {}));
                }
                for (Cluster.View view : views) {
                    for (Kind kind : KINDS) {
                        Bench.await(kind.plural() + " to be listed", PATIENCE, () -> listed(view, kind));
                    }
                }
                long watching = ManyWaits.heap();
                figures.figure("waits1000.watch-kib", (watching - empty) / 1024.0 / views.size() / KINDS.size());
                namespaces.forEach(n -> names().forEach(s -> waits.begin(n, s)));
                waits.awaitWaiting(PATIENCE);
                figures.figure("waits1000.kib", (ManyWaits.heap() - empty) / 1024.0 / waits.waits().size());
                idle(waits);
                ready(waits);
                views.forEach(Cluster.View::close);
                figures.figure("waits1000.watches", whole.requests(e -> ours.test(e) && e.opensWatch()));
                figures.figure("waits1000.threads", waits.mostThreads());
            }
        }
    }

    /** As a step does, which looks again where the API server was too busy for the first list. */
    private static boolean listed(Cluster.View view, Kind kind) throws Failure, InterruptedException {
        try {
            view.list(kind);
            return true;
        } catch (Unavailable e) {
            return false;
        }
    }

    /** Sets of one pod each, whose container runs and is not Ready. */
    private void prepare() throws Exception {
        List<CompletableFuture<?>> made = new ArrayList<>();
        for (String namespace : namespaces) {
            node.namespace(namespace);
            names().forEach(set -> made.add(node.set(namespace, set, 1)));
        }
        all(made);
        for (String namespace : namespaces) {
            node.awaitPods(namespace, sets, PATIENCE);
            names().forEach(set -> made.add(node.report(namespace, set + "-0", false)));
        }
        all(made);
        figures.progress("all sets are there");
    }

    private void idle(ManyWaits waits) throws Exception {
        int seconds = settings.number("waits1000.idle-seconds");
        TimeUnit.SECONDS.sleep(10); // what was begun before has ended
        AuditLog log = AuditLog.open(settings);
        Duration cpu = ManyWaits.cpu();
        TimeUnit.SECONDS.sleep(seconds);
        Duration used = ManyWaits.cpu().minus(cpu);
        figures.progress("threads while nothing happens: " + waits.threads());
        figures.figure("waits1000.idle-cpu-percent", used.toMillis() / 10.0 / seconds);
        figures.figure("waits1000.idle-requests-per-namespace-minute", log.requests(ours) * 60.0 / seconds / namespaces.size());
    }

    private void ready(ManyWaits waits) throws Exception {
        AuditLog log = AuditLog.open(settings);
        Map<ManyWaits.Wait, CompletableFuture<String>> reports = new HashMap<>();
        for (ManyWaits.Wait wait : waits.waits()) {
            reports.put(wait, node.report(wait.namespace(), wait.set() + "-0", true));
        }
        waits.awaitEnd(PATIENCE);
        figures.progress("threads at the end: " + waits.threads());
        Map<String, Instant> received = log.received(reports.values().stream().map(CompletableFuture::join).toList());
        Samples reactions = Samples.of(waits.waits().stream()
                .map(w -> Duration.between(received.get(reports.get(w).join()), w.ended().join()).toNanos() / 1e6)
                .toList());
        figures.progress("all ready at once: " + reactions);
        figures.figure("waits1000.median-ms", reactions.median());
        figures.figure("waits1000.p99-ms", reactions.percentile(99));
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            names.add("set" + i);
        }
        return names;
    }

    private static void all(List<CompletableFuture<?>> futures) throws Exception {
        for (CompletableFuture<?> future : futures) {
            future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        futures.clear();
    }
}
