package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The one client of a connection's identity, with the watches that its steps share; never shared between identities. It outlives the
 * steps: the threads of Java 17's HTTP client end when the collector finds it, if ever, so a client for each step would pile them up. One
 * that nobody has used for {@link #IDLE} is closed when the next is opened, and all of them when Jenkins ends.
 */
public final class Cluster implements AutoCloseable {
    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final Map<Connection, Shared> OPEN = new HashMap<>();

    /** What all who opened the same connection share. */
    private static final class Shared {
        private final Connection connection;
        private final Kube kube;
        private final Map<String, Watch> watches = new HashMap<>();
        private int users;
        private long leftAt;

        private Shared(Connection connection) throws Failure {
            this.connection = connection;
            this.kube = new Kube(connection);
        }

        private void close() {
            synchronized (watches) {
                watches.values().forEach(Watch::stop);
                watches.clear();
            }
            kube.close();
        }
    }

    private final Shared shared;
    private final Kube kube;
    private final Map<String, Watch> watches;
    private boolean closed;

    private Cluster(Shared shared) {
        this.shared = shared;
        this.kube = shared.kube;
        this.watches = shared.watches;
    }

    /** The cluster of that server and credential, shared with all who opened it. */
    public static Cluster open(Connection connection) throws Failure {
        synchronized (OPEN) {
            closeIdle(connection, System.nanoTime());
            Shared shared = OPEN.get(connection);
            if (shared == null) {
                shared = new Shared(connection);
                OPEN.put(connection, shared);
            }
            shared.users++;
            return new Cluster(shared);
        }
    }

    /** Closes every client. Who still has one gets no answer through it any more; who opens one from now on gets another. */
    public static void closeAll() {
        synchronized (OPEN) {
            OPEN.values().forEach(Shared::close);
            OPEN.clear();
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
        return watch(namespace, kinds, name -> true, onChange);
    }

    /**
     * The same, for whom only some objects matter: many steps may look at one namespace.
     *
     * @param concerns by its name, whether a change of an object runs {@code onChange}; {@link View#list} has all of them
     */
    public View watch(String namespace, Set<Kind> kinds, Predicate<String> concerns, Runnable onChange) {
        return new View(namespace, kinds, concerns, onChange);
    }

    /** Closing it twice does no harm. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (closed) {
                return;
            }
            closed = true;
            shared.users--;
            shared.leftAt = System.nanoTime();
        }
    }

    private static void closeIdle(Connection wanted, long now) {
        OPEN.values().removeIf(shared -> {
            boolean idle = shared.users == 0
                    && !shared.connection.equals(wanted)
                    && now - shared.leftAt > IDLE.toNanos();
            if (idle) {
                shared.close();
            }
            return idle;
        });
    }

    /** What one step sees of a namespace: the shared caches of the kinds that it asked for. */
    public final class View implements AutoCloseable {
        private final String namespace;
        private final Predicate<String> concerns;
        private final Runnable onChange;
        private final Map<Kind, Watch> mine = new EnumMap<>(Kind.class);

        private View(String namespace, Set<Kind> kinds, Predicate<String> concerns, Runnable onChange) {
            this.namespace = namespace;
            this.concerns = concerns;
            // Not the given one itself: two views of one step have the same, and closing one must not silence the other.
            this.onChange = new Runnable() {
                @Override
                public void run() {
                    onChange.run();
                }
            };
            kinds.forEach(kind -> mine.put(kind, subscribe(kind)));
        }

        /** The objects as last seen by the watch. */
        public List<Map<String, Object>> list(Kind kind) throws Failure, Unavailable, InterruptedException {
            Watch watch = mine.get(kind);
            if (watch.broken()) {
                Watch current = subscribe(kind);
                if (current != watch) {
                    release(kind, watch);
                    mine.put(kind, current);
                    watch = current;
                }
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
                Watch before = watches.get(key(kind));
                Watch watch = before == null ? new Watch(kube, kind, namespace) : before.current();
                watches.put(key(kind), watch);
                watch.add(onChange, concerns);
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
