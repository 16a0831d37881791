package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Primary;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A StatefulSet before the number of its members changes. Pure.
 *
 * @param pods all that the set controls, also beyond its replicas
 * @param members by ordinal, what the mongods of these pods said
 * @param claims made for its pods, also for such that are gone
 */
record Look(SetState set, Hosts hosts, List<PodState> pods, Map<Integer, MemberState> members, List<ClaimState> claims) {

    /** The newest configuration that any member has; empty where none is initiated. */
    Optional<ReplicaConfig> config() {
        return ReplicaConfig.newest(members.values());
    }

    /** The primary that a majority names, if it is a pod of this set and says so itself (safety rule 10). */
    Optional<MemberState> primary() {
        return config()
                .flatMap(c -> Primary.of(members.values(), c))
                .flatMap(hosts::ordinal)
                .flatMap(this::member)
                .filter(MemberState::isPrimary);
    }

    /** All that there are: wanted, with a pod, or named by the configuration. */
    Set<Integer> ordinals() {
        Set<Integer> all = new TreeSet<>(set.ordinals());
        pods.forEach(p -> all.add(p.ordinal()));
        config().ifPresent(c -> c.members().forEach(m -> hosts.ordinal(m.host()).ifPresent(all::add)));
        return all;
    }

    /** What an ordinal's mongod said; empty where it did not answer. */
    Optional<MemberState> member(int ordinal) {
        return Optional.ofNullable(members.get(ordinal)).filter(MemberState::answered);
    }

    /** The same; empty also where it has data and no configuration: a mongod that just started may yet load it. */
    Optional<MemberState> settled(int ordinal) {
        return member(ordinal).filter(m -> m.initiated() || !m.data());
    }

    Optional<PodState> pod(int ordinal) {
        return pods.stream().filter(p -> p.ordinal() == ordinal).findFirst();
    }

    /** The claims of an ordinal that nobody has deleted. */
    List<ClaimState> claims(int ordinal) {
        return claims.stream().filter(c -> c.ordinal() == ordinal && !c.terminating()).toList();
    }

    /** What each wanted ordinal's mongod said, for messages. */
    String told() {
        return set.ordinals().stream().map(o -> set.pod(o) + " " + state(o)).collect(Collectors.joining(", "));
    }

    String state(int ordinal) {
        MemberState m = members.get(ordinal);
        return m == null ? "has no pod" : !m.answered() ? "does not answer" : Objects.requireNonNullElse(m.state(), "not initiated");
    }
}
