package io.jenkins.plugins.statefulmongo.state;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who is primary. Two members may both believe it for a while; only one of them has a majority behind it. */
public final class Primary {
    private Primary() {}

    /**
     * The host that a majority of the configuration's voters take for primary, each by its own replSetGetStatus, in the highest
     * term that any of them reports; empty while there is none.
     *
     * @param members what the ordinals said. Voters outside the StatefulSet cannot be asked: they count in the majority, but not as
     *     witnesses
     */
    public static Optional<String> of(Collection<MemberState> members, ReplicaConfig config) {
        long term = members.stream().mapToLong(MemberState::term).max().orElse(-1);
        Map<String, Long> named = members.stream()
                .filter(m -> m.answered() && m.primary() != null && m.term() == term)
                .filter(m -> votes(m, config))
                .collect(Collectors.groupingBy(MemberState::primary, Collectors.counting()));
        return named.entrySet().stream()
                .filter(e -> e.getValue() >= config.majority())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean votes(MemberState m, ReplicaConfig config) {
        return m.host() != null && config.member(m.host()).filter(ReplicaConfig.Member::voter).isPresent();
    }
}
