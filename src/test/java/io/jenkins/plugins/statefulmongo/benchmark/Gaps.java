package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.ArrayList;
import java.util.List;

/** The times between one acknowledged write and the next, of whatever lane. The one that is still open counts with what it has by now. */
final class Gaps {
    /** What a write load has of itself on a busy machine, and no user notices: not counted. */
    static final long IGNORED_MILLIS = 20;

    /**
     * @param longestMillis the longest gap
     * @param overIgnoredMillis the sum of those longer than {@link #IGNORED_MILLIS}
     * @param millis those that were summed, in order
     */
    record Summary(long longestMillis, long overIgnoredMillis, List<Long> millis) {}

    private final List<Long> closed = new ArrayList<>();
    private long longest;
    private long last;

    /** @param now the monotonic clock, in nanoseconds */
    Gaps(long now) {
        last = now;
    }

    synchronized void acknowledged(long now) {
        if (now > last) { // else another lane, whose write was acknowledged later, was faster to get here
            long gap = millis(now);
            longest = Math.max(longest, gap);
            if (gap > IGNORED_MILLIS) {
                closed.add(gap);
            }
            last = now;
        }
    }

    synchronized Summary summary(long now) {
        List<Long> gaps = new ArrayList<>(closed);
        long open = millis(now);
        if (open > IGNORED_MILLIS) {
            gaps.add(open);
        }
        return new Summary(
                Math.max(longest, open),
                gaps.stream().mapToLong(Long::longValue).sum(),
                List.copyOf(gaps));
    }

    /** Forgets all; a gap that is open now begins now. */
    synchronized void reset(long now) {
        closed.clear();
        longest = 0;
        last = now;
    }

    private long millis(long now) {
        return (now - last) / 1_000_000;
    }
}
