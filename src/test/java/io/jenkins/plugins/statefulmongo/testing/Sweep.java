package io.jenkins.plugins.statefulmongo.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tries the points 1, 2, 3, … at which something may be cut short or disturbed, until it ends before its point. In several lanes at once,
 * each with something whole of its own: what is disturbed mostly waits.
 *
 * @param <L> what a lane works on
 */
public final class Sweep<L extends AutoCloseable> implements AutoCloseable {
    private final ExecutorService threads;
    private final List<Future<L>> lanes = new ArrayList<>();

    public Sweep(int lanes, Callable<L> lane) {
        threads = Executors.newFixedThreadPool(lanes);
        for (int i = 0; i < lanes; i++) {
            this.lanes.add(threads.submit(lane));
        }
    }

    /** Disturbs something at one point, has it finished, and asserts; what the lane works on is whole again in the end. */
    public interface Case<L> {
        /** What was the last call that was served; null where it ended before the point. */
        String at(L lane, int point) throws Exception;
    }

    /** Tells on standard output how many points there were, and with {@code -Dkill.print} each of them. */
    public void run(String name, Case<L> each) throws Exception {
        long begun = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Map<Integer, String> tried = new TreeMap<>();
        List<Future<?>> running = new ArrayList<>();
        for (Future<L> lane : lanes) {
            L on = lane.get();
            running.add(threads.submit(() -> {
                try {
                    while (!over.get()) {
                        int point = next.incrementAndGet();
                        String call = each.at(on, point);
                        if (call == null) {
                            over.set(true);
                        } else {
                            synchronized (tried) {
                                tried.put(point, call);
                            }
                        }
                    }
                } catch (Exception | AssertionError e) {
                    over.set(true);
                    throw e;
                }
                return null;
            }));
        }
        try {
            for (Future<?> lane : running) {
                lane.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw e;
        }
        System.out.printf("%s: %d points, %.1f s%n", name, tried.size(), (System.nanoTime() - begun) / 1e9);
        if (System.getProperty("kill.print") != null) {
            tried.forEach((point, call) -> System.out.println("  " + point + "  " + call));
        }
    }

    @Override
    public void close() throws Exception {
        for (Future<L> lane : lanes) {
            lane.get().close();
        }
        threads.shutdown();
    }
}
