package io.jenkins.plugins.statefulmongo.benchmark;

import java.io.PrintStream;
import java.util.Locale;

/** What a run prints: each figure on one line of its own, {@code name: value}; all else indented, or after a {@code #}. */
final class Figures {
    private final PrintStream out;

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

    void title(String text) {
        out.println("# " + text);
    }

    void progress(String text) {
        out.println("  " + text.replace("\n", "\n    "));
    }
}
