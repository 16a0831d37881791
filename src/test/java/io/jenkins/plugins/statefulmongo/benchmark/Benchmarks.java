package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.testing.TestBed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the benchmarks that docs/benchmarks.md describes, on the cluster of KUBECONFIG or on the embedded one. */
final class Benchmarks {
    /** One of them. */
    interface Benchmark {
        void run(Settings settings, Figures figures) throws Exception;
    }

    /** By name, in the order in which they run. */
    static Map<String, Benchmark> all() {
        Map<String, Benchmark> all = new LinkedHashMap<>();
        all.put("idle", Idle::run);
        all.put("quiet", SideBySide::quiet);
        all.put("lagging", SideBySide::lagging);
        all.put("bad-image", BadImage::run);
        all.put("forbidden", Forbidden::run);
        all.put("chaos", Chaos::run);
        all.put("faults", Faults::run);
        all.put("reaction", Reaction::run);
        all.put("waits1000", Waits1000::run);
        all.put("initiate", Initiation::run);
        all.put("requests", Requests::run);
        all.put("large", Large::run);
        all.put("package", FirstUse::run);
        return all;
    }

    private Benchmarks() {}

    public static void main(String[] args) {
        Figures figures = new Figures(System.out);
        boolean failed = false;
        try {
            Settings settings = new Settings();
            TestBed.steady(System.getenv("KUBECONFIG"));
            for (String name : checked(settings.benchmarks())) {
                failed |= !run(name, settings, figures);
            }
            figures.end();
        } catch (IllegalArgumentException e) {
            System.err.println("ERROR: " + e.getMessage());
            failed = true;
        }
        System.exit(failed ? 1 : 0);
    }

    private static List<String> checked(List<String> names) {
        for (String name : names) {
            if (!all().containsKey(name)) {
                throw new IllegalArgumentException("-Dbenchmarks: there is no '" + name + "'; there are " + String.join(", ", all().keySet()));
            }
        }
        return names;
    }

    private static boolean run(String name, Settings settings, Figures figures) {
        try {
            all().get(name).run(settings, figures);
            return true;
        } catch (Exception | AssertionError e) {
            System.err.println("ERROR: benchmark " + name + ": " + e);
            e.printStackTrace();
            return false;
        }
    }
}
