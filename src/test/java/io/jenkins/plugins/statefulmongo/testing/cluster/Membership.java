package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;

/** How a member takes its place in a configuration, and loses it. */
final class Membership {
    private Membership() {}

    /** After a restart: as soon as the member finds its own name in the stored configuration. Takes the lock. */
    static void rejoin(Member m) {
        m.mongo.lock.lock();
        try {
            if (m.isOver() || m.state != State.STARTUP) {
                return;
            }
            if (m.data.config.nodes().stream().noneMatch(n -> n.host().startsWith(m.hostname() + "."))) {
                m.become(State.REMOVED); // until a primary that has added it again tells it so
                return;
            }
            if (Replication.findSelf(m, m.data.config) == null) {
                m.mongo.loop.after(50, () -> rejoin(m));
                return;
            }
            install(m, m.data.config);
            m.mongo.settle();
        } finally {
            m.mongo.lock.unlock();
        }
    }

    /** Takes over a configuration. A member new to its set goes through an initial sync first. With the lock held. */
    static void install(Member m, SetConfig config) {
        boolean first = m.data.config == null;
        m.data.config = config;
        SetConfig.Node me = Replication.findSelf(m, config);
        SetConfig.Node known = m.self;
        m.self = me != null || known == null ? me
                : config.nodes().stream().filter(n -> n.host().equals(known.host())).findFirst().orElse(null);
        if (m.self == null) {
            m.become(State.REMOVED);
        } else if (m.self.arbiter()) {
            m.become(State.ARBITER);
        } else if (m.state == State.STARTUP && first && m.data.oplog.isEmpty()) {
            m.become(State.STARTUP2);
            m.mongo.loop.after(m.options.initialSyncMillis(), () -> finishInitialSync(m));
        } else if (m.state == State.STARTUP || m.state == State.REMOVED) {
            m.become(State.SECONDARY);
        }
    }

    private static void finishInitialSync(Member m) {
        m.mongo.lock.lock();
        try {
            if (m.isOver() || m.state != State.STARTUP2) {
                return;
            }
            if (Replication.primaryOf(m) == null) {
                m.mongo.loop.after(50, () -> finishInitialSync(m));
                return;
            }
            m.become(State.SECONDARY);
            m.mongo.settle();
        } finally {
            m.mongo.lock.unlock();
        }
    }
}
