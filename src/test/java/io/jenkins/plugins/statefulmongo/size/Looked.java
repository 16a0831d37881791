package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A {@link MongoSet} with its claims, as the deciders of this package see it. */
final class Looked {
    private Looked() {}

    static Look look(MongoSet set, ClaimState... more) {
        List<ClaimState> claims = new ArrayList<>(set.nodes().stream().map(n -> claim(n.ordinal, null)).toList());
        for (ClaimState claim : more) {
            claims.removeIf(c -> c.name().equals(claim.name()));
            claims.add(claim);
        }
        return new Look(set.set(), set.hosts(), set.pods(), set.members(), claims);
    }

    static ClaimState claim(int ordinal, String mark) {
        return claim(ordinal, mark, false);
    }

    static ClaimState claim(int ordinal, String mark, boolean terminating) {
        return new ClaimState("mongo-data-db-" + ordinal, "claim-" + ordinal, "Bound", "pvc", "standard", "1Gi", "1Gi", Instant.EPOCH, terminating, mark);
    }
}
