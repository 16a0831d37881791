package io.jenkins.plugins.statefulmongo.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Pools of daemon threads that are there while there is work, and need not be shut down. */
public final class IdleThreads {
    private static final int IDLE_SECONDS = 5;

    private IdleThreads() {}

    /**
     * As many threads as there are tasks at once; one without a task for 5 s ends.
     *
     * @param name of each thread
     */
    public static ThreadPoolExecutor pool(String name) {
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> thread(name, task));
    }

    /** As {@link #pool(String)}, with at most so many threads: further tasks wait. */
    public static ThreadPoolExecutor pool(String name, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> thread(name, task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
