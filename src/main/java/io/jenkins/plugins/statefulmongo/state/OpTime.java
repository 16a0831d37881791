package io.jenkins.plugins.statefulmongo.state;

/**
 * A position in the oplog. Positions of different terms compare by term first, as MongoDB's own do.
 *
 * @param term the election term, -1 where unknown
 * @param seconds the timestamp's seconds since 1970
 * @param increment orders the operations of one second
 */
public record OpTime(long term, long seconds, int increment) implements Comparable<OpTime> {
    public static final OpTime NONE = new OpTime(-1, 0, 0);

    @Override
    public int compareTo(OpTime other) {
        int byTerm = Long.compare(term, other.term);
        int bySecond = byTerm != 0 ? byTerm : Long.compare(seconds, other.seconds);
        return bySecond != 0 ? bySecond : Integer.compareUnsigned(increment, other.increment);
    }

    public boolean notBefore(OpTime other) {
        return compareTo(other) >= 0;
    }

    /** How many seconds this position is behind {@code other}; 0 when it is not behind. */
    public long secondsBehind(OpTime other) {
        return Math.max(0, other.seconds - seconds);
    }
}
