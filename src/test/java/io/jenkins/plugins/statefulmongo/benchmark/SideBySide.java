package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Our step, kubectl and a naive script, one after the other on the same set under the same write load, in rounds. */
final class SideBySide {
    private SideBySide() {}

    static void quiet(Settings settings, Figures figures) throws Exception {
        // A controller does not compute on the database's machine. Where both have to share one, all contenders let the members go first:
        // otherwise the gaps would measure how many processors there are.
        Shell.renice(15);
        List<Round> rounds;
        try {
            rounds = rounds("quiet", settings.rounds(), settings, figures, null, set -> () -> {});
        } finally {
            Shell.renice(0); // the scenes that follow must act in time
        }
        if (rounds.isEmpty()) {
            return;
        }
        for (Contender contender : Contender.ALL) {
            String name = contender.name();
            figures.figure("update." + name + "-elections", Round.most(rounds, name, Round::elections));
            figures.figure("update." + name + "-elections-total", Round.sum(rounds, name, Round::elections));
            figures.figure("update." + name + "-write-gap-ms", Round.places(rounds, name, r -> r.stats().gapMillis()));
            figures.figure("update." + name + "-longest-gap-ms", Round.most(rounds, name, r -> r.stats().longestGapMillis()));
            figures.figure("update." + name + "-seconds", Round.places(rounds, name, r -> r.took().toMillis()) / 1e3);
        }
        figures.figure("update.elections", Round.most(rounds, "ours", Round::elections));
        figures.figure("update.write-gap-ratio", ratio(
                Round.places(rounds, "ours", r -> r.stats().gapMillis()), Round.places(rounds, "kubectl", r -> r.stats().gapMillis())));
        figures.figure("update.time-ratio", ratio(
                Round.places(rounds, "ours", r -> r.took().toMillis()), Round.places(rounds, "kubectl", r -> r.took().toMillis())));
    }

    static void lagging(Settings settings, Figures figures) throws Exception {
        Disturbance disturbance = settings.disturbance();
        List<Round> rounds = rounds(
                "lagging", settings.rounds("lagging"), settings, figures, disturbance.missing(), set -> new Freezing(set, disturbance));
        if (rounds.isEmpty()) {
            return;
        }
        for (Contender contender : Contender.ALL) {
            figures.figure(
                    "update." + contender.name() + "-lagging-gap-ms",
                    Round.most(rounds, contender.name(), r -> r.stats().longestGapMillis()));
        }
        long ours = Round.most(rounds, "ours", r -> r.stats().longestGapMillis());
        figures.figure("update.lagging-gap-ms", ours);
        figures.figure("update.lagging-gap-ratio", ratio(ours, Round.most(rounds, "kubectl", r -> r.stats().longestGapMillis())));
    }

    /** A new set for each round: the stand-in's data never shrinks, and would slow down the later ones. */
    private static List<Round> rounds(
            String scene, int count, Settings settings, Figures figures, String missing, Round.Troubles troubles) throws Exception {
        String skipped = missing == null ? Contender.missing() : missing;
        if (skipped != null) {
            figures.title(scene + ": skipped, " + skipped);
            return List.of();
        }
        figures.title(scene + ": " + count + " rounds of each contender, after one by ours that does not count");
        List<Round> rounds = new ArrayList<>();
        try (LoadedSet set = LoadedSet.start(settings, Images.OLD, "majority")) {
            // A controller has run for days: what compiling the step costs this JVM is no part of an update.
            figures.progress("not counted: " + Round.run(set, new Contender.Ours(), 0, none -> () -> {}).text());
        }
        for (int i = 0; i < count; i++) {
            try (LoadedSet set = LoadedSet.start(settings, Images.OLD, "majority")) {
                for (Contender contender : Contender.inTurn(i)) {
                    Round round = Round.run(set, contender, i % LoadedSet.MEMBERS, troubles);
                    figures.progress(round.text());
                    rounds.add(round);
                }
                figures.verified(set.load().verify());
            }
        }
        return rounds;
    }

    private static double ratio(double ours, double theirs) {
        return ours / theirs;
    }
}
