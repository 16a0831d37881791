package io.jenkins.plugins.statefulmongo.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an {@link Operation} answers after it looked at the cluster. */
public sealed interface Outcome {

    /**
     * The wanted state stands.
     *
     * @param result what the step returns: only maps, lists, strings, numbers and booleans, which a Pipeline's sandbox lets through
     */
    record Done(LinkedHashMap<String, Object> result) implements Outcome {}

    /**
     * Look again after {@code delay}, or as soon as a watched object changes.
     *
     * @param waitingFor what for, in a few words: a step that runs into its time-out says so
     */
    record Again(Duration delay, String waitingFor) implements Outcome {}

    static Outcome done(Map<String, Object> result) {
        return new Done(new LinkedHashMap<>(result));
    }

    /** Waits for a change that a watch will tell; the long delay is the fallback for a watch that stalled. */
    static Outcome onChange(String waitingFor) {
        return new Again(Duration.ofSeconds(20), waitingFor);
    }

    static Outcome after(Duration delay, String waitingFor) {
        return new Again(delay, waitingFor);
    }

    /** Something was done: look at once at what came of it. */
    static Outcome now(String waitingFor) {
        return new Again(Duration.ZERO, waitingFor);
    }
}
