package io.jenkins.plugins.statefulmongo.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long a set is not whole after somebody asked for an image that cannot serve. */
final class BadImage {
    /** How long anybody watches those who do not mend it. */
    private static final Duration WATCH = Duration.ofSeconds(20);

    private BadImage() {}

    static void run(Settings settings, Figures figures) throws Exception {
        int count = settings.rounds("bad-image");
        figures.title("bad image: " + count + " rounds of ours with each of " + String.join(", ", Images.BAD));
        List<Long> millis = new ArrayList<>();
        try (LoadedSet set = LoadedSet.start(settings, Images.OLD, "majority")) {
            for (int i = 0; i < count; i++) {
                for (String image : Images.BAD) {
                    set.placePrimary(i % LoadedSet.MEMBERS);
                    millis.add(rollBack(set, image, figures));
                }
            }
            figures.verified(set.load().verify());
        }
        List<Long> sorted = millis.stream().sorted().toList();
        figures.figure("update.rollback-seconds-median", sorted.get(sorted.size() / 2) / 1e3);
        figures.figure("update.rollback-seconds", sorted.get(sorted.size() - 1) / 1e3);
        others(settings, figures);
    }

    private static long rollBack(LoadedSet set, String image, Figures figures) throws Exception {
        set.whole(Duration.ofMinutes(2));
        set.load().reset();
        long begun = System.nanoTime();
        String failure = new Contender.Ours().update(set, image, WATCH);
        set.whole(Duration.ofMinutes(2));
        long took = (System.nanoTime() - begun) / 1_000_000;
        if (failure == null || !set.state().image().equals(Images.OLD)) {
            throw new AssertionError("not rolled back from " + image + ": " + failure);
        }
        figures.progress(String.format("ours     %-32s whole at the old image after %4.1f s, gaps %d ms", image, took / 1e3,
                set.load().stats().gapMillis()));
        return took;
    }

    /** They never put an image back; what is measured is that, and what the writes suffer meanwhile. */
    private static void others(Settings settings, Figures figures) throws Exception {
        String missing = Contender.missing();
        if (missing != null) {
            figures.title("bad image, others: skipped, " + missing);
            return;
        }
        for (Contender contender : List.of(new Contender.Kubectl(), new Contender.Naive())) {
            try (LoadedSet set = LoadedSet.start(settings, Images.OLD, "majority")) {
                contender.prepare(set);
                set.load().reset();
                String failure = contender.update(set, Images.BAD.get(0), WATCH);
                boolean back = failure == null || set.state().image().equals(Images.OLD);
                figures.progress(String.format("%-8s %-32s %s, gaps %d ms",
                        contender.name(), Images.BAD.get(0),
                        back ? "went back" : "not whole, and nobody at work on it, after it gave up", set.load().stats().gapMillis()));
                figures.figure("update." + contender.name() + "-rolled-back", back ? 1 : 0);
                figures.verified(set.load().verify());
            }
        }
    }
}
