package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.report.Elapsed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One pod's times as people read them: its creation and its end from the step's begin, all else from its creation. Those of the API server in
 * whole seconds, as it keeps them; those that the step saw by itself in tenths.
 */
public final class PodView {
    /** The controller makes a claim right before its pod; an older one was there before. */
    private static final Duration TOGETHER = Duration.ofSeconds(5);

    private final PodRow pod;
    private final List<ClaimRow> claims;
    private final boolean claimsKnown;
    private final long started;

    /** @param started when the step began, in milliseconds since 1970 */
    PodView(PodRow pod, Map<String, ClaimRow> claims, long started) {
        this.pod = pod;
        this.claims = pod.claims().stream().map(claims::get).filter(Objects::nonNull).toList();
        claimsKnown = !pod.claims().isEmpty() && this.claims.size() == pod.claims().size();
        this.started = started;
    }

    /** {@code +1.2 s}, {@code -3.0 s}; a time long before is only told as that. */
    static String offset(long from, long to) {
        Duration time = Duration.ofMillis(Math.abs(to - from));
        if (time.compareTo(Duration.ofDays(1)) > 0) {
            return to < from ? "days before" : "days later";
        }
        return (to < from ? "-" : "+") + Elapsed.text(time);
    }

    private static String seconds(long from, long to) {
        long fromSecond = Math.floorDiv(from, 1000) * 1000;
        return offset(fromSecond, Math.floorDiv(to, 1000) * 1000).replace(".0 s", " s");
    }

    PodRow pod() {
        return pod;
    }

    public String getName() {
        return pod.name();
    }

    public String getRevision() {
        return pod.revision() == null ? "-" : pod.revision();
    }

    public String getNode() {
        return pod.node() == null ? "-" : pod.node();
    }

    public String getCreated() {
        return pod.createdMillis() == 0 ? "-" : seconds(started, pod.createdMillis());
    }

    public String getScheduled() {
        return after(pod.scheduledMillis());
    }

    public String getReady() {
        return after(pod.readyMillis());
    }

    /** When the last of its volumes was bound. */
    public String getBound() {
        if (!claimsKnown) {
            return "-";
        }
        if (claims.stream().anyMatch(c -> c.boundMillis() == 0)) {
            return "not yet";
        }
        if (claims.stream().allMatch(c -> c.boundMillis() <= pod.createdMillis() || c.foundBound() && old(c))) {
            return "already";
        }
        ClaimRow last = claims.stream().reduce((a, b) -> b.boundMillis() > a.boundMillis() ? b : a).orElseThrow();
        if (!last.foundBound()) {
            return offset(pod.createdMillis(), last.boundMillis());
        }
        boolean seenLate = pod.readyMillis() > 0 && pod.readyMillis() < last.boundMillis(); // a Ready pod has its volumes
        return "by " + (seenLate ? getReady() : offset(pod.createdMillis(), last.boundMillis()));
    }

    /** When it went, from the step's begin; - while it is there. */
    public String getGone() {
        return pod.goneMillis() == 0 ? "-" : offset(started, pod.goneMillis());
    }

    public boolean isThere() {
        return pod.goneMillis() == 0;
    }

    /** When the last of its volumes was seen to become bound, in milliseconds since 1970; 0 where nobody saw it. */
    long boundMillis() {
        return claimsKnown && claims.stream().noneMatch(c -> c.boundMillis() == 0 || c.foundBound())
                ? claims.stream().mapToLong(ClaimRow::boundMillis).max().orElse(0)
                : 0;
    }

    private boolean old(ClaimRow claim) {
        return pod.createdMillis() - claim.created().toEpochMilli() > TOGETHER.toMillis();
    }

    private String after(long millis) {
        return millis == 0 || pod.createdMillis() == 0 ? "not yet" : seconds(pod.createdMillis(), millis);
    }
}
