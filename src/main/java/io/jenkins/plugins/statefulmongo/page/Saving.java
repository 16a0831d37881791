package io.jenkins.plugins.statefulmongo.page;

import hudson.init.Terminator;
import hudson.model.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Stores builds whose page has news, {@value #PAUSE_MILLIS} ms after the first of them. On a thread of its own: an abort interrupts a step's
 * thread, and that must not be in the middle of a file. What a crash of Jenkins loses is seen again in the cluster, but for lines of the last
 * moment. Jenkins itself stores a build that ends.
 */
public final class Saving {
    static final long PAUSE_MILLIS = 2_000;

    private static final Logger LOG = Logger.getLogger(Saving.class.getName());
    private static Saving current;

    private final ScheduledThreadPoolExecutor pool;
    private final Set<Run<?, ?>> waiting = new LinkedHashSet<>();

    private Saving() {
        pool = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "stateful-mongo-page");
            thread.setDaemon(true);
            return thread;
        });
        pool.setKeepAliveTime(30, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** That of this Jenkins. */
    static synchronized Saving get() {
        if (current == null) {
            current = new Saving();
        }
        return current;
    }

    /** Called when Jenkins ends: stores what waits. What a step on its way out tells after that is not stored. */
    @Terminator
    public static void end() {
        Saving ended;
        synchronized (Saving.class) {
            ended = current;
            current = null;
        }
        if (ended != null) {
            synchronized (ended) {
                ended.pool.shutdown();
            }
            ended.now();
        }
    }

    synchronized void soon(Run<?, ?> run) {
        if (!pool.isShutdown() && waiting.add(run) && waiting.size() == 1) {
            pool.schedule(this::now, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Stores what waits. */
    void now() {
        List<Run<?, ?>> runs;
        synchronized (this) {
            runs = new ArrayList<>(waiting);
            waiting.clear();
        }
        for (Run<?, ?> run : runs) {
            try {
                if (run.isBuilding()) { // one that ended may be deleted by now, and would come back as a folder
                    run.save();
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "Could not store the page of " + run.getExternalizableId(), e);
            }
        }
    }
}
