package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.update.RollDecisionBenchmark;
import io.jenkins.plugins.statefulmongo.waiting.WaitTickBenchmark;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What a tick costs by the number of ordinals, without a cluster: time, and bytes that it allocates. */
final class Large {
    private static final int FEW = 7;

    private Large() {}

    static void run(Settings settings, Figures figures) throws Exception {
        figures.title("large: ticks of sets of 7, 15 and 50, by JMH");
        double growth = 0;
        for (Map.Entry<String, Class<?>> tick : Map.<String, Class<?>>of("wait", WaitTickBenchmark.class, "roll", RollDecisionBenchmark.class).entrySet()) {
            Map<Integer, Double> micros = new TreeMap<>();
            for (RunResult result : measure(tick.getValue(), settings.number("large.seconds"))) {
                int ordinals = Integer.parseInt(result.getParams().getParam("ordinals"));
                micros.put(ordinals, result.getPrimaryResult().getScore());
                figures.figure("tick." + tick.getKey() + "-" + ordinals + "-us", result.getPrimaryResult().getScore());
                figures.figure("tick." + tick.getKey() + "-" + ordinals + "-kib", allocated(result) / 1024);
            }
            for (Map.Entry<Integer, Double> more : micros.entrySet()) {
                growth = Math.max(growth, more.getValue() / micros.get(FEW) / (more.getKey() / (double) FEW));
            }
        }
        figures.figure("tick.growth", growth);
    }

    private static Collection<RunResult> measure(Class<?> benchmark, int seconds) throws Exception {
        return new Runner(new OptionsBuilder()
                        .include(benchmark.getName() + "\\.")
                        .forks(1)
                        .jvmArgs("-XX:+UseSerialGC") // and both compilers, as a controller has
                        .warmupIterations(seconds)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(seconds)
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
    }

    private static double allocated(RunResult result) {
        return result.getSecondaryResults().entrySet().stream()
                .filter(e -> e.getKey().endsWith("gc.alloc.rate.norm"))
                .map(Map.Entry::getValue)
                .mapToDouble(Result::getScore)
                .findFirst()
                .orElseThrow();
    }
}
