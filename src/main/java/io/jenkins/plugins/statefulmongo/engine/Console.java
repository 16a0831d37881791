package io.jenkins.plugins.statefulmongo.engine;

import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.Recorder;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a step prints: one line for each thing that happened, never a stream of polls. The build's page gets the same lines. */
public final class Console {
    private final PrintStream out;
    private final Recorder recorder;
    private final Map<String, String> shown = new HashMap<>();

    public Console(PrintStream out) {
        this(out, Recorder.NONE);
    }

    public Console(PrintStream out, Recorder recorder) {
        this.out = out;
        this.recorder = recorder;
    }

    /** For what the build's page shows and the console does not. */
    public Recorder recorder() {
        return recorder;
    }

    /** One thing that happened. */
    public void line(String line) {
        line(Mark.NOTE, line);
    }

    public void line(Mark mark, String line) {
        out.println("  " + line);
        recorder.happened(mark, line);
    }

    /** Lines that the build's page shows otherwise. */
    public void table(List<String> lines) {
        lines.forEach(line -> out.println("  " + line));
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
