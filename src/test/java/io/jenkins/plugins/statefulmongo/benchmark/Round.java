package io.jenkins.plugins.statefulmongo.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * One update by one contender, and what the write load saw of it until the set was whole again.
 *
 * @param took until the contender said that it was done
 * @param whole until all members had really caught up
 */
record Round(Contender contender, int primary, long elections, Load.Stats stats, Duration took, Duration whole) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Something that happens to the set while it is updated. */
    interface Trouble extends AutoCloseable {
        @Override
        void close() throws Exception;
    }

    /** Begins trouble for an update that is about to start. */
    interface Troubles {
        Trouble begin(LoadedSet set) throws Exception;
    }

    static Round run(LoadedSet set, Contender contender, int primary, Troubles troubles) throws Exception {
        contender.prepare(set);
        set.whole(PATIENCE);
        set.placePrimary(primary);
        set.whole(PATIENCE);
        String image = Images.other(set.state().image());
        long term = set.term();
        set.load().flows();
        Duration took;
        set.load().reset();
        long begun = System.nanoTime();
        try (Trouble trouble = troubles.begin(set)) {
            String failure = contender.update(set, image, PATIENCE);
            took = since(begun);
            if (failure != null) {
                throw new AssertionError(contender.name() + ": " + failure);
            }
        }
        set.whole(PATIENCE);
        set.load().flows();
        Load.Stats stats = set.load().stats();
        if (!set.state().image().equals(image)) {
            throw new AssertionError(contender.name() + " left the set at " + set.state().image());
        }
        return new Round(contender, primary, set.term() - term, stats, took, since(begun));
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    String text() {
        return String.format(
                "%-8s primary db-%d  %d elections  %3d gaps, %5d ms (longest %5d)  done after %5.1f s, whole after %5.1f s  unclear %d",
                contender.name(), primary, elections, stats.gaps().size(), stats.gapMillis(), stats.longestGapMillis(),
                took.toMillis() / 1e3, whole.toMillis() / 1e3, stats.unclear());
    }

    /** A sum over the rounds of one contender. */
    static long sum(List<Round> rounds, String contender, ToLongFunction<Round> what) {
        return rounds.stream().filter(r -> r.contender.name().equals(contender)).mapToLong(what).sum();
    }

    /** A sum over the places of the primary, of each the mean: no place counts more where the rounds are no multiple of them. */
    static double places(List<Round> rounds, String contender, ToLongFunction<Round> what) {
        return rounds.stream()
                .filter(r -> r.contender.name().equals(contender))
                .collect(Collectors.groupingBy(Round::primary, Collectors.averagingLong(what)))
                .values().stream().mapToDouble(Double::doubleValue).sum();
    }

    static long most(List<Round> rounds, String contender, ToLongFunction<Round> what) {
        return rounds.stream().filter(r -> r.contender.name().equals(contender)).mapToLong(what).max().orElseThrow();
    }
}
