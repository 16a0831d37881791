package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.report.Elapsed;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A section as its page shows it at one moment: all that the view needs as text, so that the view decides nothing. */
public final class SectionView {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private final Section section;
    private final boolean building;
    private final long now;
    private final List<PodRow> pods;
    private final List<EventRow> events;

    /**
     * @param building the build runs: else a section without an end ended with it
     * @param now in milliseconds since 1970
     */
    SectionView(Section section, boolean building, long now) {
        this.section = section;
        this.building = building;
        this.now = now;
        pods = section.pods();
        events = section.events();
    }

    /** An event with the time since the step began. */
    public record Event(String offset, EventRow row) {
        public String getOffset() {
            return offset;
        }

        public EventRow getRow() {
            return row;
        }
    }

    public Section getSection() {
        return section;
    }

    /** {@code running}, {@code done}, {@code failed}, {@code aborted}, or {@code ended with the build}. */
    public String getState() {
        return section.isRunning() && !building ? "ended with the build" : section.getOutcome();
    }

    /** As part of a CSS class. */
    public String getStateClass() {
        return section.isRunning() && !building ? "aborted" : section.getOutcome();
    }

    public String getStarted() {
        return TIME.format(Instant.ofEpochMilli(section.startedMillis()));
    }

    /** How long it took, or takes so far; - where nobody knows. */
    public String getTook() {
        return section.isRunning() && !building ? "-" : Elapsed.text(Duration.ofMillis(Math.max(0, end() - section.startedMillis())));
    }

    /** What it waits for; null where it does not, or that is not known. */
    public String getWaitingFor() {
        return building ? section.getWaitingFor() : null;
    }

    public List<PodView> getPods() {
        Map<String, ClaimRow> claims = section.getClaims().stream().collect(Collectors.toMap(ClaimRow::getName, Function.identity()));
        return pods.stream().map(p -> new PodView(p, claims, section.startedMillis())).toList();
    }

    public List<Event> getEvents() {
        return events.stream().map(e -> new Event(PodView.offset(section.startedMillis(), e.atMillis()), e)).toList();
    }

    /** Null where there is no ordinal to draw. */
    public TimeLine getTimeLine() {
        return pods.isEmpty() ? null : new TimeLine(section.startedMillis(), Math.max(end(), section.startedMillis() + 1), getPods(), events);
    }

    /** When it ended; for one that the build's end cut off, when something was last seen. */
    private long end() {
        if (!section.isRunning()) {
            return section.endedMillis();
        }
        if (building) {
            return now;
        }
        long seen = events.stream().mapToLong(EventRow::atMillis).max().orElse(section.startedMillis());
        return Math.max(seen, pods.stream().mapToLong(p -> Math.max(p.readyMillis(), p.goneMillis())).max().orElse(seen));
    }
}
