package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
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
        Instant born = Instant.parse(set.born());
        return ClaimState.of(set, claims).stream()
                .filter(c -> !set.ordinals().contains(c.ordinal()) || c.created().isBefore(born))
                .map(ClaimState::name)
                .toList();
    }
}
