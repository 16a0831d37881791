package io.jenkins.plugins.statefulmongo.state;

import java.time.Instant;
import java.util.Map;

/**
 * What the API server says of one volume claim.
 *
 * @param phase {@code Pending}, {@code Bound} or {@code Lost}
 * @param volume the bound volume's name, or null
 * @param storageClass null where the cluster's default is to be taken
 * @param requested the size asked for
 * @param capacity the size that the volume has, or null while unbound
 */
public record ClaimState(
        String name,
        String uid,
        String phase,
        String volume,
        String storageClass,
        String requested,
        String capacity,
        Instant created) {

    public static ClaimState of(Map<String, Object> claim) {
        String created = Json.text(claim, "metadata", "creationTimestamp");
        return new ClaimState(
                Json.text(claim, "metadata", "name"),
                Json.text(claim, "metadata", "uid"),
                Json.text(claim, "status", "phase"),
                Json.text(claim, "spec", "volumeName"),
                Json.text(claim, "spec", "storageClassName"),
                Json.text(claim, "spec", "resources", "requests", "storage"),
                Json.text(claim, "status", "capacity", "storage"),
                created == null ? null : Instant.parse(created));
    }

    public boolean bound() {
        return "Bound".equals(phase) && volume != null;
    }
}
