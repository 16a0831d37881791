package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.report.Elapsed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A step drawn from its begin to its end: a lane for each ordinal with bars for each of its pods, and one for what happened to the set.
 * Places and widths are in per cent of a lane. Pure.
 */
public final class TimeLine {
    private final long from;
    private final long to;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final List<Dot> dots = new ArrayList<>();

    /**
     * @param from when the step began, {@code to} when it ended, or now: in milliseconds since 1970, not the same
     * @param pods ascending by ordinal and creation
     */
    TimeLine(long from, long to, List<PodView> pods, List<EventRow> events) {
        this.from = from;
        this.to = to;
        for (PodView pod : pods) {
            lanes.computeIfAbsent(pod.getName(), Lane::new).add(pod);
        }
        events.stream().filter(e -> !e.isNote()).forEach(e -> dots.add(new Dot(e)));
    }

    /** How much time a lane shows. */
    public String getLength() {
        return Elapsed.text(Duration.ofMillis(to - from));
    }

    public List<Lane> getLanes() {
        return List.copyOf(lanes.values());
    }

    /** What happened to the set: elections, members, ways back, failures. */
    public List<Dot> getDots() {
        return dots;
    }

    /** All that happened to the set, as text. */
    public String getDotsText() {
        return String.join("; ", dots.stream().map(Dot::getTitle).toList());
    }

    private double place(long millis) {
        return Math.max(0, Math.min(100, 100.0 * (millis - from) / (to - from)));
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f%%", value);
    }

    /** One ordinal. */
    public final class Lane {
        private final String name;
        private final List<Bar> bars = new ArrayList<>();
        private final List<String> ticks = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        private Lane(String name) {
            this.name = name;
        }

        private void add(PodView view) {
            PodRow pod = view.pod();
            long gone = pod.goneMillis() > 0 ? pod.goneMillis() : to;
            long scheduled = pod.scheduledMillis() > 0 ? Math.min(pod.scheduledMillis(), gone) : gone;
            long ready = pod.readyMillis() > 0 ? Math.min(Math.max(pod.readyMillis(), scheduled), gone) : gone;
            add("pending", "not scheduled", pod.createdMillis(), scheduled);
            add("starting", "scheduled, not Ready", scheduled, ready);
            add("ready", "Ready", ready, gone);
            if (view.boundMillis() >= Math.max(from, pod.createdMillis()) && view.boundMillis() < gone) {
                ticks.add(percent(place(view.boundMillis())));
            }
            texts.add("pod created " + view.getCreated() + ", scheduled " + view.getScheduled() + ", volume bound " + view.getBound()
                    + ", Ready " + view.getReady() + (view.isThere() ? "" : ", gone " + view.getGone()));
        }

        private void add(String kind, String title, long begin, long end) {
            double x = place(begin);
            double width = place(end) - x;
            if (width > 0) {
                bars.add(new Bar(kind, percent(x), percent(width), title));
            }
        }

        public String getName() {
            return name;
        }

        public List<Bar> getBars() {
            return bars;
        }

        /** Where volumes became bound. */
        public List<String> getTicks() {
            return ticks;
        }

        /** The same as text. */
        public String getText() {
            return String.join("; ", texts);
        }
    }

    /** A stretch of a pod's life: {@code pending}, {@code starting} or {@code ready}. */
    public record Bar(String kind, String x, String width, String title) {
        public String getKind() {
            return kind;
        }

        public String getX() {
            return x;
        }

        public String getWidth() {
            return width;
        }

        public String getTitle() {
            return title;
        }
    }

    /** Something that happened. */
    public final class Dot {
        private final EventRow event;

        private Dot(EventRow event) {
            this.event = event;
        }

        public String getKind() {
            return event.getMark();
        }

        public String getX() {
            return percent(place(event.atMillis()));
        }

        public String getTitle() {
            return PodView.offset(from, event.atMillis()) + " " + event.getText();
        }
    }
}
