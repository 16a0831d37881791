package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.benchmark.ChaosRound.Result;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Updates under a write load that are disturbed at random, once a member was replaced ({@link ChaosPlan}, {@link ChaosRound}). A few rounds
 * share one set, so that what one leaves behind meets the next. Lost is an acknowledged majority write that a majority read does not find,
 * after each round, or that a member does not have, once all optimes agree, at a set's end. That such a loss would be seen is shown first,
 * on writes of the other kind ({@link ChaosControl}).
 */
final class Chaos {
    private static final double SUCCEED = 0.9;

    private final Settings settings;
    private final Figures figures;
    private final Random random;
    private final int rounds;
    private final Map<Result, Integer> results = new EnumMap<>(Result.class);
    private int healing;
    private int healingSucceeded;
    private long lost;

    private Chaos(Settings settings, Figures figures, long seed) {
        this.settings = settings;
        this.figures = figures;
        random = new Random(seed);
        rounds = settings.number("chaos.rounds");
    }

    static void run(Settings settings, Figures figures) throws Exception {
        String missing = settings.disturbance().missing();
        if (missing != null) {
            throw new IllegalArgumentException("chaos cannot be shown: " + missing);
        }
        int given = settings.number("chaos.seed", Integer.MIN_VALUE);
        int seed = given != 0 ? given : (int) (System.nanoTime() & Integer.MAX_VALUE);
        figures.title("chaos: updates under load, disturbed at random (-Dchaos.seed=" + seed + " draws the same faults)");
        int controlLost = ChaosControl.lost(settings, figures);
        Chaos chaos = new Chaos(settings, figures, seed);
        try {
            chaos.sets();
        } finally {
            chaos.report();
        }
        figures.figure("chaos.control-lost", controlLost);
        chaos.judge(controlLost);
    }

    private void sets() throws Exception {
        int perSet = settings.number("chaos.rounds-per-set");
        int quiescedEvery = settings.number("chaos.quiesced-every");
        for (int set = 1; counted() < rounds; set++) {
            List<String> images = settings.list(set % quiescedEvery == 0 ? "chaos.quiesced-images" : "chaos.images");
            try (ChaosSet on = new ChaosSet(settings, images.get(0))) {
                int end = Math.min(rounds, counted() + perSet);
                for (int tries = 1; counted() < end; tries++) {
                    if (tries > 3 * perSet) {
                        throw new AssertionError("after " + tries + " updates still fewer than " + perSet + " were disturbed in time");
                    }
                    round(on, images.get(tries % 2), "chaos/" + set + "." + tries);
                }
                int differ = on.membersDiffer();
                lost += differ;
                figures.title("set " + set + " (" + String.join(", ", images) + "): " + on.load().verify().acknowledged()
                        + " writes acknowledged; the members' data differs in " + differ);
            }
        }
    }

    private int counted() {
        return results.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void round(ChaosSet set, String image, String holder) throws Exception {
        ChaosPlan plan = ChaosPlan.draw(random);
        figures.title("round " + (counted() + 1) + " to " + image + ", " + plan);
        Elapsed took = Elapsed.start();
        long term = set.term();
        ChaosRound round = new ChaosRound(set, plan, image, holder);
        Result result = round.run();
        Load.Verdict verdict = set.load().verify();
        figures.title("  " + round.story());
        figures.title("  " + result + " in " + took + ", " + (set.term() - term) + " elections, " + verdict.lost() + " of "
                + verdict.acknowledged() + " writes lost");
        if (!result.fine() || verdict.lost() > 0 || Boolean.parseBoolean(Settings.text("chaos.consoles"))) {
            round.consoles().lines().forEach(figures::progress);
        }
        lost += verdict.lost();
        if (result == Result.NOT_HIT) {
            return;
        }
        results.merge(result, 1, Integer::sum);
        if (!plan.lasting()) {
            healing++;
            healingSucceeded += result == Result.SUCCESS ? 1 : 0;
        }
        if (result == Result.NEVER_ENDED || result == Result.NOT_REPAIRED) {
            throw new AssertionError("round " + counted() + " ended in " + result + ": " + round.story());
        }
    }

    private void report() {
        figures.title("faults that healed in time: " + healing + " rounds, of these " + healingSucceeded + " in success");
        figures.figure("chaos.rounds", counted());
        figures.figure("chaos.lost-writes", lost);
        figures.figure("chaos.successes", results.getOrDefault(Result.SUCCESS, 0));
        figures.figure("chaos.rolled-back", results.getOrDefault(Result.ROLLED_BACK, 0));
        figures.figure("chaos.failed-then-repaired", results.getOrDefault(Result.FAILED_THEN_REPAIRED, 0));
        figures.figure("chaos.never-ended", results.getOrDefault(Result.NEVER_ENDED, 0));
    }

    private void judge(int controlLost) {
        if (controlLost == 0) {
            throw new AssertionError("the control lost nothing: what found no loss above could not have found one");
        }
        if (lost > 0) {
            throw new AssertionError(lost + " acknowledged majority writes are lost");
        }
        if (healingSucceeded < SUCCEED * healing) {
            throw new AssertionError("only " + healingSucceeded + " of " + healing + " updates succeeded although their faults healed in time");
        }
    }
}
