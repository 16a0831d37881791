package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A replica set in a cluster, small and with its troubles: what is, as opposed to what anybody sees of it. It shares no code with the
 * deciders; it lets itself be looked at, and changed by requests that may be refused. One tick is one second.
 */
final class SetModel {
    /** One ordinal: its pod and its mongod. */
    static final class Node {
        final int ordinal;
        /** Counts the pods of this ordinal: another number is another uid. */
        int pod;
        boolean wanted;
        int startsIn;
        /** Its template cannot start here. */
        boolean bad;
        boolean stuck;
        int silentFor;
        long lag;
        /** We took it away while it was healthy, and it has not caught up since. */
        boolean awayByUs;
        long mustReach;
        long knownTerm = 1;
        int knownPrimary = -1;
        boolean claims;

        private Node(int ordinal) {
            this.ordinal = ordinal;
        }

        boolean runs() {
            return startsIn == 0 && !stuck;
        }

        boolean up() {
            return runs() && silentFor == 0;
        }
    }

    final List<Node> nodes = new ArrayList<>();
    private final int electable;
    private final int outsiders;
    private final boolean outsidersUp;
    /** The ordinal on which the wanted template cannot start, or -1. */
    private int brokenAt;
    private int unseen = 2;
    private int primary = -1;
    private long term;
    private long termStart;
    private long clock = MongoSet.NOW;

    SetModel(int size, int electable, int outsiders, boolean outsidersUp, int brokenAt, int stuckAt) {
        this.electable = electable;
        this.outsiders = outsiders;
        this.outsidersUp = outsidersUp;
        this.brokenAt = brokenAt;
        for (int i = 0; i < size; i++) {
            Node node = new Node(i);
            node.stuck = i == stuckAt;
            nodes.add(node);
        }
        elect(0);
        hear();
    }

    Node node(int ordinal) {
        return nodes.get(ordinal);
    }

    Optional<Node> primary() {
        return primary < 0 ? Optional.empty() : Optional.of(nodes.get(primary));
    }

    boolean electable(Node node) {
        return node.ordinal < electable;
    }

    int electables() {
        return electable;
    }

    private long up() {
        return nodes.stream().filter(Node::up).count() + (outsidersUp ? outsiders : 0);
    }

    private int majority() {
        return (nodes.size() + outsiders) / 2 + 1;
    }

    boolean writesWithout(Node node) {
        return up() - (node.up() ? 1 : 0) >= majority();
    }

    /** We took it away, and it has not reached what the primary had when it came back. */
    boolean awayByUs(Node node) {
        return node.awayByUs && !(node.up() && clock - node.lag >= node.mustReach);
    }

    /** Electable, up, and with all that the primary has. */
    boolean hasSuccessor() {
        return nodes.stream().anyMatch(n -> n.ordinal != primary && electable(n) && n.up() && n.lag == 0);
    }

    boolean twoClaim() {
        return nodes.stream().filter(n -> n.up() && n.claims).count() > 1;
    }

    /** The set makes another member primary, if it has a majority and one that can be. Who is not asked hears of it at the next tick. */
    void elect(int preferred) {
        if (up() < majority()) {
            return;
        }
        nodes.stream()
                .filter(n -> n.ordinal != primary && electable(n) && n.up())
                .min(Comparator.<Node>comparingLong(n -> n.lag).thenComparing(n -> Math.floorMod(n.ordinal - preferred, nodes.size())))
                .ifPresent(n -> {
                    term++;
                    termStart = ++clock;
                    primary = n.ordinal;
                    n.lag = 0;
                    n.claims = true;
                    n.knownTerm = term;
                    n.knownPrimary = primary;
                });
    }

    /** A second passes: pods start, members copy and hear of each other, a primary that is gone is succeeded. */
    void tick() {
        clock++;
        unseen = Math.max(0, unseen - 1);
        for (Node n : nodes) {
            n.lag = Math.max(0, n.lag - 1);
            n.silentFor = Math.max(0, n.silentFor - 1);
            if (n.startsIn > 0 && --n.startsIn == 0) {
                n.stuck = n.bad;
                n.lag = 3;
                n.mustReach = clock;
            }
        }
        if (primary >= 0 && (!node(primary).up() || up() < majority())) {
            primary = -1;
        }
        if (primary < 0) {
            elect(0);
        }
        hear();
        for (Node n : nodes) {
            n.awayByUs = awayByUs(n);
        }
    }

    private void hear() {
        for (Node n : nodes) {
            n.knownTerm = term;
            n.knownPrimary = primary;
            n.claims = n.ordinal == primary;
        }
    }

    /** The pod goes, whoever asked; the controller makes the next one at the wanted template. */
    void takeAway(Node node) {
        node.pod++;
        node.wanted = true;
        node.bad = node.ordinal == brokenAt;
        node.startsIn = 3;
        node.stuck = false;
        node.silentFor = 0;
        node.claims = false;
    }

    /** The other template is wanted now. */
    void turnRound() {
        nodes.forEach(n -> n.wanted = !n.wanted);
        brokenAt = -1;
        unseen = 2;
    }

    /** The Eviction API's code: the pod must be the one that was seen, and a budget allows one pod that is not Ready. */
    int evict(int ordinal, int pod) {
        if (node(ordinal).pod != pod) {
            return 409;
        }
        return nodes.stream().anyMatch(n -> n.ordinal != ordinal && !n.runs()) ? 429 : 200;
    }

    /** replSetStepDown's code. */
    int stepDown(int ordinal) {
        if (primary != ordinal) {
            return 10107;
        }
        if (!hasSuccessor()) {
            return 262;
        }
        elect(0);
        node(ordinal).claims = false;
        return 0;
    }

    /** All as it can be seen at this moment. */
    MongoSet look() {
        MongoSet seen = new MongoSet(nodes.size());
        for (int i = 0; i < outsiders; i++) {
            seen.outsider("far-" + i + ".example:27017", outsidersUp);
        }
        if (unseen > 0) {
            seen.part("metadata").put("generation", 3);
        }
        for (Node n : nodes) {
            MongoSet.Node s = seen.node(n.ordinal);
            s.revision = n.wanted ? MongoSet.NEW : MongoSet.OLD;
            s.uid = "db-" + n.ordinal + "-" + n.pod;
            s.priority = electable(n) ? 1 : 0;
            s.term = n.knownTerm;
            s.primary = n.claims ? (Integer) n.ordinal : n.knownPrimary < 0 ? null : (Integer) n.knownPrimary;
            s.state = n.claims ? "PRIMARY" : "SECONDARY";
            long at = clock - n.lag;
            s.applied = new OpTime(at >= termStart ? term : term - 1, at, 1);
            s.answers = n.up();
            if (!n.runs()) {
                s.broken();
            }
        }
        return seen;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("primary " + primary + " of term " + term);
        nodes.forEach(n -> text.append(", db-").append(n.ordinal).append(n.wanted ? " wanted" : " old")
                .append(n.stuck ? " stuck" : n.startsIn > 0 ? " starting" : n.silentFor > 0 ? " silent" : "")
                .append(n.lag > 0 ? " lag " + n.lag : ""));
        return text.toString();
    }
}
