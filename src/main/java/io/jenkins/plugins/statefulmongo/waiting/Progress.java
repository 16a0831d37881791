package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long a pod has made no progress. Progress is a state that it was never seen in before: a container that crashes and starts in turns
 * makes none, however often that changes its status. Times are monotonic nanoseconds, given by the caller.
 */
public final class Progress {
    private final Map<String, Memory> memories = new HashMap<>();

    private static final class Memory {
        final Set<String> seen = new HashSet<>();
        long since;
    }

    /**
     * @param subject whose state it is, such as the pod's name
     * @param state as {@link #fingerprint} gives it
     * @return how long ago it last showed a state that was new
     */
    public Duration idle(String subject, String state, long now) {
        Memory memory = memories.computeIfAbsent(subject, s -> new Memory());
        if (memory.seen.add(state)) {
            memory.since = now;
        }
        return Duration.ofNanos(now - memory.since);
    }

    /** Somebody is at work on it: that is progress, though its state shows none. */
    void made(String subject, long now) {
        memories.get(subject).since = now;
    }

    /** Forgets all but these: who was ready in between starts anew. */
    public void retain(Collection<String> subjects) {
        memories.keySet().retainAll(subjects);
    }

    /** What changes when a pod gets further; not what a crash loop changes (restarts, back-off times). */
    public static String fingerprint(PodState pod) {
        StringBuilder text = new StringBuilder();
        text.append(pod.uid()).append(' ').append(pod.phase()).append(' ').append(pod.node());
        text.append(pod.scheduling() == null ? "" : " unscheduled").append(pod.terminating() ? " terminating" : "");
        text.append(pod.ready() ? " ready" : "");
        for (ContainerState c : pod.containers()) {
            text.append(' ').append(c.name()).append('=').append(c.image());
            text.append(c.ready() ? ",ready" : "").append(c.waitingReason() == null ? "" : "," + c.waitingReason());
        }
        return text.toString();
    }
}
