package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Stories;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What must hold before an update of a replica set touches anything. Pure. */
final class Preconditions {
    private Preconditions() {}

    /** What the StatefulSet alone tells. */
    static void check(SetState set) throws Failure {
        if (set.controller() != null) {
            throw new Failure(
                    "StatefulSet " + set.name() + " belongs to " + set.controller() + ", which would undo any change.",
                    "Nothing was touched. Change the image where that controller is configured.");
        }
        if (set.partition() != 0) {
            throw new Failure(
                    "StatefulSet " + set.name() + " has updateStrategy.rollingUpdate.partition " + set.partition() + ".",
                    "Nothing was touched: pods below a partition come back at an older revision than they had.",
                    "Set the partition to 0, or the strategy to OnDelete, first.");
        }
        for (String role : List.of("shardsvr", "configsvr")) {
            if (set.mongod().has(role)) {
                throw new Failure(
                        "StatefulSet " + set.name() + " runs mongod with --" + role + ": it is part of a sharded cluster.",
                        "Nothing was touched: sharded clusters have an order of their own that this step does not know.");
            }
        }
        if (Json.list(set.object(), "spec", "volumeClaimTemplates").isEmpty()) {
            throw new Failure(
                    "StatefulSet " + set.name() + " has no volumeClaimTemplates: a replaced pod would lose its data.",
                    "Nothing was touched. Give every member a volume of its own.");
        }
    }

    /** Members that are not found by their names would be taken for other clusters', and waited for in vain; those of another set as well. */
    static void checkNames(Scene scene) throws Failure {
        List<String> hosts = scene.config().stream().flatMap(c -> c.members().stream()).map(ReplicaConfig.Member::host).toList();
        List<MemberState> misnamed = scene.members().values().stream()
                .filter(m -> m.host() != null && !scene.hosts().ordinal(m.host()).equals(Optional.of(m.ordinal())))
                .toList();
        boolean otherDomain = misnamed.stream().allMatch(m -> m.host().startsWith(scene.name(m.ordinal()) + "."));
        if (!hosts.isEmpty() && otherDomain && hosts.stream().allMatch(h -> scene.hosts().ordinal(h).isEmpty())) {
            throw new Failure(
                    "no member of " + scene.config().orElseThrow().name() + " has the name of a pod of StatefulSet " + scene.set().name()
                            + ": its members are " + String.join(", ", hosts) + ", the pods " + String.join(", ", scene.hosts().all()) + ".",
                    "Nothing was touched. If the cluster's DNS domain is another one than " + scene.hosts().domain()
                            + ", name it with the parameter 'clusterDomain'.");
        }
        Optional<MemberState> stranger = ReplicaConfig.stranger(scene.members().values());
        if (stranger.isPresent()) {
            throw new Failure(
                    "the pods of StatefulSet " + scene.set().name() + " are members of different replica sets.",
                    Stories.of(scene.set(), scene.members()),
                    "Nothing was touched: a member of the one says nothing about what the other needs.",
                    "initReplicaSet tells how they become one set.");
        }
        if (!misnamed.isEmpty()) {
            throw new Failure(
                    Stories.misnamed(scene.set(), misnamed, misnamed.get(0).config().name()),
                    Stories.of(scene.set(), scene.members()),
                    "Nothing was touched: an address goes with its pod, and the others would not find the new one.",
                    "initReplicaSet tells how to rename them.");
        }
    }

