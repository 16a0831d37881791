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
import java.util.stream.Collectors;

/** One look at a replica set: its StatefulSet, its pods, and what every mongod says. Pure. */
final class Scene {
    private final SetState set;
    private final Hosts hosts;
    private final List<PodState> pods;
    private final Map<Integer, MemberState> members;
    private final ReplicaConfig config;
    private final String primaryHost;
    private final List<Optional<String>> named;
    private final Map<Integer, ReplicaConfig.Member> configured = new HashMap<>();

    /**
     * @param pods of the wanted ordinals, ascending
     * @param members by ordinal; only of pods that exist
     */
    Scene(SetState set, Hosts hosts, List<PodState> pods, Map<Integer, MemberState> members) {
        this.set = set;
        this.hosts = hosts;
        this.pods = pods;
        this.members = members;
        config = ReplicaConfig.newest(members.values()).orElse(null);
        primaryHost = config == null ? null : Primary.of(members.values(), config).orElse(null);
        long term = members.values().stream().mapToLong(MemberState::term).max().orElse(-1);
        named = members.values().stream()
                .filter(m -> m.initiated() && (m.healthy() || m.term() == term))
                .map(m -> Optional.ofNullable(m.primary()))
                .distinct()
                .toList();
        if (config != null) {
            config.members().forEach(m -> hosts.ordinal(m.host()).ifPresent(o -> configured.putIfAbsent(o, m)));
        }
    }

    SetState set() {
        return set;
    }

    Hosts hosts() {
        return hosts;
    }

    List<PodState> pods() {
        return pods;
    }

    Map<Integer, MemberState> members() {
        return members;
    }

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

    /** The primary that a majority names; where too few can be asked, the one that all name. */
    Optional<String> leader() {
        return primaryHost().or(() -> named.size() == 1 ? named.get(0) : Optional.empty());
    }

    /** It names the leader. Whoever does not may be cut off from the set, however healthy it says it is. */
    boolean follows(int ordinal) {
        return leader().isPresent() && member(ordinal).map(MemberState::primary).equals(leader());
    }

    /** Whatever keeps the pod from being Ready, its mongod's container runs. */
    boolean mongodRuns(PodState pod) {
        return pod.running()
                && pod.containers().stream()
                        .filter(c -> c.name().equals(set.container()))
                        .anyMatch(c -> c.ready() || c.waitingReason() == null && c.lastExitCode() == null);
    }

    /** The newest configuration that any member has. */
    Optional<ReplicaConfig> config() {
        return Optional.ofNullable(config);
    }

    Optional<ReplicaConfig.Member> configured(int ordinal) {
        return Optional.ofNullable(configured.get(ordinal));
    }

    /** The host of the primary that a majority names; it need not be an ordinal of this StatefulSet. */
    Optional<String> primaryHost() {
        return Optional.ofNullable(primaryHost);
    }

    /** The primary among our ordinals. */
    Optional<MemberState> primary() {
        return primaryHost().flatMap(hosts::ordinal).flatMap(this::member).filter(MemberState::isPrimary);
    }

    /** By ordinal, how many seconds a member stays behind on purpose. */
    Map<Integer, Long> delays() {
        return configured.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().delaySeconds()));
    }

    /** Members of the configuration that are no ordinal of this StatefulSet. */
    List<ReplicaConfig.Member> outsiders() {
        return config().stream()
                .flatMap(c -> c.members().stream())
                .filter(m -> hosts.ordinal(m.host()).isEmpty())
                .toList();
    }

    /** Voters that acknowledge majority writes, and are up and follow the primary: those of our ordinals asked directly, the others by the set's heartbeats. */
    long writersUp() {
        return config().stream()
                .flatMap(c -> c.members().stream())
                .filter(m -> m.acknowledges() && up(m))
                .count();
    }

    private boolean up(ReplicaConfig.Member member) {
        Optional<Integer> ordinal = hosts.ordinal(member.host());
        return ordinal.isPresent() ? healthy(ordinal.get()) && follows(ordinal.get()) : seenHealthy(member.host());
    }

    /** By the primary's heartbeats; without one, by those of every member that answers. */
    private boolean seenHealthy(String host) {
        List<MemberState> witnesses = primary().map(List::of).orElseGet(() ->
                members.values().stream().filter(m -> m.answered() && m.initiated()).toList());
        return !witnesses.isEmpty()
                && witnesses.stream().allMatch(w -> w.peer(host).filter(MemberState.Peer::healthy).isPresent());
    }

    /** What each ordinal's pod and mongod are like, for a message. */
    String told() {
        return set.ordinals().stream().map(o -> name(o) + ": " + state(o)).collect(Collectors.joining("; "));
    }

    /** What keeps an ordinal from being healthy, or what it is and whom it takes for primary. */
    String state(int ordinal) {
        Optional<PodState> pod = pod(ordinal);
        if (pod.isEmpty()) {
            return "no pod";
        }
        if (pod.get().terminating()) {
            return "terminating";
        }
        MemberState member = members.get(ordinal);
        String ready = pod.get().ready() ? "" : "not Ready, ";
        if (member == null || !member.answered()) {
            return ready + (pod.get().running() ? "mongod does not answer" : pod.get().phase());
        }
        if (!member.initiated()) {
            return ready + "not initiated";
        }
        String names = member.isPrimary()
                ? ""
                : member.primary() == null ? ", knows no primary" : ", takes " + hosts.label(member.primary()) + " for primary";
        return ready + member.state() + names;
    }
}
