package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What became of the writes of one lane, by their numbers. A write counts as refused only where the server said so and no attempt can have
 * got through; as unclear where nobody can tell.
 */
final class Ledger {
    /** More than a lane writes in days. */
    private static final long IDS = 1_000_000_000L;

    private final BitSet acknowledged;
    private final BitSet unclear;
    private final BitSet refused;

    Ledger() {
        this(new BitSet(), new BitSet(), new BitSet());
    }

    private Ledger(BitSet acknowledged, BitSet unclear, BitSet refused) {
        this.acknowledged = acknowledged;
        this.unclear = unclear;
        this.refused = refused;
    }

    synchronized void acknowledged(int number) {
        acknowledged.set(number);
    }

    synchronized void unclear(int number) {
        unclear.set(number);
    }

    synchronized void refused(int number) {
        refused.set(number);
    }

    synchronized Ledger copy() {
        return new Ledger((BitSet) acknowledged.clone(), (BitSet) unclear.clone(), (BitSet) refused.clone());
    }

    /** How many writes of all lanes came to which end. */
    record Count(int acknowledged, int unclear, int refused) {
        static Count of(List<Ledger> lanes) {
            int[] sums = new int[3];
            for (Ledger lane : lanes) {
                Ledger copy = lane.copy();
                sums[0] += copy.acknowledged.cardinality();
                sums[1] += copy.unclear.cardinality();
                sums[2] += copy.refused.cardinality();
            }
            return new Count(sums[0], sums[1], sums[2]);
        }
    }

    /**
     * What a read of everything shows.
     *
     * @param present acknowledged writes that are there
     * @param lost ids of acknowledged writes that are not
     * @param ghosts writes that are there although the server refused them
     */
    record Verdict(int acknowledged, int present, List<Long> lost, int ghosts) {
        /**
         * @param lanes as they stood before the read began
         * @param found by lane, the numbers that were read
         */
        static Verdict of(List<Ledger> lanes, List<BitSet> found) {
            int acknowledged = 0;
            int ghosts = 0;
            List<Long> lost = new ArrayList<>();
            for (int i = 0; i < lanes.size(); i++) {
                int lane = i;
                BitSet missing = (BitSet) lanes.get(i).acknowledged.clone();
                acknowledged += missing.cardinality();
                missing.andNot(found.get(i));
                missing.stream().forEach(n -> lost.add(id(lane, n)));
                BitSet unwanted = (BitSet) lanes.get(i).refused.clone();
                unwanted.and(found.get(i));
                ghosts += unwanted.cardinality();
            }
            return new Verdict(acknowledged, acknowledged - lost.size(), lost, ghosts);
        }
    }

    /** The document's {@code _id} of a lane's write. */
    static long id(int lane, int number) {
        return lane * IDS + number;
    }

    static int lane(long id) {
        return (int) (id / IDS);
    }

    static int number(long id) {
        return (int) (id % IDS);
    }
}
