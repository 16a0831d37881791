package io.jenkins.plugins.statefulmongo.update;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A set, how an update of it is asked for, and what happens meanwhile. */
record History(Shape shape, Terms terms, List<Event> events) {

    /** What one ordinal may be beside an ordinary member. */
    enum Odd { NONE, ARBITER, DELAYED, NO_MEMBER }

    /** What the voters are that are no ordinals. */
    enum Outside {
        UP(true, true, "SECONDARY"),
        DOWN(false, false, "(not reachable/healthy)"),
        RECOVERS(true, false, "RECOVERING"),
        LAGS(true, true, "SECONDARY");

        final boolean reached;
        final boolean writes;
        final String state;

        Outside(boolean reached, boolean writes, String state) {
            this.reached = reached;
            this.writes = writes;
            this.state = state;
        }
    }

    enum What {
        NOTHING,
        TAKEN_BY_OTHERS,
        DRAINED,
        LAGS,
        SILENT,
        ALL_SILENT,
        ALL_LOADING,
        NOT_READY,
        RECOVERS,
        SIDECAR_FAILS,
        ENDS_AND_RUNS_AGAIN,
        CUT_OFF,
        PRIMARY_MOVES,
        PRIMARY_CUT_OFF,
        STALE_LOOK,
        PRIMARY_MOVES_BETWEEN_LOOKS,
        JENKINS_RESTARTS,
        JENKINS_STALLS,
        RACE_TAKEN,
        RACE_PRIMARY,
        RACE_LAGS,
        CALL_ARRIVES_LATE,
        ANSWER_LOST
    }

    /**
     * @param who an ordinal, modulo the size
     * @param much seconds, or how many looks ago
     */
    record Event(What what, int who, int much) {}

    /**
     * @param electable so many ordinals, from 0, have a priority
     * @param preferred the ordinal with the highest priority, -1: all have the same
     * @param oddAt the ordinal that is odd; 0 never is
     */
    record Shape(int size, int electable, int preferred, Odd odd, int oddAt, boolean initiated, int outsiders, Outside outside) {
        int arbiterAt() {
            return odd == Odd.ARBITER ? oddAt : -1;
        }

        int delayedAt() {
            return odd == Odd.DELAYED ? oddAt : -1;
        }

        int removedAt() {
            return odd == Odd.NO_MEMBER ? oddAt : -1;
        }
    }

    /**
     * @param brokenAt the ordinal on which the wanted template cannot start, or -1
     * @param opensFirst it opens its data before it fails
     * @param stuckAt the ordinal that cannot start from the beginning, or -1
     * @param across to another release series
     * @param budget a PodDisruptionBudget lets one pod be away
     * @param second another build waits for the Lease
     */
    record Terms(int brokenAt, boolean opensFirst, int stuckAt, boolean allowDowntime, boolean across, boolean rollback, boolean budget, boolean second) {}

    static Arbitrary<History> all() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.of(What.class)), Tuple.of(5, Arbitraries.just(What.RACE_LAGS))),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(1, 40))
                .as(Event::new);
        Arbitrary<Integer> sizes = Arbitraries.frequency(
                Tuple.of(1, 1), Tuple.of(2, 2), Tuple.of(6, 3), Tuple.of(2, 4), Tuple.of(4, 5), Tuple.of(1, 7));
        return sizes.flatMap(size -> Combinators.combine(shapes(size), terms(size), event.list().ofMaxSize(25)).as(History::new));
    }

    private static Arbitrary<Shape> shapes(int size) {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(2, Arbitraries.just(size)), Tuple.of(1, Arbitraries.integers().between(1, size))),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(-1)), Tuple.of(1, Arbitraries.integers().between(0, size - 1))),
                        Arbitraries.frequency(
                                Tuple.of(12, Odd.NONE), Tuple.of(2, Odd.ARBITER), Tuple.of(3, Odd.DELAYED), Tuple.of(1, Odd.NO_MEMBER)),
                        Arbitraries.integers().between(Math.min(1, size - 1), size - 1),
                        Arbitraries.frequency(Tuple.of(19, true), Tuple.of(1, false)),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        Arbitraries.of(Outside.class))
                .as((electable, preferred, odd, oddAt, initiated, outsiders, outside) ->
                        new Shape(size, electable, preferred, odd, oddAt, initiated, outsiders, outside));
    }

    private static Arbitrary<Terms> terms(int size) {
        return Combinators.combine(
                        Arbitraries.integers().between(-size, size - 1).map(i -> Math.max(-1, i)),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(-2 * size, size - 1).map(i -> Math.max(-1, i)),
                        Arbitraries.of(true, false, false),
                        Arbitraries.of(true, false, false),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(true, false, false))
                .as(Terms::new);
    }
}
