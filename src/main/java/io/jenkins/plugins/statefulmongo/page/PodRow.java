package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.state.PodState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One pod of an ordinal, as it is stored with the build. An update gives an ordinal another pod, and another row. */
public final class PodRow {
    private final String uid;
    private final String name;
    private final int ordinal;
    private final String revision;
    private final String node;
    private final ArrayList<String> claims;
    private final long createdMillis;
    private final long scheduledMillis;
    private final long readyMillis;
    private final boolean ready;
    private final long goneMillis;

    /**
     * @param before the row of the pod so far, or null
     * @param now by the controller's clock, in milliseconds since 1970
     */
    PodRow(PodState pod, PodRow before, long now) {
        uid = pod.uid();
        name = pod.name();
        ordinal = pod.ordinal();
        revision = pod.revision();
        node = pod.node();
        claims = new ArrayList<>(pod.claims());
        createdMillis = millis(pod.createdAt());
        scheduledMillis = millis(pod.scheduledAt());
        ready = pod.ready();
        // That it was Ready first counts here; a pod on its way out is not Ready any more.
        readyMillis = before != null && before.readyMillis > 0 ? before.readyMillis : pod.ready() ? millis(pod.readyAt()) : 0;
        goneMillis = !pod.terminating() ? 0 : before != null && before.goneMillis > 0 ? before.goneMillis : now;
    }

    private PodRow(PodRow pod, long goneMillis) {
        uid = pod.uid;
        name = pod.name;
        ordinal = pod.ordinal;
        revision = pod.revision;
        node = pod.node;
        claims = pod.claims;
        createdMillis = pod.createdMillis;
        scheduledMillis = pod.scheduledMillis;
        readyMillis = pod.readyMillis;
        ready = false;
        this.goneMillis = goneMillis;
    }

    /** The same pod, no longer there. */
    PodRow gone(long now) {
        return goneMillis > 0 ? this : new PodRow(this, now);
    }

    boolean same(PodRow other) {
        return uid.equals(other.uid)
                && Objects.equals(node, other.node)
                && scheduledMillis == other.scheduledMillis
                && readyMillis == other.readyMillis
                && ready == other.ready
                && goneMillis == other.goneMillis;
    }

    static long millis(Instant time) {
        return time == null ? 0 : time.toEpochMilli();
    }

    String uid() {
        return uid;
    }

    int ordinal() {
        return ordinal;
    }

    String name() {
        return name;
    }

    String revision() {
        return revision;
    }

    String node() {
        return node;
    }

    List<String> claims() {
        return claims;
    }

    /** Each of these in milliseconds since 1970, 0 where it did not happen; the API server keeps whole seconds. */
    long createdMillis() {
        return createdMillis;
    }

    long scheduledMillis() {
        return scheduledMillis;
    }

    /** When it was Ready first. */
    long readyMillis() {
        return readyMillis;
    }

    boolean ready() {
        return ready;
    }

    /** When the step first saw it going, or gone, by the controller's clock. */
    long goneMillis() {
        return goneMillis;
    }
}
