package io.jenkins.plugins.statefulmongo.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs operations on a few daemon threads. A waiting operation holds no thread: it is one entry in the timer's queue until its
 * delay is over or {@link Task#wake()} is called.
 *
 * <ol>
 *   <li>Tick. An answer ends the task or says when to look again.
 *   <li>A wake-up while a tick runs is remembered, and the next tick follows at once.
 *   <li>A remote call that did not get through is tried again, 250 ms later at first, 5 s at most. The task fails when nothing
 *       got through for {@link #PATIENCE} ({@link #FIRST_PATIENCE} while nothing ever did), or at its deadline.
 *   <li>Whom the cluster does not know (401) is made anew, with the credential that Jenkins holds by then, as after a restart: tokens
 *       are replaced while steps run, and an API server that starts knows nobody. The task fails when that lasts {@link #RENEWAL}.
 *   <li>The deadline is judged after a tick, never before one: a resumed step looks once.
 * </ol>
 */
public final class Engine {
    /** How long an unreachable cluster is tried before the first answer: a wrong address should fail in seconds. */
    static final Duration FIRST_PATIENCE = Duration.ofSeconds(4);
    /** How long a cluster that did answer may stay away: an API server's restart or upgrade. */
    static final Duration PATIENCE = Duration.ofMinutes(3);
    /** How long a credential that was good may be refused. */
    static final Duration RENEWAL = Duration.ofSeconds(30);

    private static final Logger LOG = Logger.getLogger(Engine.class.getName());
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    static final int THREADS = 8;

    private final ScheduledThreadPoolExecutor pool;
    private final Set<Task> tasks = ConcurrentHashMap.newKeySet();

    public Engine() {
        AtomicInteger count = new AtomicInteger();
        pool = new ScheduledThreadPoolExecutor(THREADS, r -> {
            Thread thread = new Thread(r, "stateful-mongo-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pool.setRemoveOnCancelPolicy(true);
        pool.setKeepAliveTime(30, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
    }

    /** Told once how a task ended; never after {@link Task#cancel()}. */
    public interface Listener {
        void done(Outcome.Done done);

        void failed(Failure failure);
    }

    /** Makes the operation on the engine's thread, as that may need remote calls; given the task, to be woken by watches. */
    public interface Factory {
        Operation create(Task task) throws Failure, Unavailable, InterruptedException;
    }

    /**
     * @param deadlineMillis wall-clock time, in milliseconds since 1970, after which no further tick is begun
     * @param resumed it ran before: an unreachable cluster gets the longer patience from the start
     */
    public Task submit(Factory factory, long deadlineMillis, boolean resumed, Listener listener) {
        Task task = new Task(factory, deadlineMillis, resumed, listener);
        tasks.add(task);
        task.schedule(Duration.ZERO);
        return task;
    }

    /**
     * Ends all threads; running ticks are interrupted. What the operations hold is given back: waited for for 2 s, as Jenkins ends, and a
     * cluster may not answer. Then no tick is left that could open anything.
     */
    public void shutdown() {
        pool.shutdownNow();
        List<Thread> closing = new ArrayList<>();
        for (Task task : tasks) {
            Operation left = task.abandon();
            if (left != null) {
                Thread thread = new Thread(() -> close(left), "stateful-mongo-end");
                thread.setDaemon(true);
                thread.start();
                closing.add(thread);
            }
        }
        long deadline = System.nanoTime() + LAST_WORDS.toNanos();
        try {
            for (Thread thread : closing) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
            pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One running operation. */
    public final class Task {
        private final Factory factory;
        private final long deadlineMillis;
        private final Listener listener;
        private Operation operation;
        private ScheduledFuture<?> next;
        private boolean running;
        private boolean woken;
        private boolean ended;
        private String waitingFor;
        private boolean answered;
        private long silentSince;
        private Duration retry = FIRST_RETRY;

        private Task(Factory factory, long deadlineMillis, boolean resumed, Listener listener) {
            this.factory = factory;
            this.deadlineMillis = deadlineMillis;
            this.answered = resumed;
            this.listener = listener;
        }

        /** Something changed that the operation looks at: tick now. One that waits for a thread already keeps its place. */
        public synchronized void wake() {
            if (running) {
                woken = true;
            } else if (next == null || next.getDelay(TimeUnit.NANOSECONDS) > 0) {
                schedule(Duration.ZERO);
            }
        }

        /** What the last tick waits for, or null before the first one. */
        public synchronized String waitingFor() {
            return waitingFor;
        }

        /**
         * Ends the task without telling its listener; a running tick is interrupted.
         *
         * @return what it leaves behind, or null
         */
        public String cancel() {
            Operation left;
            synchronized (this) {
                if (ended) {
                    return null;
                }
                ended = true;
                tasks.remove(this);
                left = operation;
                if (next != null) {
                    next.cancel(true);
                }
                if (running) {
                    return leftBehind(left); // the tick closes it on its way out
                }
            }
            String text = leftBehind(left);
            try {
                pool.execute(() -> close(left));
            } catch (RejectedExecutionException e) {
                close(left); // Jenkins ends
            }
            return text;
        }

        /** The engine ends: nobody is told. Answers what is to be closed; a running tick closes its operation on its way out. */
        private synchronized Operation abandon() {
            if (ended) {
                return null;
            }
            ended = true;
            tasks.remove(this);
            return running ? null : operation;
        }

        private synchronized void schedule(Duration delay) {
            if (ended || running || pool.isShutdown()) {
                return;
            }
            if (next != null) {
                next.cancel(false);
            }
            next = pool.schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void run() {
            synchronized (this) {
                if (ended || running) {
                    return;
                }
                running = true;
                woken = false;
            }
            Outcome outcome = null;
            Failure failure = null;
            try {
                if (operation == null) {
                    Operation created = factory.create(this);
                    synchronized (this) {
                        operation = created;
                    }
                }
                outcome = operation.tick();
                answered = true;
                silentSince = 0;
                retry = FIRST_RETRY;
            } catch (Unavailable e) {
                Duration patience = answered ? PATIENCE : FIRST_PATIENCE;
                failure = lasts(patience)
                        ? new Failure(e.getMessage(), "No call got through for " + patience.toSeconds() + " s.", leftBehind(operation))
                        : null;
                outcome = later("an answer: " + e.getMessage());
            } catch (Failure e) {
                failure = !e.unauthorized() || lasts(answered ? RENEWAL : FIRST_PATIENCE) ? e : null;
                if (failure == null) {
                    drop();
                    outcome = later("a credential that is accepted: " + e.getMessage());
                }
            } catch (InterruptedException e) {
                // Cancelled, or the pool is shut down: either way nobody is told.
                outcome = new Outcome.Again(Duration.ZERO, "");
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, "A step failed unexpectedly", e);
                failure = new Failure(
                        "unexpected " + e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()),
                        "This is a defect of the plugin: please report it with the stack trace in Jenkins' system log.");
            }
            finish(outcome, failure);
        }

        private void finish(Outcome outcome, Failure failure) {
            Failure end = failure;
            if (end == null && outcome instanceof Outcome.Again again && System.currentTimeMillis() >= deadlineMillis) {
                end = new Failure(
                        "timed out waiting for " + again.waitingFor(),
                        leftBehind(operation),
                        "Raise timeoutSeconds if this is only slow; running the step again continues from here.");
            }
            synchronized (this) {
                running = false;
                if (!ended && end == null && outcome instanceof Outcome.Again again) {
                    waitingFor = again.waitingFor();
                    long left = Math.max(0, deadlineMillis - System.currentTimeMillis());
                    schedule(woken ? Duration.ZERO : min(again.delay(), Duration.ofMillis(left)));
                    return;
                }
                if (ended) {
                    end = null;
                    outcome = null;
                    // Cancelled: the interrupt was for the tick. What is closed now still gives back its Lease.
                    Thread.interrupted();
                }
                ended = true;
                tasks.remove(this);
            }
            close(operation);
            if (end != null) {
                listener.failed(end);
            } else if (outcome instanceof Outcome.Done done) {
                listener.done(done);
            }
        }

        /** Whether nothing has succeeded for that long. */
        private boolean lasts(Duration patience) {
            long now = System.nanoTime();
            if (silentSince == 0) {
                silentSince = now;
            }
            return now - silentSince >= patience.toNanos();
        }

        private Outcome later(String waitingFor) {
            Outcome again = new Outcome.Again(retry, waitingFor);
            retry = min(retry.multipliedBy(2), LAST_RETRY);
            return again;
        }

        /** The next tick makes the operation anew. */
        private void drop() {
            Operation old;
            synchronized (this) {
                old = operation;
                operation = null;
            }
            close(old);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** A remark must never keep a task from ending. */
    private static String leftBehind(Operation operation) {
        try {
            return operation == null ? null : operation.leftBehind();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Could not say what a step leaves behind", e);
            return null;
        }
    }

    private static void close(Operation operation) {
        if (operation != null) {
            try {
                operation.close();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "Could not release a step's clients", e);
            }
        }
    }
}
