package io.jenkins.plugins.statefulmongo.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What the API server says of one volume claim.
 *
 * @param phase {@code Pending}, {@code Bound} or {@code Lost}
 * @param volume the bound volume's name, or null
 * @param storageClass null where the cluster's default is to be taken
 * @param requested the size asked for
 * @param capacity the size that the volume has, or null while unbound
 * @param terminating a deletion was asked for
 * @param mark what a step wrote down of the member whose data it holds, see {@link #MARK}; or null
 */
public record ClaimState(
        String name,
        String uid,
        String phase,
        String volume,
        String storageClass,
        String requested,
        String capacity,
        Instant created,
        boolean terminating,
        String mark) {
    /** The annotation that tells of the member that a claim belonged to, written before its pod went. */
    public static final String MARK = "stateful-mongo.jenkins.io/member";
    /** Nobody saw the member learn that it was removed. */
    public static final String STALE = "stale";

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
                created == null ? null : Instant.parse(created),
                Json.at(claim, "metadata", "deletionTimestamp") != null,
                Json.text(claim, "metadata", "annotations", MARK));
    }

    /** Those made for pods of this set, whatever their ordinals. */
    public static List<ClaimState> of(SetState set, List<Map<String, Object>> claims) {
        List<String> prefixes = Json.list(set.object(), "spec", "volumeClaimTemplates").stream()
                .map(t -> Json.text(t, "metadata", "name") + "-" + set.name() + "-")
                .toList();
        return claims.stream()
                .map(ClaimState::of)
                .filter(c -> prefixes.stream().anyMatch(p -> c.name.startsWith(p) && c.name.substring(p.length()).matches("\\d+")))
                .sorted(Comparator.comparing(ClaimState::name))
                .toList();
    }

    /** The mark of a member that answered REMOVED with this configuration, which does not name it. */
    public static String left(ReplicaConfig config) {
        return "removed " + config.setId() + " " + config.version();
    }

    /** Whether its member answered REMOVED as one of this set before its pod went. */
    public boolean left(String setId) {
        return mark != null && mark.startsWith("removed " + setId + " ");
    }

    public int ordinal() {
        return PodState.ordinal(name);
    }

    public boolean bound() {
        return "Bound".equals(phase) && volume != null;
    }
}
