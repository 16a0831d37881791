package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells an update as it happens: one line for each member and each election. What it knows beyond the cluster (times, gaps) is lost in a
 * restart of Jenkins; then it says "at least" instead of guessing.
 */
final class RollStory {
    /** A pod that was taken away and whose successor is awaited. */
    private record Away(String uid, String how, Instant startedAt, Elapsed since) {}

    private final Console console;
    private final Map<String, Away> away = new LinkedHashMap<>();
    private final ArrayList<LinkedHashMap<String, Object>> replaced = new ArrayList<>();
    private boolean sawBeginning;
    private Elapsed running = Elapsed.start();
    private String primary;
    private String steppingDown;
    private Elapsed asked;
    private Elapsed withoutPrimary;
    private Duration longestGap = Duration.ZERO;
    private long term = -1;
    private long termBefore = -1;

    RollStory(Console console) {
        this.console = console;
    }

    /** This run made the first change: it sees the whole update. */
    void began() {
        sawBeginning = true;
        running = Elapsed.start();
    }

    /** Takes notice of who is primary. */
    void see(Scene scene) {
        Optional<MemberState> now = scene.primary();
        if (now.isEmpty()) {
            if (primary != null && withoutPrimary == null) {
                withoutPrimary = Elapsed.start();
            }
            return;
        }
        String name = scene.name(now.get().ordinal());
        boolean moved = primary != null && !primary.equals(name);
        if (!moved && steppingDown != null && withoutPrimary == null) {
            return; // asked to step down, still primary
        }
        Elapsed since = withoutPrimary != null ? withoutPrimary : asked;
        Duration gap = since == null || withoutPrimary == null && !moved ? Duration.ZERO : since.time();
        longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
        withoutPrimary = null;
        asked = null;
        if (moved) {
            boolean planned = primary.equals(steppingDown);
            console.line(
                    Mark.ELECTION,
                    (planned ? primary + "  stepped down, " + name + " PRIMARY" : name + "  PRIMARY, elected by the set itself")
                            + " after " + Elapsed.text(gap) + " (term " + now.get().term() + ")");
            steppingDown = null;
        }
        primary = name;
        term = now.get().term();
        termBefore = termBefore < 0 ? term : termBefore;
    }

    /** Takes notice of who is back and has caught up. */
    void see(Scene scene, Set<Integer> behind) {
        for (PodState pod : scene.pods()) {
            Away gone = away.get(pod.name());
            boolean back = gone != null
                    && !pod.uid().equals(gone.uid)
                    && scene.healthy(pod.ordinal())
                    && !behind.contains(pod.ordinal())
                    && primary != null;
            if (back) {
                away.remove(pod.name());
                boolean itself = primary.equals(pod.name());
                console.line(Mark.MEMBER, pod.name() + "  " + gone.how + ", Ready, "
                        + (itself ? "primary" : "caught up with " + primary) + " after " + gone.since);
                LinkedHashMap<String, Object> row = new LinkedHashMap<>();
                row.put("name", pod.name());
                row.put("startedAt", gone.startedAt.toString());
                row.put("endedAt", now().toString());
                row.put("seconds", gone.since.time().toMillis() / 1000.0);
                replaced.add(row);
            }
        }
    }

    /** Between two primaries looks follow each other quickly. */
    boolean betweenPrimaries() {
        return withoutPrimary != null || steppingDown != null;
    }

    /** The primary is asked to go: from now on, at the latest, the set may be without one. */
    void stepsDown(String pod) {
        steppingDown = pod;
        asked = Elapsed.start();
    }

    /** It did not. */
    void stays() {
        steppingDown = null;
        asked = null;
    }

    /**
     * @param how "replaced", or why it went otherwise
     */
    void takenAway(PodState pod, String how) {
        away.put(pod.name(), new Away(pod.uid(), how, now(), Elapsed.start()));
    }

    /** All pods are at the template: the closing line. */
    void finished(Journal journal) {
        termBefore = journal.term();
        long elections = elections();
        Duration written = Duration.between(journal.startedAt(), Instant.now());
        // The clock by which it began may be another controller's, or may have been set since.
        Duration time = sawBeginning || written.compareTo(running.time()) < 0 ? running.time() : written;
        console.line(journal.back() ? Mark.ROLLBACK : Mark.NOTE, (journal.back() ? "rolled back" : "done") + " in " + Elapsed.text(time) + ": " + elections
                + (elections == 1 ? " election, " : " elections, ") + (sawBeginning ? "at most " + Elapsed.bound(longestGap) : "at least " + Elapsed.text(longestGap))
                + " without a primary");
    }

    /** How far it came, for a message. */
    String progress() {
        String gone = away.isEmpty() ? "" : "taken away and not back yet: " + String.join(", ", away.keySet());
        if (replaced.isEmpty()) {
            return gone.isEmpty() ? "this run replaced no pod" : gone;
        }
        return "replaced: " + replaced.stream().map(r -> r.get("name").toString()).collect(Collectors.joining(", "))
                + (gone.isEmpty() ? "" : "; " + gone);
    }

    /**
     * Fills a step's result: {@code order} (of each member that this run replaced the name, the times at which it was taken away and had
     * caught up again by the controller's clock, and the seconds between), {@code elections} and the terms {@code termBefore} and
     * {@code termAfter} that they are the difference of (-1 where nobody was primary), {@code longestWithoutPrimaryMillis}, and
     * {@code sawAll}: false where a restart hid a part of it.
     */
    void addTo(LinkedHashMap<String, Object> result) {
        result.put("order", replaced);
        result.put("elections", elections());
        result.put("termBefore", termBefore);
        result.put("termAfter", term);
        result.put("longestWithoutPrimaryMillis", longestGap.toMillis());
        result.put("sawAll", sawBeginning);
    }

    private long elections() {
        return termBefore < 0 ? 0 : Math.max(0, term - termBefore);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
