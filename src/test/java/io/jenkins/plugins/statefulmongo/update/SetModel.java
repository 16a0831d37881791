package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.update.History.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A replica set in a cluster, small and with its troubles: what is, as opposed to what anybody sees of it ({@link ModelView}). It shares no
 * code with the deciders; it lets itself be changed by requests that may be refused. One tick is one second.
 */
final class SetModel {
    /** Nobody can tell sooner that a member is cut off: heartbeats find out after this. */
    private static final int UNNOTICED = 10;
    private static final int LEASE = 30;

    /** One ordinal: its pod and its mongod. */
    static final class Node {
        final int ordinal;
        final boolean arbiter;
        final long delay;
        final double priority;
        /** The set's configuration holds it. */
        final boolean member;
        /** Counts the pods of this ordinal: another number is another uid. */
        int pod;
        boolean wanted;
        int startsIn;
        /** Its template cannot start here. */
        boolean bad;
        /** Its node cannot pull the image. */
        boolean pullFails;
        boolean stuck;
        /** It is stuck because mongod ends again and again, after it opened its data. */
        boolean crashes;
        /** Another container of its pod cannot start; mongod runs. */
        boolean sidecar;
        int silentFor;
        /** Up again, and it has not loaded its configuration: it answers, and says that it has data. */
        boolean loading;
        int unreadyFor;
        /** It ended and runs again, and nobody believes yet that it stays up. */
        int unsteadyFor;
        int syncingFor;
        /** The others do not reach it, we do. */
        int cutOffFor;
        int cutOffSince;
        /** The others' heartbeats do not know yet that it is back. */
        int unheardFor;
        int frozenFor;
        /** Beyond its delay. */
        long lag;
        /** We took it away while it was healthy, and it has not caught up since. */
        boolean awayByUs;
        long mustReach;
        /** Somebody looked while it was no SECONDARY. */
        boolean seenSyncing;
        /** When it became SECONDARY after that. */
        long settledAt;
        /** A mongod of the other release has opened its data. */
        boolean opened;
        /** Somebody looked while it showed. */
        boolean seenOpened;
        long knownTerm;
        int knownPrimary = -1;
        boolean claims;

        private Node(int ordinal, boolean arbiter, long delay, double priority, boolean member) {
            this.ordinal = ordinal;
            this.arbiter = arbiter;
            this.delay = delay;
            this.priority = priority;
            this.member = member;
        }

        boolean runs() {
            return startsIn == 0 && !stuck;
        }

        boolean ready() {
            return runs() && unreadyFor == 0 && !sidecar;
        }

        boolean answers() {
            return runs() && silentFor == 0;
        }

        boolean hopeless() {
            return stuck || sidecar;
        }

        /** Reached by the others, and a working member. */
        private boolean up() {
            return member && answers() && syncingFor == 0 && cutOffFor == 0;
        }

        boolean acknowledges() {
            return member && !arbiter && delay == 0;
        }
    }

    final List<Node> nodes = new ArrayList<>();
    final Shape shape;
    /** The ordinal on which the wanted template cannot start, or -1. */
    private int brokenAt;
    private final boolean opensFirst;
    private final boolean budget;
    private final boolean initiated;
    boolean back;
    /** Counts the writes to the StatefulSet: its resourceVersion. */
    int version = 1;
    boolean journal = true;
    String openedAsWritten;
    private int unseen = 2;
    private int primary = -1;
    long term;
    long termStart;
    long clock = 1_000_000;
    private String holder = "";
    private long renewed;

    SetModel(History history) {
        shape = history.shape();
        brokenAt = history.terms().brokenAt();
        opensFirst = history.terms().opensFirst();
        budget = history.terms().budget();
        initiated = shape.initiated();
        for (int i = 0; i < shape.size(); i++) {
            boolean arbiter = i > 0 && i == shape.arbiterAt();
            long delay = i > 0 && i == shape.delayedAt() && !arbiter ? 3_600 : 0;
            double priority = i >= shape.electable() || arbiter || delay > 0 ? 0 : i == shape.preferred() ? 2 : 1;
            Node node = new Node(i, arbiter, delay, priority, i == 0 || i != shape.removedAt());
            node.stuck = i == history.terms().stuckAt();
            nodes.add(node);
        }
        elect(0);
        hear();
    }

    Node node(int ordinal) {
        return nodes.get(ordinal);
    }

    boolean initiated() {
        return initiated;
    }

    boolean unseen() {
        return unseen > 0;
    }

    Optional<Node> primary() {
        return primary < 0 ? Optional.empty() : Optional.of(nodes.get(primary));
    }

    boolean onlyElectable(Node node) {
        return nodes.stream().noneMatch(n -> n != node && electable(n));
    }

