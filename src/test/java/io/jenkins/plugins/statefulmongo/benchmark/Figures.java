package io.jenkins.plugins.statefulmongo.benchmark;

import java.io.PrintStream;
import java.util.Locale;

/** What a run prints: each figure on one line of its own, {@code name: value}; all else indented, or after a {@code #}. */
final class Figures {
    private final PrintStream out;
    private Long lost;

    Figures(PrintStream out) {
        this.out = out;
    }

    void figure(String name, long value) {
        out.println(name + ": " + value);
    }

    /** With three digits after the point. */
    void figure(String name, double value) {
        out.println(name + ": " + String.format(Locale.ROOT, "%.3f", value));
    }

    /** Adds a read of everything to {@code update.lost-writes}. */
    void verified(Load.Verdict verdict) {
        progress("read back: " + verdict.present() + " of " + verdict.acknowledged() + " acknowledged writes, " + verdict.lost() + " lost"
                + (verdict.lost() > 0 ? " " + verdict.lostIds() : ""));
        if (verdict.ghosts() > 0) {
            throw new AssertionError(verdict.ghosts() + " writes are there that the server had refused");
        }
        lost = (lost == null ? 0 : lost) + verdict.lost();
    }

    /** To be called at the end: what was added up over the benchmarks. */
    void end() {
        if (lost != null) {
            figure("update.lost-writes", lost);
        }
    }

    void title(String text) {
        out.println("# " + text);
    }

    void progress(String text) {
        out.println("  " + text.replace("\n", "\n    "));
    }
}
