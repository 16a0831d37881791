package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Primary;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One look at a replica set: its StatefulSet, its pods, and what every mongod says.
 *
 * @param pods of the wanted ordinals, ascending
 * @param members by ordinal; only of pods that exist
 */
record Scene(SetState set, Hosts hosts, List<PodState> pods, Map<Integer, MemberState> members) {

    Optional<PodState> pod(int ordinal) {
        return pods.stream().filter(p -> p.ordinal() == ordinal).findFirst();
    }

    Optional<MemberState> member(int ordinal) {
        return Optional.ofNullable(members.get(ordinal)).filter(MemberState::answered);
    }

    String name(int ordinal) {
        return set.pod(ordinal);
    }

    /** Whether the pod has the template that the StatefulSet has now. */
    boolean isNew(PodState pod) {
        return set.updateRevision() != null && set.updateRevision().equals(pod.revision());
    }

    /** Every wanted ordinal has a pod of the template. */
    boolean complete() {
        return set.observed() && set.ordinals().stream().allMatch(o -> pod(o).filter(this::isNew).isPresent());
    }

    /** The pod is Ready and its mongod is what a member can be asked to be. */
    boolean healthy(int ordinal) {
        return pod(ordinal).filter(PodState::serves).isPresent()
                && member(ordinal).filter(MemberState::healthy).isPresent();
    }

    /** Its mongod runs, but belongs to no set yet, as after a growth by hand: no vote is lost with it, and nobody waits for it. */
    boolean outside(int ordinal) {
        return pod(ordinal).filter(p -> !p.terminating()).isPresent()
                && member(ordinal).filter(m -> !m.initiated()).isPresent()
                && config().isPresent()
                && configured(ordinal).isEmpty();
    }

    /** Voters that would be pods of this StatefulSet, had it as many replicas. */
    List<String> votersBeyond() {
        return config().stream()
                .flatMap(c -> c.members().stream())
                .filter(ReplicaConfig.Member::voter)
                .flatMap(m -> hosts.ordinal(m.host()).stream())
                .filter(o -> !set.ordinals().contains(o))
                .map(this::name)
                .toList();
    }

    /** The newest configuration that any member has. */
    Optional<ReplicaConfig> config() {
        return members.values().stream()
                .filter(MemberState::initiated)
                .map(MemberState::config)
                .reduce((a, b) -> b.newerThan(a) ? b : a);
    }

    Optional<ReplicaConfig.Member> configured(int ordinal) {
        return config().flatMap(c -> c.members().stream()
                .filter(m -> hosts.ordinal(m.host()).equals(Optional.of(ordinal)))
                .findFirst());
    }

    /** The host of the primary that a majority names; it need not be an ordinal of this StatefulSet. */
    Optional<String> primaryHost() {
        return config().flatMap(c -> Primary.of(members.values(), c));
    }

    /** The primary among our ordinals. */
    Optional<MemberState> primary() {
        return primaryHost().flatMap(hosts::ordinal).flatMap(this::member).filter(MemberState::isPrimary);
    }

    /** By ordinal, how many seconds a member stays behind on purpose. */
    Map<Integer, Long> delays() {
        Map<Integer, Long> delays = new HashMap<>();
        set.ordinals().forEach(o -> configured(o).ifPresent(m -> delays.put(o, m.delaySeconds())));
        return delays;
    }

    /** Voters that carry data and are up, as the primary's set sees them: those of our ordinals asked directly, the others by heartbeat. */
    long dataVotersUp() {
        return config().stream()
                .flatMap(c -> c.members().stream())
                .filter(m -> m.voter() && !m.arbiter() && up(m))
                .count();
    }

    /** Voters that are up, arbiters included. */
    long votersUp() {
        return config().stream()
                .flatMap(c -> c.members().stream())
                .filter(m -> m.voter() && up(m))
                .count();
    }

    private boolean up(ReplicaConfig.Member member) {
        Optional<Integer> ordinal = hosts.ordinal(member.host());
        return ordinal.isPresent() ? healthy(ordinal.get()) : seenUp(member.host());
    }

    /** By the primary's heartbeats; without one, by those of every member that answers. */
    private boolean seenUp(String host) {
        List<MemberState> witnesses = primary().map(List::of).orElseGet(() ->
                members.values().stream().filter(m -> m.answered() && m.initiated()).toList());
        return !witnesses.isEmpty()
                && witnesses.stream().allMatch(w -> w.peer(host).filter(MemberState.Peer::up).isPresent());
    }
}