    boolean nobodyCanLead() {
        return primary < 0 && nodes.stream().noneMatch(n -> electable(n) && !n.stuck);
    }

    private boolean electable(Node node) {
        return node.member && node.priority > 0;
    }

    private long voters() {
        return nodes.stream().filter(n -> n.member).count() + shape.outsiders();
    }

    int majority() {
        return (int) voters() / 2 + 1;
    }

    private boolean canElect() {
        return initiated && nodes.stream().filter(Node::up).count() + (shape.outside().reached ? shape.outsiders() : 0) >= majority();
    }

    /** Whether majority writes go on while this member is away, as far as anybody can know. */
    boolean writesWithout(Node node) {
        long others = nodes.stream().filter(n -> n != node && n.acknowledges() && withTheSet(n)).count();
        return others + (shape.outside().writes ? shape.outsiders() : 0) >= majority();
    }

    /** Ready and a working member; a cut that nobody has noticed yet does not count. */
    boolean withTheSet(Node n) {
        return n.ready() && n.answers() && n.syncingFor == 0
                && (n.cutOffFor == 0 || (!n.claims || n.knownTerm == termToBeHeard()) && n.cutOffSince <= UNNOTICED);
    }

    private long termToBeHeard() {
        return nodes.stream().filter(n -> n.member && n.answers()).mapToLong(n -> n.knownTerm).max().orElse(term);
    }

    /** We took it away, and it has not reached what the primary had when it came back. */
    boolean awayByUs(Node node) {
        return node.awayByUs && !(node.ready() && node.answers() && node.syncingFor == 0 && clock - node.lag >= node.mustReach);
    }

    /** Electable, up, and with all that the primary has. */
    boolean hasSuccessor() {
        return nodes.stream().anyMatch(n -> n.ordinal != primary && electable(n) && n.up() && n.unheardFor == 0 && n.lag == 0);
    }

    /** The same, as far as anybody can know. */
    boolean seemsToHaveSuccessor() {
        return nodes.stream().anyMatch(n -> n.ordinal != primary && electable(n) && n.answers() && n.syncingFor == 0 && n.lag == 0
                && (n.cutOffFor == 0 || n.cutOffSince <= UNNOTICED));
    }

    boolean twoClaim() {
        return nodes.stream().filter(n -> n.answers() && n.claims).count() > 1;
    }

    /** The set makes another member primary, if it has a majority and one that can be. Who is not asked hears of it at the next tick. */
    void elect(int preferred) {
        if (!canElect()) {
            return;
        }
        nodes.stream()
                .filter(n -> n.ordinal != primary && electable(n) && n.up() && n.frozenFor == 0)
                .min(Comparator.<Node>comparingLong(n -> n.lag).thenComparing(n -> Math.floorMod(n.ordinal - preferred, nodes.size())))
                .ifPresent(this::makePrimary);
    }

    private void makePrimary(Node n) {
        term++;
        termStart = ++clock;
        primary = n.ordinal;
        n.lag = 0;
        n.claims = true;
        n.knownTerm = term;
        n.knownPrimary = primary;
    }

    /** A second passes: pods start, members copy and hear of each other, a primary that is gone is succeeded. */
    void tick() {
        clock++;
        unseen = Math.max(0, unseen - 1);
        nodes.forEach(this::tick);
        if (primary >= 0 && (!node(primary).up() || !canElect())) {
            primary = -1;
        }
        if (primary < 0) {
            elect(0);
        }
        takeOver();
        hear();
        for (Node n : nodes) {
            n.awayByUs = awayByUs(n);
        }
    }

    private void tick(Node n) {
        n.lag = n.arbiter || n.claims ? 0 : n.cutOffFor > 0 || n.syncingFor > 0 ? n.lag + 1 : Math.max(0, n.lag - 1);
        n.silentFor = Math.max(0, n.silentFor - 1);
        n.loading &= n.silentFor > 0;
        n.unreadyFor = Math.max(0, n.unreadyFor - 1);
        n.unsteadyFor = Math.max(0, n.unsteadyFor - 1);
        if (n.syncingFor > 0 && --n.syncingFor == 0 && n.seenSyncing) {
            n.seenSyncing = false;
            n.settledAt = clock;
        }
        n.frozenFor = Math.max(0, n.frozenFor - 1);
        n.unheardFor = n.runs() ? Math.max(0, n.unheardFor - 1) : n.unheardFor;
        if (n.cutOffFor > 0) {
            n.cutOffSince++;
            if (--n.cutOffFor == 0 && n.claims && n.knownTerm < term) {
                n.syncingFor = 2; // ROLLBACK
            }
        }
        if (n.startsIn > 0 && --n.startsIn == 0) {
            n.stuck = n.bad;
            n.crashes = n.bad && !n.pullFails && opensFirst;
            n.opened |= n.wanted != back && (!n.bad || n.crashes);
            n.lag = n.arbiter ? 0 : 3;
            n.syncingFor = n.arbiter ? 0 : 2;
            n.unheardFor = 5;
            n.mustReach = clock;
        }
    }

