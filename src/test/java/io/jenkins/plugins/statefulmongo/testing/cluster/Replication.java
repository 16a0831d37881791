package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import io.jenkins.plugins.statefulmongo.testing.cluster.Data.Entry;
import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How configurations, entries and the commit point spread. All with the lock held. */
final class Replication {
    private Replication() {}

    /** The node of a configuration whose host leads to this member itself. */
    static SetConfig.Node findSelf(Member m, SetConfig config) {
        return config.nodes().stream().filter(node -> m.reach(node.host()) == m).findFirst().orElse(null);
    }

    /** The members of its configuration that a member reaches, itself included. */
    static List<Member> visible(Member m) {
        List<Member> found = new ArrayList<>();
        for (SetConfig.Node node : m.data.config.nodes()) {
            Member other = m.self != null && node.host().equals(m.self.host()) ? m : m.reach(node.host());
            if (other != null && (other == m || isSameSet(m, other))) {
                found.add(other);
            }
        }
        return found;
    }

    private static boolean isSameSet(Member m, Member other) {
        return other.data.config != null && other.data.config.id().equals(m.data.config.id());
    }

    /** The primary with the highest term that a member reaches, or null. */
    static Member primaryOf(Member m) {
        return visible(m).stream().filter(o -> o.state == State.PRIMARY).max(Comparator.comparingLong(o -> o.data.term)).orElse(null);
    }

    /** Does for one member what is due; true if something moved. */
    static boolean step(Member m) {
        if (m.data == null || m.data.config == null || m.state == State.STARTUP) {
            return false;
        }
        return heartbeat(m) | (m.state == State.PRIMARY ? lead(m) : follow(m));
    }

    /** Newer configurations and higher terms reach everyone; a primary that meets a higher term is none any more. */
    private static boolean heartbeat(Member m) {
        boolean moved = false;
        if (m.state == State.REMOVED) {
            return false; // it asks nobody; the others ask it, once they have it again
        }
        for (SetConfig.Node node : m.data.config.nodes()) {
            Member other = m.reach(node.host());
            if (other == null || other == m || other.data == null || other.options.replSet().isEmpty()) {
                continue;
            }
            boolean empty = other.data.config == null;
            if (empty ? m.options.replSet().equals(other.options.replSet()) && m.state == State.PRIMARY
                    : isSameSet(m, other) && m.data.config.isNewerThan(other.data.config)) {
                Membership.install(other, m.data.config);
                moved = true;
            } else if (!empty && isSameSet(m, other) && other.data.config.isNewerThan(m.data.config)) {
                Membership.install(m, other.data.config);
                return true;
            }
            if (!isSameSet(m, other)) {
                continue;
            }
            if (other.data.term < m.data.term) {
                other.data.term = m.data.term;
                if (other.state == State.PRIMARY) {
                    other.become(State.SECONDARY);
                }
                moved = true;
            }
        }
        return moved;
    }

    private static boolean lead(Member primary) {
        boolean moved = false;
        SetConfig config = primary.data.config;
        for (Member other : visible(primary)) {
            SetConfig.Node node = other.self == null ? null : config.nodes().stream().filter(n -> n.id() == other.self.id()).findFirst().orElse(null);
            if (node != null && node.newlyAdded() && other.state == State.SECONDARY) {
                List<SetConfig.Node> nodes = config.nodes().stream().map(n -> n == node ? n.withNewlyAdded(false) : n).toList();
                Membership.install(primary, config.with(config.version() + 1, primary.data.term, nodes, config.id()));
                return true;
            }
        }
        List<OpTime> positions = new ArrayList<>();
        for (Member other : visible(primary)) {
            if (other.self != null && other.self.isVoter() && !other.self.arbiter() && other.state != State.STARTUP) {
                positions.add(prefix(other, primary) == other.data.oplog.size() ? other.data.last() : OpTime.NONE);
            }
        }
        positions.sort(Comparator.reverseOrder());
        int needed = config.writeMajority();
        if (positions.size() >= needed) {
            OpTime reached = positions.get(needed - 1);
            if (reached.compareTo(primary.committed) > 0 && reached.compareTo(primary.termStart) >= 0) {
                primary.committed = reached;
                moved = true;
            }
        }
        return moved;
    }

    /** Takes over the primary's entries, as far as the member's lag lets it; entries that the primary does not have are rolled back. */
    private static boolean follow(Member m) {
        Member primary = m.state == State.ARBITER || m.state == State.REMOVED ? null : primaryOf(m);
        m.source = primary;
        if (primary == null || m.held || m.fsyncLocks > 0) {
            return false;
        }
        boolean moved = false;
        int common = prefix(m, primary);
        if (common < m.data.oplog.size()) {
            m.log("I", "ROLLBACK", "Rollback of " + (m.data.oplog.size() - common) + " entries");
            m.data.rollBack(common);
            moved = true;
        }
        long lag = Math.max(m.lagSeconds, m.self == null ? 0 : m.self.delay());
        for (int i = common; i < primary.data.oplog.size(); i++) {
            Entry entry = primary.data.oplog.get(i);
            long wait = lag == 0 || m.state == State.STARTUP2 ? 0 : Duration.between(Instant.now(), entry.wall().plusSeconds(lag)).toMillis();
            if (wait > 0) {
                if (m.syncTimer == null) {
                    m.syncTimer = m.mongo.loop.after(wait, () -> m.change(() -> m.syncTimer = null));
                }
                break;
            }
            m.data.apply(entry);
            moved = true;
        }
        OpTime known = primary.committed.compareTo(m.data.last()) < 0 ? primary.committed : m.data.last();
        if (known.compareTo(m.committed) > 0) {
            m.committed = known;
            moved = true;
        }
        return moved;
    }

    /** How many entries two oplogs have in common from the start. */
    private static int prefix(Member m, Member primary) {
        List<Entry> mine = m.data.oplog;
        List<Entry> theirs = primary.data.oplog;
        int n = Math.min(mine.size(), theirs.size());
        while (n > 0 && mine.get(n - 1) != theirs.get(n - 1)) {
            n--;
        }
        return n;
    }

    /** Writes an entry on a primary or a member of no set; returns what came of it. */
    static Document write(Member m, String database, Document command, String note) {
        long term = m.options.replSet().isEmpty() ? -1 : m.data.term;
        Entry entry = new Entry(new OpTime(m.data.last().next(), term), Instant.now(), database, command, note);
        Document reply = m.data.apply(entry);
        m.mongo.settle();
        return reply;
    }
}
