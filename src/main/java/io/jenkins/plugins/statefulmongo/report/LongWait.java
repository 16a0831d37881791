package io.jenkins.plugins.statefulmongo.report;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Notices a wait that takes long, so that a console that stands still says what for: one line for each thing that is waited for. */
public final class LongWait {
    static final Duration LONG = Duration.ofSeconds(30);

    private final LongSupplier clock;
    private String subject;
    private long since;
    private boolean told;

    /** @param clock nanoseconds that never go back */
    public LongWait(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Takes notice of what is waited for now; what stands in brackets or counts seconds may change meanwhile.
     *
     * @return the line to print, once
     */
    public Optional<String> line(String reason) {
        String now = reason.replaceFirst("(?s) \\(.*", "").replaceAll("\\d+ s\\b", "");
        if (!now.equals(subject)) {
            subject = now;
            since = clock.getAsLong();
            told = false;
        }
        if (told || clock.getAsLong() - since < LONG.toNanos()) {
            return Optional.empty();
        }
        told = true;
        return Optional.of("waits for " + reason.replaceAll("\\n *", "\n    "));
    }

    /** Something else happens. */
    public void over() {
        subject = null;
    }
}