    /** A higher priority takes the primary's place back. */
    private void takeOver() {
        primary().flatMap(p -> nodes.stream()
                        .filter(n -> n.priority > p.priority && electable(n) && n.up() && n.frozenFor == 0 && n.lag == 0 && canElect())
                        .findFirst())
                .filter(n -> clock - termStart > 5)
                .ifPresent(this::makePrimary);
    }

    private void hear() {
        for (Node n : nodes) {
            if (n.cutOffFor == 0) {
                n.knownTerm = term;
                n.knownPrimary = primary;
                n.lag = n.claims && n.ordinal != primary ? Math.max(n.lag, 1) : n.lag;
                n.claims = n.ordinal == primary;
            } else if (n.cutOffSince > UNNOTICED) {
                n.lag = n.claims ? clock - termStart + 1 : n.lag;
                n.claims = false;
                n.knownPrimary = -1;
            }
        }
    }

    /** The pod goes, whoever asked; the controller makes the next one at the wanted template. */
    void takeAway(Node node) {
        node.pod++;
        node.wanted = true;
        node.bad = node.ordinal == brokenAt;
        node.pullFails = false;
        node.startsIn = 3;
        node.stuck = false;
        node.crashes = false;
        node.sidecar = false;
        node.silentFor = 0;
        node.loading = false;
        node.unreadyFor = 0;
        node.unsteadyFor = 0;
        node.syncingFor = 0;
        node.cutOffFor = 0;
        node.frozenFor = 0;
        node.claims = false;
    }

    /** The pod is moved to a node that cannot pull the image. */
    void drain(Node node) {
        takeAway(node);
        node.bad = true;
        node.pullFails = true;
    }

    void cutOff(Node node, int seconds) {
        if (node.answers() && voters() > 1) {
            node.cutOffFor = seconds;
            node.cutOffSince = 0;
        }
    }

    /** A conditional write of the other template; false where the StatefulSet is another by now. */
    boolean turnRound(int seen) {
        if (seen != version || !journal) {
            return false;
        }
        nodes.forEach(n -> n.wanted = !n.wanted);
        brokenAt = -1;
        back = true;
        unseen = 2;
        version++;
        return true;
    }

    /** A conditional write of the journal. */
    boolean writeOpened(String why, int seen) {
        if (seen != version || !journal) {
            return false;
        }
        openedAsWritten = why;
        version++;
        return true;
    }

    /** The conditional write that ends an update. */
    boolean finish(int seen) {
        if (seen != version || !journal) {
            return false;
        }
        journal = false;
        version++;
        return true;
    }

    /** Acquires or renews the Lease. */
    boolean hold(String build) {
        if (holder.equals(build) || holder.isEmpty() || clock - renewed > LEASE) {
            holder = build;
            renewed = clock;
        }
        return holder.equals(build);
    }

    /** The Eviction API's code: the pod must be the one that was seen, and a budget allows one pod that is not Ready. */
    int evict(int ordinal, int pod) {
        if (node(ordinal).pod != pod) {
            return 409;
        }
        return budget && nodes.stream().anyMatch(n -> n.ordinal != ordinal && !n.ready()) ? 429 : 200;
    }

    /** replSetStepDown's code. */
    int stepDown(int ordinal) {
        if (primary != ordinal) {
            return 10107;
        }
        if (!hasSuccessor()) {
            return 262;
        }
        node(ordinal).frozenFor = 120;
        elect(0);
        node(ordinal).claims = false;
        return 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("primary " + primary + " of term " + term + (back ? ", going back" : ""));
        nodes.forEach(n -> text.append(", db-").append(n.ordinal).append(n.wanted ? " wanted" : " old")
                .append(n.stuck ? " stuck" : n.startsIn > 0 ? " starting" : n.loading ? " loading" : n.silentFor > 0 ? " silent" : "")
                .append(n.syncingFor > 0 ? " syncing" : "").append(n.unreadyFor > 0 ? " unready" : "").append(n.unsteadyFor > 0 ? " unsteady" : "")
                .append(n.sidecar ? " sidecar" : "")
                .append(n.cutOffFor > 0 ? " cut off" : "").append(n.claims ? " claims" : "").append(n.member ? "" : " no member")
                .append(n.lag > 0 ? " lag " + n.lag : ""));
        return text.toString();
    }
}
