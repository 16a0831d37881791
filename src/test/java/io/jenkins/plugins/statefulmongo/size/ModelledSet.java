package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A replica set of which members leave, as it truly is: who has which configuration and which writes. It knows nothing of the decider. The
 * ordinal {@link #OUTSIDER} is a voter of another cluster.
 */
final class ModelledSet {
    static final int OUTSIDER = 99;

    /** A member. Configurations name ordinals. */
    static final class Node {
        final int ordinal;
        boolean up = true;
        Set<Integer> config;
        int version = 1;
        OpTime applied = new OpTime(1, 1, 1);
        String mark;
        boolean deleted;

        Node(int ordinal, Set<Integer> config) {
            this.ordinal = ordinal;
            this.config = config;
        }

        boolean knowsItLeft() {
            return !config.contains(ordinal);
        }
    }

    final int replicas;
    final Map<Integer, Node> nodes = new TreeMap<>();
    /** As removed ones could have learnt it: by the version that does not name them any more. */
    private final Map<Integer, Set<Integer>> configs = new TreeMap<>();
    int primary;
    int term = 1;
    /** Acknowledged: at some time a majority had it. */
    OpTime committed = new OpTime(1, 1, 1);

    ModelledSet(int replicas, int primary, boolean outsider) {
        this.replicas = replicas;
        this.primary = primary;
        Set<Integer> all = new TreeSet<>();
        for (int i = 0; i < replicas; i++) {
            all.add(i);
        }
        if (outsider) {
            all.add(OUTSIDER);
        }
        configs.put(1, all);
        all.forEach(o -> nodes.put(o, new Node(o, all)));
    }

    Node leader() {
        return nodes.get(primary);
    }

    Set<Integer> config() {
        return leader().config;
    }

    static int majority(Set<Integer> config) {
        return config.size() / 2 + 1;
    }

    private List<Node> voters() {
        return config().stream().map(nodes::get).toList();
    }

    /** Whether the primary is one: up, with a majority. Without, it can neither commit nor take a configuration. */
    boolean serves() {
        return leader().up && voters().stream().filter(n -> n.up).count() >= majority(config());
    }

    void write() {
        leader().applied = new OpTime(term, leader().applied.seconds() + 1, 1);
    }

    /** A member copies all that there is, and acknowledges. */
    void copy(int ordinal) {
        Node node = nodes.get(ordinal);
        if (node.up && serves() && config().contains(ordinal)) {
            node.applied = leader().applied;
            acknowledge();
        }
    }

    private void acknowledge() {
        OpTime reached = voters().stream().map(n -> n.applied).sorted(Comparator.reverseOrder()).toList().get(majority(config()) - 1);
        // What an earlier primary wrote counts only with something of this one's after it.
        committed = reached.term() == term && reached.notBefore(committed) ? reached : committed;
    }

    /** A member hears of the newest configuration, a removed one of the first that does not name it: from then on nobody tells it more. */
    void learn(int ordinal) {
        Node node = nodes.get(ordinal);
        if (!node.up || !serves() || node.knowsItLeft()) {
            return;
        }
        int version = config().contains(ordinal) ? leader().version
                : configs.entrySet().stream().filter(e -> e.getKey() > node.version && !e.getValue().contains(ordinal)).findFirst().orElseThrow().getKey();
        node.version = Math.max(node.version, version);
        node.config = configs.get(node.version);
    }

    /** Another member with all that a majority of its voters has becomes primary; false where none can. */
    boolean elect(int preferred) {
        List<Node> electable = voters().stream()
                .filter(n -> n.up && n.ordinal != primary && n.ordinal != OUTSIDER && n.version == leader().version)
                .filter(n -> voters().stream().filter(v -> v.up && n.applied.notBefore(v.applied)).count() >= majority(config()))
                .toList();
        if (electable.isEmpty()) {
            return false;
        }
        primary = electable.get(preferred % electable.size()).ordinal;
        term++;
        write(); // a primary begins with one of its own
        return true;
    }

    void remove(int ordinal) {
        Set<Integer> next = new TreeSet<>(config());
        next.remove(ordinal);
        configs.put(leader().version + 1, next);
        leader().version++;
        leader().config = next;
    }

    /** How many voters of a configuration hold every acknowledged write. */
    long holders(Collection<Integer> config) {
        return config.stream().filter(o -> nodes.get(o).applied.notBefore(committed)).count();
    }

    /** What a step sees of it now. */
    Look look() {
        MongoSet set = new MongoSet(replicas);
        Map<Integer, MemberState> members = new TreeMap<>();
        List<ClaimState> claims = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (node.ordinal != OUTSIDER) {
                members.put(node.ordinal, state(set, node));
                claims.add(Looked.claim(node.ordinal, node.mark, node.deleted));
            }
        }
        return new Look(set.set(), set.hosts(), set.pods(), members, claims);
    }

    private MemberState state(MongoSet set, Node node) {
        if (!node.up) {
            return MemberState.unreachable(node.ordinal, "down");
        }
        boolean named = config().contains(node.ordinal) || !node.knowsItLeft();
        String state = node.ordinal == primary ? "PRIMARY" : node.knowsItLeft() ? "REMOVED" : "SECONDARY";
        MemberState any = set.member(node.ordinal);
        Node outsider = nodes.get(OUTSIDER);
        List<MemberState.Peer> peers = outsider == null ? List.of()
                : List.of(new MemberState.Peer(host(set, OUTSIDER), outsider.up, outsider.up ? "SECONDARY" : "(not reachable/healthy)", outsider.applied));
        ReplicaConfig config = new ReplicaConfig("rs0", "id-1", node.version, 1, node.config.stream()
                .map(o -> new ReplicaConfig.Member(o, host(set, o), 1, o == OUTSIDER ? 0 : 1, false, false, 0, false)).toList());
        boolean follows = named && serves();
        return new MemberState(node.ordinal, null, any.version(), config, false, node.knowsItLeft() ? null : host(set, node.ordinal), state,
                node.knowsItLeft() ? -1 : term, node.applied, follows ? host(set, primary) : null, null, "7.0", null, 0, peers);
    }

    private static String host(MongoSet set, int ordinal) {
        return ordinal == OUTSIDER ? "far.example:27017" : set.host(ordinal);
    }
}
