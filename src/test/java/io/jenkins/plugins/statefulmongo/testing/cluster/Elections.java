package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Who becomes primary, and who stops being one. All with the lock held. */
final class Elections {
    private Elections() {}

    /** Sets a member's election timer going where there is a reason for it, and stops it where there is none. */
    static void watch(Member m) {
        boolean wanted = hasReason(m);
        if (wanted && m.electionTimer == null) {
            long timeout = m.data.config.electionTimeoutMillis();
            long delay = m.data.config.nodes().size() == 1 ? 20 : timeout + ThreadLocalRandom.current().nextLong(timeout * 15 / 100 + 1);
            long until = TimeUnit.NANOSECONDS.toMillis(m.mayStandFrom - System.nanoTime()) + 1;
            m.electionTimer = m.mongo.loop.after(Math.max(delay, until), () -> m.change(() -> {
                m.electionTimer = null;
                if (hasReason(m)) {
                    act(m);
                }
            }));
        } else if (!wanted && m.electionTimer != null) {
            m.electionTimer.run();
            m.electionTimer = null;
        }
    }

    /** No primary in sight; or a primary of lower priority; or, for a primary, no majority in sight. */
    private static boolean hasReason(Member m) {
        if (!m.isAwake() || m.isShuttingDown() || m.data == null || m.data.config == null || m.self == null) {
            return false;
        }
        if (m.state == State.PRIMARY) {
            return visibleVoters(m) < m.data.config.majority();
        }
        if (m.state != State.SECONDARY || !m.self.isElectable()) {
            return false;
        }
        Member primary = Replication.primaryOf(m);
        return primary == null || primary.self != null && primary.self.priority() < m.self.priority()
                && m.data.last().compareTo(primary.data.last()) >= 0;
    }

    private static void act(Member m) {
        if (m.state == State.PRIMARY) {
            m.log("I", "REPL", "Can't see a majority of the set, relinquishing primary");
            m.become(State.SECONDARY);
        } else if (System.nanoTime() >= m.mayStandFrom) {
            stand(m);
        }
    }

    private static long visibleVoters(Member m) {
        return Replication.visible(m).stream().filter(o -> o.self != null && o.self.isVoter()).count();
    }

    /** Stands for election: needs the votes of a majority, none of whom has more than this member. */
    static boolean stand(Member m) {
        List<Member> voters = Replication.visible(m).stream()
                .filter(o -> o.self != null && o.self.isVoter() && o.state != State.REMOVED).toList();
        long term = voters.stream().mapToLong(o -> o.data.term).max().orElse(m.data.term) + 1;
        long votes = voters.stream().filter(o -> o == m || o.state == State.ARBITER || o.data.last().compareTo(m.data.last()) <= 0).count();
        if (votes < m.data.config.majority()) {
            return false;
        }
        for (Member o : voters) {
            o.data.term = term;
            if (o != m && o.state == State.PRIMARY) {
                o.become(State.SECONDARY);
            }
        }
        m.become(State.PRIMARY);
        m.electedAt = Instant.now();
        m.data.config = m.release.atLeast(4, 4)
                ? m.data.config.with(m.data.config.version(), term, m.data.config.nodes(), m.data.config.id()) : m.data.config;
        Replication.write(m, "", null, "new primary");
        m.termStart = m.data.last();
        m.mongo.settle();
        return true;
    }

    /** Waits for an electable member that has everything, and a majority with it; then hands over to it. */
    static void stepDown(Member m, boolean force, long waitMillis, long periodMillis) {
        if (m.state != State.PRIMARY) {
            throw new CommandException(10107, "not primary so can't step down");
        }
        if (m.stepping) {
            throw new CommandException(117, "Already stepped down from primary while processing step down request");
        }
        m.stepping = true;
        long term = m.data.term;
        long deadline = Mongo.in(waitMillis);
        boolean handOver = true;
        while (successor(m) == null) {
            if (m.isOver() || m.state != State.PRIMARY || m.data.term != term) {
                throw new CommandException(189, "While waiting for secondaries to catch up before stepping down, this node decided to step"
                        + " down for other reasons");
            }
            if (waitMillis == 0 || !m.mongo.await(deadline)) {
                if (successor(m) == null && !force) {
                    m.stepping = false;
                    throw new CommandException(262, "No electable secondaries caught up as of " + Instant.now()
                            + ". Please use the replSetStepDown command with the argument {force: true} to force node to step down.");
                }
                handOver = successor(m) != null && !force;
                break;
            }
        }
        Member next = successor(m);
        m.mayStandFrom = Mongo.in(periodMillis);
        m.become(State.SECONDARY);
        if (handOver && !force && next != null) {
            stand(next);
        }
        m.mongo.settle();
    }

    private static Member successor(Member m) {
        OpTime last = m.data.last();
        List<Member> caughtUp = Replication.visible(m).stream().filter(o -> o == m || o.self != null && o.self.isVoter() && !o.self.arbiter()
                && o.state == State.SECONDARY && o.data.last().compareTo(last) >= 0).toList();
        if (caughtUp.size() < m.data.config.writeMajority()) {
            return null;
        }
        return caughtUp.stream().filter(o -> o != m && o.self.isElectable() && System.nanoTime() >= o.mayStandFrom)
                .max(Comparator.comparingDouble(o -> o.self.priority())).orElse(null);
    }
}
