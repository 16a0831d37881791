package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Collection;

/** Times in milliseconds, ascending. */
record Samples(double[] millis) {
    static Samples of(Collection<Double> millis) {
        if (millis.isEmpty()) {
            throw new IllegalArgumentException("no samples");
        }
        return new Samples(millis.stream().mapToDouble(d -> d).sorted().toArray());
    }

    double median() {
        return (at((millis.length - 1) / 2) + at(millis.length / 2)) / 2;
    }

    /** The smallest sample that so many percent do not exceed. */
    double percentile(double percent) {
        return at((int) Math.ceil(percent / 100 * millis.length) - 1);
    }

    double most() {
        return at(millis.length - 1);
    }

    private double at(int index) {
        return millis[Math.max(0, index)];
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d samples, median %.1f ms, p90 %.1f ms, p99 %.1f ms, most %.1f ms",
                millis.length, median(), percentile(90), percentile(99), most());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Samples s && Arrays.equals(s.millis, millis);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(millis);
    }
}
