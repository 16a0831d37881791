package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.report.Mark;
import java.util.Locale;

/** One thing that happened in a step, as it is stored with the build. */
public final class EventRow {
    private static final int LONGEST = 300;

    private final long atMillis;
    private final String mark;
    private final String text;

    /**
     * @param atMillis by the controller's clock, in milliseconds since 1970
     * @param text only its first line is kept: what follows, such as the last lines of a container's log, is the console's, which masks
     *     secrets
     */
    EventRow(long atMillis, Mark mark, String text) {
        this.atMillis = atMillis;
        this.mark = mark.name().toLowerCase(Locale.ROOT);
        this.text = firstLine(text);
    }

    static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("").stripTrailing();
        return line.length() > LONGEST ? line.substring(0, LONGEST - 1) + "…" : line;
    }

    long atMillis() {
        return atMillis;
    }

    /** {@code note}, {@code election}, {@code member}, {@code rollback} or {@code failure}. */
    public String getMark() {
        return mark;
    }

    public boolean isNote() {
        return mark.equals("note");
    }

    public String getText() {
        return text;
    }
}
