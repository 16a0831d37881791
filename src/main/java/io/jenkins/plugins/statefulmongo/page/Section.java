package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What one call of a step showed, as it is stored with the build: plain rows. Lists are replaced, never changed: whoever stores or shows a
 * build that runs reads them without a lock.
 *
 * <p>Kept are at most {@value #MOST_PODS} pods, {@value #MOST_CLAIMS} claims, {@value #MOST_MEMBERS} members and {@value #MOST_EVENTS}
 * events. Beyond that pods that are gone go first, and the events in the middle: how a step began and how it ended stays.
 */
public final class Section {
    static final int MOST_PODS = 150;
    static final int MOST_CLAIMS = 100;
    static final int MOST_MEMBERS = 50;
    static final int MOST_EVENTS = 500;
    private static final int FIRST_EVENTS = 100;

    private final String id;
    private final String function;
    private final long startedMillis;
    private volatile String title;
    private volatile String cluster;
    private volatile long endedMillis;
    private volatile String outcome = "running";
    private volatile String error;
    private volatile ArrayList<PodRow> pods = new ArrayList<>();
    private volatile ArrayList<ClaimRow> claims = new ArrayList<>();
    private volatile ArrayList<MemberRow> members = new ArrayList<>();
    private volatile ArrayList<EventRow> events = new ArrayList<>();
    private volatile int eventsLeftOut;
    private volatile boolean podsLeftOut;
    private transient volatile String waitingFor;

    /**
     * @param id tells this call from all others of the build, and is the same after a restart
     * @param title such as {@code waitOrdinals db}, until it is known better
     */
    Section(String id, String function, String title, long startedMillis) {
        this.id = id;
        this.function = function;
        this.title = title;
        this.startedMillis = startedMillis;
    }

    synchronized void place(String newTitle, String newCluster) {
        title = newTitle;
        cluster = newCluster;
    }

    synchronized void happened(Mark mark, String line, long now) {
        ArrayList<EventRow> all = new ArrayList<>(events);
        all.add(new EventRow(now, mark, line));
        if (all.size() > MOST_EVENTS) {
            all.remove(FIRST_EVENTS);
            eventsLeftOut++;
        }
        events = all;
    }

    /** @return whether anything is new */
    synchronized boolean pods(List<PodState> seen, long now) {
        Map<String, PodRow> before = byKey(pods, PodRow::uid);
        Set<String> there = new HashSet<>();
        ArrayList<PodRow> all = new ArrayList<>();
        for (PodState pod : seen) {
            there.add(pod.uid());
            PodRow known = before.get(pod.uid());
            // A cache that lags shows a pod again that was replaced.
            boolean replaced = known != null && known.goneMillis() > 0 && pods.stream().anyMatch(p -> p.ordinal() == known.ordinal() && p.goneMillis() == 0);
            all.add(replaced ? known : new PodRow(pod, known, now));
        }
        pods.stream().filter(p -> !there.contains(p.uid())).map(p -> p.gone(now)).forEach(all::add);
        all.sort(Comparator.comparingInt(PodRow::ordinal).thenComparingLong(PodRow::createdMillis));
        while (all.size() > MOST_PODS) {
            all.remove(all.stream().filter(p -> p.goneMillis() > 0).findFirst().orElse(all.get(all.size() - 1)));
            podsLeftOut = true;
        }
        boolean fresh = differ(pods, all, PodRow::same);
        pods = all;
        return fresh;
    }

    /** @return whether anything is new */
    synchronized boolean claims(List<ClaimState> seen, long now) {
        Map<String, ClaimRow> all = byKey(claims, ClaimRow::getName);
        seen.forEach(c -> all.put(c.name(), new ClaimRow(c, all.get(c.name()), now)));
        ArrayList<ClaimRow> rows = all.values().stream()
                .sorted(Comparator.comparingInt((ClaimRow c) -> PodState.ordinal(c.getName())).thenComparing(ClaimRow::getName))
                .limit(MOST_CLAIMS)
                .collect(Collectors.toCollection(ArrayList::new));
        boolean fresh = differ(claims, rows, ClaimRow::same);
        claims = rows;
        return fresh;
    }

    /** @return whether anything but lags is new */
    synchronized boolean members(MemberTable table) {
        ArrayList<MemberRow> rows =
                table.data().stream().limit(MOST_MEMBERS).map(MemberRow::new).collect(Collectors.toCollection(ArrayList::new));
        boolean fresh = differ(members, rows, MemberRow::sameButForLag);
        members = rows;
        return fresh;
    }

    void waitsFor(String what) {
        waitingFor = EventRow.firstLine(what);
    }

    /**
     * @param newOutcome {@code done}, {@code failed} or {@code aborted}
     * @param message why it failed, or what it left behind; null: nothing to say
     */
    synchronized void ended(String newOutcome, String message, long now) {
        if (endedMillis == 0) {
            endedMillis = now;
            outcome = newOutcome;
            error = message == null ? null : EventRow.firstLine(message);
        }
    }

    private static <R> Map<String, R> byKey(List<R> rows, Function<R, String> key) {
        return rows.stream().collect(Collectors.toMap(key, r -> r, (a, b) -> b, LinkedHashMap::new));
    }

    private static <R> boolean differ(List<R> a, List<R> b, BiPredicate<R, R> same) {
        if (a.size() != b.size()) {
            return true;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!same.test(a.get(i), b.get(i))) {
                return true;
            }
        }
        return false;
    }

    public String getId() {
        return id;
    }

    /** The step's name in a Jenkinsfile. */
    public String getFunction() {
        return function;
    }

    public String getTitle() {
        return title;
    }

    /** The connection's name, or null while it is not known. */
    public String getCluster() {
        return cluster;
    }

    /** {@code running}, {@code done}, {@code failed} or {@code aborted}. */
    public String getOutcome() {
        return outcome;
    }

    public boolean isRunning() {
        return endedMillis == 0;
    }

    /** Why it failed, or what it left behind; null where there is nothing to say. */
    public String getError() {
        return error;
    }

    /** What is waited for; null where that is not known. */
    public String getWaitingFor() {
        return isRunning() ? waitingFor : null;
    }

    public List<ClaimRow> getClaims() {
        return claims;
    }

    public List<MemberRow> getMembers() {
        return members;
    }

    public int getEventsLeftOut() {
        return eventsLeftOut;
    }

    public boolean isPodsLeftOut() {
        return podsLeftOut;
    }

    long startedMillis() {
        return startedMillis;
    }

    /** In milliseconds since 1970; 0 while it runs. */
    long endedMillis() {
        return endedMillis;
    }

    List<PodRow> pods() {
        return pods;
    }

    List<EventRow> events() {
        return events;
    }
}
