package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Finds the volume claims that may hold data of a set that ran before this one (safety rule 16). Pure. */
final class OldClaims {
    private OldClaims() {}

    /**
     * @param claims all claims of the namespace
     * @return the names of those made for this set's pods that are beyond its replicas or older than the StatefulSet
     */
    static List<String> of(SetState set, List<Map<String, Object>> claims) {
        Instant born = Instant.parse(Json.text(set.object(), "metadata", "creationTimestamp"));
        List<String> prefixes = Json.list(set.object(), "spec", "volumeClaimTemplates").stream()
                .map(t -> Json.text(t, "metadata", "name") + "-" + set.name() + "-")
                .toList();
        return claims.stream()
                .filter(c -> prefixes.stream().anyMatch(p -> isOf(p, Json.text(c, "metadata", "name"))))
                .filter(c -> !set.ordinals().contains(PodState.ordinal(Json.text(c, "metadata", "name")))
                        || Instant.parse(Json.text(c, "metadata", "creationTimestamp")).isBefore(born))
                .map(c -> Json.text(c, "metadata", "name"))
                .sorted()
                .toList();
    }

    private static boolean isOf(String prefix, String claim) {
        return claim.startsWith(prefix) && claim.substring(prefix.length()).matches("\\d+");
    }
}
