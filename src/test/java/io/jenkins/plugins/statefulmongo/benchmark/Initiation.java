package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** From three pods to a primary, and from nothing to a primary: our steps beside what the chapter does. */
final class Initiation {
    private Initiation() {}

    static void run(Settings settings, Figures figures) throws Exception {
        int rounds = settings.rounds("initiate");
        String missing = Contender.missing();
        figures.title("initiate: " + rounds + " rounds" + (missing == null ? "" : ", by ours alone: " + missing));
        List<Double> initiation = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        List<Double> theirInitiation = new ArrayList<>();
        List<Double> theirWhole = new ArrayList<>();
        ours(settings, new ArrayList<>(), new ArrayList<>()); // warms up this JVM
        for (int i = 0; i < rounds; i++) {
            figures.progress(ours(settings, initiation, whole));
            if (missing == null) {
                figures.progress(chapter(settings, theirInitiation, theirWhole));
            }
        }
        figures.figure("initiate.seconds", Samples.of(initiation).median() / 1e3);
        figures.figure("initiate.most-seconds", Samples.of(initiation).most() / 1e3);
        figures.figure("apply-to-primary.seconds", Samples.of(whole).median() / 1e3);
        if (missing == null) {
            figures.figure("initiate.chapter-seconds", Samples.of(theirInitiation).median() / 1e3);
            figures.figure("apply-to-primary.chapter-seconds", Samples.of(theirWhole).median() / 1e3);
            figures.figure("apply-to-primary.ratio", Samples.of(whole).median() / Samples.of(theirWhole).median());
        }
    }

    private static String ours(Settings settings, List<Double> initiation, List<Double> whole) throws Exception {
        try (Bench bench = new Bench(settings.kubeconfigText())) {
            ReplicaSetBench set = new ReplicaSetBench(bench);
            long begun = System.nanoTime();
            double deploy = succeeded(set.deploy("image", Images.OLD, "replicas", 3));
            double wait = succeeded(bench.run(scope -> new WaitOrdinals(scope, new Parameters(Map.of()))));
            double initiate = succeeded(set.initiate());
            initiation.add(initiate);
            whole.add(millis(begun));
            return "ours: deploy " + deploy + " ms, wait " + wait + " ms, initiate " + initiate + " ms";
        }
    }

    private static String chapter(Settings settings, List<Double> initiation, List<Double> whole) throws Exception {
        try (Bench bench = new Bench(settings.kubeconfigText())) {
            Chapter chapter = new Chapter(bench, null);
            long begun = System.nanoTime();
            chapter.apply(Images.OLD);
            double applied = millis(begun);
            long initiating = System.nanoTime();
            chapter.initiate();
            chapter.awaitPrimary();
            initiation.add(millis(initiating));
            whole.add(millis(begun));
            return "chapter: apply and wait " + applied + " ms, initiate " + millis(initiating) + " ms";
        }
    }

    private static double succeeded(Bench.Ended ended) {
        if (ended.failure() != null) {
            throw new AssertionError(ended.failure());
        }
        return ended.took().toMillis();
    }

    private static double millis(long since) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }
}
