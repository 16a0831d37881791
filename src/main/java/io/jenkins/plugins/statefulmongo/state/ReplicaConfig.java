package io.jenkins.plugins.statefulmongo.state;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A replica set's configuration, as {@code replSetGetConfig} gives it.
 *
 * @param name the set's name
 * @param setId the replicaSetId that the initiation drew: two sets of one name differ in it
 * @param version grows with each reconfiguration
 * @param term the term of the primary that wrote it, -1 before 4.4
 */
public record ReplicaConfig(String name, String setId, long version, long term, List<Member> members) {

    /**
     * One member of the configuration.
     *
     * @param id its {@code _id}
     * @param host name and port
     * @param delaySeconds how far it stays behind on purpose
     * @param joining we added it without a vote, which it gets as SECONDARY (before 5.0, where the set does not do so by itself)
     */
    public record Member(
            int id,
            String host,
            int votes,
            double priority,
            boolean arbiter,
            boolean hidden,
            long delaySeconds,
            boolean joining) {
        /** Whether it can become primary. */
        public boolean electable() {
            return !arbiter && priority > 0;
        }

        public boolean voter() {
            return votes > 0;
        }

        /** Whether majority writes go on with it: an arbiter acknowledges none, a delayed member none in time. */
        public boolean acknowledges() {
            return voter() && !arbiter && delaySeconds == 0;
        }
    }

    /** The newest configuration that any member has; empty where none is initiated. */
    public static Optional<ReplicaConfig> newest(Collection<MemberState> members) {
        return members.stream()
                .filter(MemberState::initiated)
                .map(MemberState::config)
                .reduce((a, b) -> b.newerThan(a) ? b : a);
    }

    /** The first initiated member that is not of the set that the first one is of; empty where all are of one set. */
    public static Optional<MemberState> stranger(Collection<MemberState> members) {
        List<MemberState> initiated = members.stream().filter(MemberState::initiated).toList();
        return initiated.stream().filter(m -> !m.config().sameSet(initiated.get(0).config())).findFirst();
    }

    public Optional<Member> member(String host) {
        return members.stream().filter(m -> m.host.equals(host)).findFirst();
    }

    public long voters() {
        return members.stream().filter(Member::voter).count();
    }

    /** How many voters an election or a majority write needs. */
    public long majority() {
        return voters() / 2 + 1;
    }

    /** The hosts for applications: every member that serves reads or can become primary. */
    public List<String> clientHosts() {
        return members.stream().filter(m -> !m.arbiter() && !m.hidden()).map(Member::host).toList();
    }

    /** Whether {@code other} is a configuration of the same set, older or newer. */
    public boolean sameSet(ReplicaConfig other) {
        return name.equals(other.name) && (setId == null || other.setId == null || setId.equals(other.setId));
    }

    /** Newer by (term, version), as members compare configurations themselves. */
    public boolean newerThan(ReplicaConfig other) {
        return term != other.term ? term > other.term : version > other.version;
    }
}
