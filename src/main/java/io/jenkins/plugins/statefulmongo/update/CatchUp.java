package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a secondary has really caught up: it has applied what the primary had <em>after</em> the secondary was seen as SECONDARY in its
 * present pod. A mark of an older term is void and taken again (safety rule 10). Lost marks are only taken anew: nothing depends on them
 * beyond waiting a moment longer.
 */
final class CatchUp {
    private record Mark(OpTime primary) {}

    private final Map<String, Mark> marks = new HashMap<>();

    /**
     * Takes the marks that are missing and answers who has not reached his.
     *
     * @param primary what the primary said in the same look
     * @param delays by ordinal: how many seconds a member stays behind on purpose
     * @return ordinals of secondaries that have not caught up
     */
    Set<Integer> behind(List<PodState> pods, Map<Integer, MemberState> members, MemberState primary, Map<Integer, Long> delays) {
        marks.keySet().retainAll(pods.stream().map(PodState::uid).toList());
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
                marks.put(pod.uid(), new Mark(primary.applied()));
                behind.add(pod.ordinal());
            } else if (!reached(member.applied(), mark.primary, delays.getOrDefault(pod.ordinal(), 0L))) {
                behind.add(pod.ordinal());
            }
        }
        return behind;
    }

    private static boolean reached(OpTime applied, OpTime mark, long delay) {
        return applied.notBefore(mark) || delay > 0 && applied.secondsBehind(mark) <= delay + 1;
    }
}
