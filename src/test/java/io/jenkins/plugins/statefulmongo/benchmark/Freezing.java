package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Freezes every member that replaces another one, for 20 s, as soon as the cluster says that it runs. Its mongod listens some milliseconds
 * after its start, long before that: whoever asks it first may come too late.
 */
final class Freezing implements Round.Trouble {
    private static final int SECONDS = 20;

    private final LoadedSet set;
    private final Disturbance disturbance;
    private final Set<String> before = new HashSet<>();
    private final Map<String, CompletableFuture<Void>> frozen = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    Freezing(LoadedSet set, Disturbance disturbance) throws Exception {
        this.set = set;
        this.disturbance = disturbance;
        set.pods().forEach(p -> before.add(p.uid()));
        clock.scheduleWithFixedDelay(this::look, 0, 50, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (PodState pod : set.pods()) {
                if (pod.running() && !pod.terminating() && !before.contains(pod.uid()) && !frozen.containsKey(pod.uid())) {
                    freeze(pod);
                }
            }
        } catch (Unavailable e) {
            // The next look is soon.
        } catch (Exception | AssertionError e) {
            failed.completeExceptionally(e);
        }
    }

    private void freeze(PodState pod) throws Exception {
        disturbance.signal(set.namespace(), pod.name(), "STOP");
        CompletableFuture<Void> thaw = new CompletableFuture<>();
        frozen.put(pod.uid(), thaw);
        clock.schedule(() -> thaw(pod, thaw), SECONDS, TimeUnit.SECONDS);
    }

    private void thaw(PodState pod, CompletableFuture<Void> thaw) {
        try {
            if (set.pods().stream().anyMatch(p -> p.uid().equals(pod.uid()))) { // else its contender has taken it away meanwhile
                disturbance.signal(set.namespace(), pod.name(), "CONT");
            }
            thaw.complete(null);
        } catch (Exception e) {
            thaw.completeExceptionally(e);
        }
    }

    /** Waits until all are thawed; there must have been as many as members. */
    @Override
    public void close() throws Exception {
        try {
            set.bench().until("every replaced member to be frozen once", () -> {
                if (failed.isDone()) {
                    failed.get();
                }
                return frozen.size() >= LoadedSet.MEMBERS;
            });
            for (CompletableFuture<Void> thaw : frozen.values()) {
                thaw.get(SECONDS + 30, TimeUnit.SECONDS);
            }
        } finally {
            clock.shutdownNow();
        }
    }
}
