package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a secondary has really caught up: it has applied what the primary had <em>after</em> the secondary was seen as SECONDARY in its
 * present pod. A mark of a term that is not the present primary's is void and taken again (safety rule 10). Lost marks are only taken anew:
 * nothing depends on them beyond waiting a moment longer.
 */
class CatchUp {
    private final Map<String, OpTime> marks = new HashMap<>();

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
            OpTime mark = marks.get(pod.uid());
            if (member == null || !member.isSecondary()) {
                forget(pod);
            } else if (primary.isPresent() && (mark == null || isVoid(mark, primary.get()))) {
                // Judged from the next look on: this member's answer may be older than the primary's.
                marks.put(pod.uid(), primary.get().applied());
                behind.add(pod.ordinal());
            } else if (primary.isPresent() && !reached(member.applied(), mark, delays.getOrDefault(pod.ordinal(), 0L))) {
                behind.add(pod.ordinal());
            }
        }
        return behind;
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