    /** Whether the set, as it runs, bears losing one member at a time. */
    static void checkMembers(Scene scene, boolean allowDowntime) throws Failure {
        checkNames(scene);
        ReplicaConfig config = scene.config().orElseThrow();
        long writers = config.members().stream().filter(ReplicaConfig.Member::acknowledges).count();
        boolean delayed = config.members().stream().anyMatch(m -> m.voter() && m.delaySeconds() > 0);
        if (writers - 1 < config.majority() && !allowDowntime) {
            throw new Failure(
                    "the set has " + writers + " voting member(s) with data" + (delayed ? " and no delay" : "") + " and needs " + config.majority()
                            + " for a majority write: while one is replaced, writes stop.",
                    "Nothing was touched. Add members (replicas: 3 or more), or accept the pause with allowDowntime: true.");
        }
        Optional<RollAction.Stop> scaledDown = scaledDown(scene);
        if (scaledDown.isPresent() && !allowDowntime) {
            throw new Failure(scaledDown.get().what(), scaledDown.get().remedy());
        }
        List<String> electable = scene.set().ordinals().stream()
                .filter(o -> scene.configured(o).filter(ReplicaConfig.Member::electable).isPresent())
                .map(scene::name)
                .toList();
        if (electable.size() == 1 && !allowDowntime) {
            throw new Failure(
                    "only " + electable.get(0) + " of this StatefulSet can become primary: while it is replaced, writes stop.",
                    "Nothing was touched. Give another member a priority above 0, or accept the pause with allowDowntime: true.");
        }
    }

    /** Whether all our members are healthy, and yet none may be taken away: voters elsewhere are down. */
    static boolean noneToSpare(Scene scene) {
        return scene.set().ordinals().stream().allMatch(o -> scene.healthy(o) || scene.outside(o))
                && scene.writersUp() - 1 < scene.config().orElseThrow().majority();
    }

    /** Every voter and how it is, for messages. */
    static String voters(Scene scene) {
        return scene.config().stream()
                .flatMap(c -> c.members().stream())
                .filter(ReplicaConfig.Member::voter)
                .map(m -> scene.hosts().label(m.host()) + " " + scene.hosts().ordinal(m.host())
                        .map(o -> scene.member(o).map(MemberState::state)
                                .orElse(scene.pod(o).isEmpty() ? "has no pod" : "does not answer"))
                        .or(() -> scene.primary().flatMap(p -> p.peer(m.host())).map(MemberState.Peer::state))
                        .orElse("is elsewhere"))
                .collect(Collectors.joining(", "));
    }

    /**
     * Replicas were taken away whose members still have their votes (safety rule 15): what is left bears no loss of another.
     *
     * @return why no pod may go, or empty
     */
    static Optional<RollAction.Stop> scaledDown(Scene scene) {
        List<String> beyond = scene.votersBeyond();
        ReplicaConfig config = scene.config().orElseThrow();
        return beyond.isEmpty() || scene.writersUp() - 1 >= config.majority()
                ? Optional.empty()
                : Optional.of(new RollAction.Stop(
                        String.join(", ", beyond) + (beyond.size() == 1 ? " is a voting member" : " are voting members") + " of "
                                + config.name() + ", but StatefulSet " + scene.set().name() + " has " + scene.set().replicas()
                                + " replicas: with one pod more away, writes would stop.",
                        "Scale it up again, or remove the members from the replica set; then run the step again."));
    }

    /** A member must be able to fetch from the oplog what it missed while it was away (safety rule 12). */
    static void checkOplog(long windowSeconds, int memberTimeoutSeconds) throws Failure {
        if (windowSeconds < 2L * memberTimeoutSeconds) {
            throw new Failure(
                    "the primary's oplog holds " + windowSeconds + " s of writes, less than twice memberTimeoutSeconds ("
                            + memberTimeoutSeconds + " s).",
                    "Nothing was touched: a member that is away longer than that must copy all data anew.",
                    "Enlarge the oplog (replSetResizeOplog), or lower memberTimeoutSeconds.");
        }
    }

    /** A higher priority than all others takes the primary's place back by an election of its own (safety rule 11). */
    static Optional<String> unequalPriorities(Scene scene) {
        List<ReplicaConfig.Member> electable = scene.config().stream()
                .flatMap(c -> c.members().stream())
                .filter(ReplicaConfig.Member::electable)
                .toList();
        double highest = electable.stream().mapToDouble(ReplicaConfig.Member::priority).max().orElse(1);
        List<ReplicaConfig.Member> preferred =
                electable.stream().filter(m -> m.priority() == highest).toList();
        return preferred.size() == electable.size()
                ? Optional.empty()
                : Optional.of("priorities differ: "
                        + preferred.stream().map(m -> scene.hosts().label(m.host())).collect(Collectors.joining(", "))
                        + " will take the primary's place back, one election more");
    }
}
