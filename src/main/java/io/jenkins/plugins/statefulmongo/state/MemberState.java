package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Optional;

/**
 * What one ordinal's mongod said when it was asked directly.
 *
 * @param error why it could not be asked; null where it answered, and then the rest is valid
 * @param version the release it runs
 * @param config its configuration; null where it was not initiated
 * @param data it holds databases of users although it was not initiated; false where initiated
 * @param host its own name in the configuration, or null
 * @param state its state as MongoDB names it (PRIMARY, SECONDARY, STARTUP2, …); null where not initiated
 * @param primary the host it takes for primary, or null
 * @param syncSource the host it copies from, or null
 * @param compatibility its featureCompatibilityVersion, or null where it does not tell (not initiated, arbiter)
 * @param compatibilityTarget the version an unfinished change of it goes to, or null
 * @param copied grows while an initial sync copies data or applies operations; 0 while none is under way
 * @param peers the set as this member's heartbeats see it, itself included
 */
public record MemberState(
        int ordinal,
        String error,
        Release version,
        ReplicaConfig config,
        boolean data,
        String host,
        String state,
        long term,
        OpTime applied,
        String primary,
        String syncSource,
        String compatibility,
        String compatibilityTarget,
        long copied,
        List<Peer> peers) {

    /** One member as another sees it through heartbeats: seconds old. */
    public record Peer(String host, boolean up, String state, OpTime applied) {
        public boolean healthy() {
            return up && MemberState.healthy(state);
        }
    }

    public static MemberState unreachable(int ordinal, String error) {
        return new MemberState(
                ordinal, error, null, null, false, null, null, -1, OpTime.NONE, null, null, null, null, 0, List.of());
    }

    public boolean answered() {
        return error == null;
    }

    public boolean initiated() {
        return config != null;
    }

    public boolean isPrimary() {
        return "PRIMARY".equals(state);
    }

    public boolean isSecondary() {
        return "SECONDARY".equals(state);
    }

    /** PRIMARY, SECONDARY or ARBITER: all that a member can be asked to be. */
    public boolean healthy() {
        return healthy(state);
    }

    private static boolean healthy(String state) {
        return "PRIMARY".equals(state) || "SECONDARY".equals(state) || "ARBITER".equals(state);
    }

    /**
     * Whether it knows that it was removed from its set: it says so, and its own configuration does not name it. It then votes for nobody and
     * stands for no election until the set's primary adds it again.
     */
    public boolean knowsItLeft(Hosts hosts) {
        return initiated()
                && "REMOVED".equals(state)
                && hosts.member(config, ordinal).isEmpty();
    }

    /** All that tells it from another set's member, in a line for people. */
    public String story() {
        if (!answered()) {
            return "does not answer (" + error + ")";
        }
        if (!initiated()) {
            return data ? "not initiated, has data" : "not initiated, empty";
        }
        return state + " of " + config.name() + (config.setId() == null ? "" : " (set id " + config.setId() + ")")
                + ", configuration version " + config.version() + " with " + config.members().size() + " member(s)";
    }

    public Optional<Peer> peer(String host) {
        return peers.stream().filter(p -> p.host.equals(host)).findFirst();
    }
}
