package io.jenkins.plugins.statefulmongo.page;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import java.time.Instant;
import java.util.Objects;

/** One volume claim when it was last seen, as it is stored with the build. */
public final class ClaimRow {
    private final String name;
    private final String phase;
    private final String size;
    private final String storageClass;
    private final String volume;
    private final long createdMillis;
    private final long boundMillis;
    private final boolean foundBound;

    /**
     * @param before the row of the claim so far, or null
     * @param now by the controller's clock, in milliseconds since 1970: the API server does not tell when a claim was bound
     */
    ClaimRow(ClaimState claim, ClaimRow before, long now) {
        name = claim.name();
        phase = claim.phase();
        size = claim.capacity() == null ? claim.requested() : claim.capacity();
        storageClass = claim.storageClass();
        volume = claim.volume();
        createdMillis = PodRow.millis(claim.created());
        boolean known = before != null && before.createdMillis == createdMillis;
        boundMillis = !claim.bound() ? 0 : known && before.boundMillis > 0 ? before.boundMillis : now;
        foundBound = claim.bound() && (known ? before.foundBound : true);
    }

    boolean same(ClaimRow other) {
        return name.equals(other.name)
                && Objects.equals(phase, other.phase)
                && Objects.equals(size, other.size)
                && Objects.equals(storageClass, other.storageClass)
                && Objects.equals(volume, other.volume)
                && createdMillis == other.createdMillis
                && boundMillis == other.boundMillis;
    }

    Instant created() {
        return Instant.ofEpochMilli(createdMillis);
    }

    /** When the step first saw it bound, in milliseconds since 1970; 0: it is not. */
    long boundMillis() {
        return boundMillis;
    }

    /** It was bound when the step first saw it: {@link #boundMillis} is a bound, not the time. */
    boolean foundBound() {
        return foundBound;
    }

    public String getName() {
        return name;
    }

    /** {@code Pending}, {@code Bound} or {@code Lost}. */
    public String getPhase() {
        return text(phase);
    }

    public String getCapacity() {
        return text(size);
    }

    public String getStorageClass() {
        return text(storageClass);
    }

    public String getVolume() {
        return text(volume);
    }

    private static String text(String value) {
        return value == null ? "-" : value;
    }
}
