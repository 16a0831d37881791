package io.jenkins.plugins.statefulmongo.engine;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/** What a step prints: one line for each thing that happened, never a stream of polls. */
public final class Console {
    private final PrintStream out;
    private final Map<String, String> shown = new HashMap<>();

    public Console(PrintStream out) {
        this.out = out;
    }

    /** One thing that happened. */
    public void line(String line) {
        out.println("  " + line);
    }

    /** A step's first line: printed once, however often it is asked for. */
    public void titleOnce(String line) {
        if (shown.put("", line) == null) {
            out.println(line);
        }
    }

    /** Prints {@code line} only where it differs from the last one printed about {@code subject}. */
    public void changed(String subject, String line) {
        if (!line.equals(shown.put(subject, line))) {
            line(line);
        }
    }
}
