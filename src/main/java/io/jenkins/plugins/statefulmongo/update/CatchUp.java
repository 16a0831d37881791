package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Whether a secondary has really caught up: it has applied what the primary had <em>after</em> the secondary was seen as SECONDARY in its
 * present pod. A mark of an older term is void and taken again (safety rule 10). One that was reached holds for {@link #FRESH}: a member
 * that is cut off from the others still calls itself SECONDARY, and only falls behind. Lost marks are only taken anew: nothing depends on
 * them beyond waiting a moment longer.
 */
final class CatchUp {
    /** Long beside the two looks that precede an action, so that a member with a steady lag is caught up at some of them. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /**
     * @param reachedAt {@link System#nanoTime()} of the look in which it was first seen reached; null before
     */
    private record Mark(OpTime primary, Long reachedAt) {}

    private final Map<String, Mark> marks = new HashMap<>();
    private final LongSupplier clock;

    CatchUp() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds that never go back */
    CatchUp(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Takes the marks that are missing and answers who has not reached his.
     *
     * @param primary what the primary said in the same look
     * @param delays by ordinal: how many seconds a member stays behind on purpose
     * @return ordinals of secondaries that have not caught up
     */
    Set<Integer> behind(List<PodState> pods, Map<Integer, MemberState> members, MemberState primary, Map<Integer, Long> delays) {
        marks.keySet().retainAll(pods.stream().map(PodState::uid).toList());
        long now = clock.getAsLong();
        Set<Integer> behind = new TreeSet<>();
        for (PodState pod : pods) {
            MemberState member = members.get(pod.ordinal());
            if (member == null || !member.isSecondary()) {
                marks.remove(pod.uid());
                continue;
            }
            Mark mark = marks.get(pod.uid());
            if (mark == null || mark.primary.term() != primary.applied().term()) {
                // Judged from the next look on: this member's answer may be older than the primary's.
                marks.put(pod.uid(), new Mark(primary.applied(), null));
                behind.add(pod.ordinal());
                continue;
            }
            if (mark.reachedAt != null && now - mark.reachedAt > FRESH.toNanos()) {
                mark = new Mark(primary.applied(), null);
            }
            boolean reached = reached(member.applied(), mark.primary, delays.getOrDefault(pod.ordinal(), 0L));
            if (!reached) {
                behind.add(pod.ordinal());
            }
            marks.put(pod.uid(), reached && mark.reachedAt == null ? new Mark(mark.primary, now) : mark);
        }
        return behind;
    }

    private static boolean reached(OpTime applied, OpTime mark, long delay) {
        return applied.notBefore(mark) || delay > 0 && applied.secondsBehind(mark) <= delay + 1;
    }
}
