package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether a StatefulSet may get more pods, and what comes before. Pure.
 *
 * <p>A pod that finds the volume of an earlier member starts with that member's configuration. Two such pods whose configurations still name
 * both can elect a primary of their own, beside the set's (safety rule 17). So an ordinal that is added may find
 *
 * <ol>
 *   <li>no volume: its mongod is empty;
 *   <li>the volume of a member that the set's configuration names: it was never removed, only scaled away, and comes back;
 *   <li>the volume of a member that answered REMOVED as one of this set before its pod went: it takes no part in elections until the primary
 *       adds it again;
 *   <li>in a set that nobody initiated, a volume that is not marked: initReplicaSet asks its mongod.
 * </ol>
 *
 * Any other volume is refused, or with {@code wipe} deleted first; so are those of the third kind. Nothing is wiped while there is no pod
 * at all: the set may have been scaled to none, and nobody tells its members' volumes from others.
 */
final class GrowthDecision {
    private static final int MAX_MEMBERS = 50;

    /** What to do next. */
    sealed interface Action {
        record Wait(String reason) implements Action {}

        record Refuse(String what, List<String> lines) implements Action {}

        record Wipe(ClaimState claim) implements Action {}

        /** @param initiated the new pods are to become members */
        record Grow(boolean initiated) implements Action {}
    }

    private final Look look;
    private final int replicas;
    private final boolean wipe;

    /** @param replicas how many are wanted: more than the set has */
    GrowthDecision(Look look, int replicas, boolean wipe) {
        this.look = look;
        this.replicas = replicas;
        this.wipe = wipe;
    }

    Action next() {
        Optional<ReplicaConfig> config = look.config();
        List<ClaimState> found = added().boxed().flatMap(o -> look.claims(o).stream()).toList();
        if (config.isEmpty()) {
            // Whoever serves but did not answer this once may know the set.
            Optional<PodState> silent = look.pods().stream()
                    .filter(p -> look.settled(p.ordinal()).isEmpty() && (p.serves() || !found.isEmpty()))
                    .findFirst();
            if (silent.isPresent()) {
                return new Action.Wait(silent.get().name() + " to answer, or to load its configuration");
            }
        }
        Optional<ClaimState> going = added().boxed()
                .flatMap(o -> look.claims().stream().filter(c -> c.ordinal() == o && c.terminating()))
                .findFirst();
        if (going.isPresent()) {
            return new Action.Wait("the old volume " + going.get().name() + " to be gone");
        }
        Optional<Action> full = config.flatMap(this::full);
        if (full.isPresent()) {
            return full.get();
        }
        if (wipe && look.pods().isEmpty() && !found.isEmpty()) {
            return nobodyToAsk(found);
        }
        List<ClaimState> unsafe = new ArrayList<>();
        for (ClaimState claim : found) {
            if (config.isPresent() && look.hosts().member(config.get(), claim.ordinal()).isPresent()) {
                continue;
            }
            if (wipe) {
                return new Action.Wipe(claim);
            }
            if (!safe(claim, config)) {
                unsafe.add(claim);
            }
        }
        return unsafe.isEmpty() ? new Action.Grow(config.isPresent()) : refuse(unsafe);
    }

    private static boolean safe(ClaimState claim, Optional<ReplicaConfig> config) {
        return config.isPresent() ? claim.left(config.get().setId()) : claim.mark() == null;
    }

    private IntStream added() {
        int start = look.set().start();
        return IntStream.range(start + look.set().replicas(), start + replicas);
    }

    private Optional<Action> full(ReplicaConfig config) {
        long members = config.members().size()
                + added().filter(o -> look.hosts().member(config, o).isEmpty()).count();
        return members <= MAX_MEMBERS ? Optional.empty() : Optional.of(new Action.Refuse(
                config.name() + " would have " + members + " members, and MongoDB allows " + MAX_MEMBERS + ".",
                List.of("Members that are no pods of StatefulSet " + look.set().name() + " count too. Give fewer replicas. Nothing was touched.")));
    }

    private Action nobodyToAsk(List<ClaimState> found) {
        return new Action.Refuse(
                "StatefulSet " + look.set().name() + " has no pod that could tell whose volumes "
                        + found.stream().map(ClaimState::name).collect(Collectors.joining(", ")) + " are: they may be all that the replica set has.",
                List.of("Nothing was touched. Run the step without wipe: the pods come back to these volumes. If nobody needs the data, delete the"
                        + " claims by hand."));
    }

    private Action refuse(List<ClaimState> unsafe) {
        String names = unsafe.stream().map(ClaimState::name).collect(Collectors.joining(", "));
        boolean one = unsafe.size() == 1;
        return new Action.Refuse(
                names + (one ? " is the volume of an earlier member" : " are volumes of earlier members")
                        + ", and nobody saw " + (one ? "it" : "them") + " learn that " + (one ? "it was" : "they were")
                        + " removed from the replica set.",
                List.of(
                        "Started on such volumes, old members can elect a primary of their own beside the set's. Nothing was touched.",
                        "If the data is not needed, give wipe: true: the volumes are deleted, and the new members copy all data from the others."
                                + " Else save what is needed first, or give replicas: " + look.set().replicas() + "."));
    }
}
