package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Whether a secondary has really caught up: it has applied what the primary had <em>after</em> the secondary was seen as SECONDARY in its
 * present pod. A mark of a term that is not the present primary's is void and taken again (safety rule 10). One that was reached holds for
 * {@link #FRESH}: a member that is cut off from the others still calls itself SECONDARY, and only falls behind. Lost marks are only taken
 * anew: nothing depends on them beyond waiting a moment longer.
 */
class CatchUp {
    /** Long beside the two looks that precede an action, so that a member with a steady lag is caught up at some of them. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /**
     * @param reachedAt by the clock, of the look in which it was first seen reached; null before
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
     * @param primary what the primary said in the same look; without one nobody is behind, but who is no SECONDARY is still taken notice of
     * @param delays by ordinal: how many seconds a member stays behind on purpose
     * @return ordinals of secondaries that have not caught up
     */
    Set<Integer> behind(List<PodState> pods, Map<Integer, MemberState> members, Optional<MemberState> primary, Map<Integer, Long> delays) {
        marks.keySet().retainAll(pods.stream().map(PodState::uid).toList());
        Set<Integer> behind = new TreeSet<>();
        for (PodState pod : pods) {
            MemberState member = members.get(pod.ordinal());
            if (member == null || !member.isSecondary()) {
                forget(pod);
            } else if (primary.isPresent() && !caughtUp(pod, member, primary.get(), delays.getOrDefault(pod.ordinal(), 0L))) {
                behind.add(pod.ordinal());
            }
        }
        return behind;
    }

    private boolean caughtUp(PodState pod, MemberState member, MemberState primary, long delay) {
        Mark mark = marks.get(pod.uid());
        if (mark == null || isVoid(mark.primary, primary)) {
            // Judged from the next look on: this member's answer may be older than the primary's.
            marks.put(pod.uid(), new Mark(primary.applied(), null));
            return false;
        }
        long now = clock.getAsLong();
        if (mark.reachedAt != null && now - mark.reachedAt > FRESH.toNanos()) {
            mark = new Mark(primary.applied(), null);
        }
        boolean reached = reached(member.applied(), mark.primary, delay);
        marks.put(pod.uid(), reached && mark.reachedAt == null ? new Mark(mark.primary, now) : mark);
        return reached;
    }

    /** Whoever was no SECONDARY in between may have lost what it had. */
    void forget(PodState pod) {
        marks.remove(pod.uid());
    }

    /** A primary that has not yet written in its own term says nothing either. */
    boolean isVoid(OpTime mark, MemberState primary) {
        return mark.term() != primary.term();
    }

    boolean reached(OpTime applied, OpTime mark, long delay) {
        return applied.notBefore(mark) || delay > 0 && applied.secondsBehind(mark) <= delay + 1;
    }
}
