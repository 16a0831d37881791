package io.jenkins.plugins.statefulmongo.report;

import java.time.Duration;
import java.util.Locale;

/** A stop-watch that prints itself as people read it: 0.2 s, 9.8 s, 31 s, 4 min 5 s. */
public final class Elapsed {
    private final long start;

    private Elapsed(long start) {
        this.start = start;
    }

    public static Elapsed start() {
        return new Elapsed(System.nanoTime());
    }

    public Duration time() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public String toString() {
        return text(time());
    }

    /** Rounded up, so that it may follow "at most". */
    public static String bound(Duration time) {
        long unit = time.toMillis() < 9_950 ? 100 : 1000;
        return text(Duration.ofMillis((time.toMillis() + unit - 1) / unit * unit));
    }

    public static String text(Duration time) {
        long millis = time.toMillis();
        if (millis < 9_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = Math.round(millis / 1000.0);
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }
}
