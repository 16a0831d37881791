package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What decides in an update, put together as {@link Roll} does; a test replaces a part. */
class Decider {
    RollDecision decision(Scene scene, Map<Integer, Stuck> stuck, Set<Integer> behind, boolean allowDowntime) {
        return new RollDecision(scene, stuck, behind, allowDowntime);
    }

    CatchUp catchUp() {
        return new CatchUp();
    }

    Optional<String> forbidden(Scene scene, Journal journal) {
        return RollBack.forbidden(scene, journal, null);
    }
}
