package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The one thread on which controllers and kubelets work, so that they need no locks among themselves. */
final class Loop implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(Loop.class.getName());

    private final ScheduledThreadPoolExecutor thread;
    private final Set<Object> waiting = ConcurrentHashMap.newKeySet();

    Loop(String name) {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread t = new Thread(task, name);
            t.setDaemon(true);
            return t;
        });
        thread.setRemoveOnCancelPolicy(true);
    }

    Runnable after(long millis, Runnable task) {
        try {
            var future = thread.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    /** Runs the task a little later, once for all calls with the same key until then. */
    void soon(Object key, Runnable task) {
        if (waiting.add(key)) {
            after(10, () -> {
                waiting.remove(key);
                task.run();
            });
        }
    }

    /** Runs the task, and returns when it has run. Not for tasks of the loop itself. */
    void now(Runnable task) {
        try {
            thread.submit(() -> run(task)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.SEVERE, "a controller of the embedded cluster failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
