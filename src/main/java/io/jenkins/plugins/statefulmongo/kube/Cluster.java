package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one client of a connection's identity, with the watches that its steps share. Opened by each step that needs it, closed
 * when the last one closes it; never shared between identities.
 */
public final class Cluster implements AutoCloseable {
    private static final Map<Connection, Cluster> OPEN = new HashMap<>();

    private final Connection connection;
    private final Kube kube;
    private final Map<String, Watch> watches = new HashMap<>();
    private int users;

    private Cluster(Connection connection) throws Failure {
        this.connection = connection;
        this.kube = new Kube(connection);
    }

    /** The cluster of that server and credential, shared with all who opened it and have not closed it. */
    public static Cluster open(Connection connection) throws Failure {
        synchronized (OPEN) {
            Cluster cluster = OPEN.get(connection);
            if (cluster == null) {
                cluster = new Cluster(connection);
                OPEN.put(connection, cluster);
            }
            cluster.users++;
            return cluster;
        }
    }

    public Kube kube() {
        return kube;
    }

    /**
     * Watches some kinds of object in one namespace.
     *
     * @param onChange run at each change, on a thread of the watch: must return at once
     */
    public View watch(String namespace, Set<Kind> kinds, Runnable onChange) {
        return new View(namespace, kinds, onChange);
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (--users > 0) {
                return;
            }
            OPEN.remove(connection, this);
        }
        kube.close();
    }

    /** What one step sees of a namespace: the shared caches of the kinds that it asked for. */
    public final class View implements AutoCloseable {
        private final String namespace;
        private final Runnable onChange;
        private final Map<Kind, Watch> mine = new EnumMap<>(Kind.class);

        private View(String namespace, Set<Kind> kinds, Runnable onChange) {
            this.namespace = namespace;
            this.onChange = onChange;
            kinds.forEach(kind -> mine.put(kind, subscribe(kind)));
        }

        /** The objects as last seen by the watch. */
        public List<Map<String, Object>> list(Kind kind) throws Failure, Unavailable, InterruptedException {
            Watch watch = mine.get(kind);
            if (watch.broken()) {
                release(kind, watch);
                watch = subscribe(kind);
                mine.put(kind, watch);
            }
            return watch.list();
        }

        @Override
        public void close() {
            mine.forEach(this::release);
            mine.clear();
        }

        private Watch subscribe(Kind kind) {
            synchronized (watches) {
                Watch watch = watches.get(key(kind));
                if (watch == null || watch.broken()) {
                    watch = new Watch(kube, kind, namespace);
                    watches.put(key(kind), watch);
                }
                watch.add(onChange);
                return watch;
            }
        }

        private void release(Kind kind, Watch watch) {
            synchronized (watches) {
                if (watch.remove(onChange)) {
                    watches.remove(key(kind), watch);
                    watch.stop();
                }
            }
        }

        private String key(Kind kind) {
            return kind + "/" + namespace;
        }
    }
}
