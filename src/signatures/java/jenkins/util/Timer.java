package jenkins.util;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Signature of {@code jenkins.util.Timer} in jenkins-core. */
public class Timer {
    private static final ScheduledExecutorService EXECUTOR = Executors.newScheduledThreadPool(1, work -> {
        Thread thread = new Thread(work, Timer.class.getName());
        thread.setDaemon(true);
        return thread;
    });

    private Timer() {}

    public static synchronized ScheduledExecutorService get() {
        return EXECUTOR;
    }
}
