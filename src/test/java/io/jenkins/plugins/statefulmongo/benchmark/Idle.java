package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.concurrent.TimeUnit;

/** What the write load shows when nothing happens: the noise below which a gap says nothing. */
final class Idle {
    private static final int SECONDS = 60;

    private Idle() {}

    static void run(Settings settings, Figures figures) throws Exception {
        figures.title("idle: the write load alone, for " + SECONDS + " s");
        try (LoadedSet set = LoadedSet.start(settings, Images.OLD, "majority")) {
            set.load().reset();
            TimeUnit.SECONDS.sleep(SECONDS);
            Load.Stats stats = set.load().stats();
            figures.progress(stats.toString());
            figures.verified(set.load().verify());
            figures.figure("idle.gap-ms", stats.gapMillis());
        }
    }
}
