package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.Primary;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Stories;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What initReplicaSet does next, decided from what every ordinal said. Pure.
 *
 * <ol>
 *   <li>Every wanted ordinal must have answered, and before an initiation every other pod of the StatefulSet as well: a member that was
 *       not asked may hold the set.
 *   <li>Configurations must all be of one set, under the wanted name; else refuse with each member's story.
 *   <li>None initiated: no member and no volume may hold data. Then initiate, always on the lowest ordinal, all members in one
 *       command.
 *   <li>Some initiated: an empty member that the configuration names gets everything from the others by itself (a lost volume,
 *       an initiation cut short): wait. An empty member that it does not name is added, and so is one that knows that it was
 *       removed. Any other member with data that it does not name is refused, and so is one that it names otherwise than by its
 *       stable name.
 *   <li>A set that never had a primary: ask the lowest ordinal to stand, instead of sitting out the election time-out.
 *   <li>Members are added one at a time, each only when all before it are healthy. Before 5.0 a new member gets its vote only as
 *       SECONDARY (https://www.mongodb.com/docs/manual/reference/command/replSetReconfig/).
 *   <li>Done when every ordinal is a member, one is the primary that a majority names, and the others are secondaries.
 * </ol>
 */
final class InitDecision {
    /** https://www.mongodb.com/docs/manual/reference/limits/: at most 7 members vote. */
    static final int MAX_VOTERS = 7;
    private static final int MAX_MEMBERS = 50;

    /** What to do next. */
    sealed interface Action {
        /**
         * @param remedy what to do where it does not end; null where only time is needed
         */
        record Wait(String reason, String remedy) implements Action {
            Wait(String reason) {
                this(reason, null);
            }
        }

        record Refuse(String what, List<String> lines) implements Action {}

        record Initiate(int ordinal, List<String> hosts) implements Action {}

        record StandForElection(int ordinal) implements Action {}

        record Add(int primary, String host, boolean vote, boolean joining) implements Action {}

        record GiveVote(int primary, String host) implements Action {}

        record Finish(ReplicaConfig config, int primary) implements Action {}
    }

    private final SetState set;
    private final Hosts hosts;
    private final String name;
    private final Map<Integer, MemberState> members;
    private final List<String> oldClaims;

    /**
     * @param name the wanted set's name
     * @param members by ordinal; at least the wanted ones
     * @param oldClaims volume claims that may hold data of a set before this one
     */
    InitDecision(SetState set, Hosts hosts, String name, Map<Integer, MemberState> members, List<String> oldClaims) {
        this.set = set;
        this.hosts = hosts;
        this.name = name;
        this.members = members;
        this.oldClaims = oldClaims;
    }

    Action next() {
        Optional<Action> silent = silent(set.ordinals());
        if (silent.isPresent()) {
            return silent.get();
        }
        List<MemberState> initiated = members.values().stream().filter(MemberState::initiated).toList();
        Optional<Action> foreign = foreign(initiated);
        if (foreign.isPresent()) {
            return foreign.get();
        }
        if (initiated.isEmpty()) {
            // A pod that goes, as the set was scaled down, may hold it just as well.
            return silent(members.keySet()).orElseGet(this::initiate);
        }
        ReplicaConfig config = ReplicaConfig.newest(initiated).orElseThrow();
        Optional<Action> unnamed = unnamed(config);
        return unnamed.isPresent() ? unnamed.get() : complete(config);
    }

    private Action initiate() {
        List<String> holding = members.values().stream()
                .filter(MemberState::data)
                .map(m -> set.pod(m.ordinal()) + " has data")
                .toList();
        if (!holding.isEmpty()) {
            return refuse(
                    "no member is initiated, but " + String.join(", and ", holding) + ".",
                    "Nothing was changed: initiating would make one member's data the set's and drop the others'.",
                    "Data of a standalone mongod: initiate by hand on that member alone, then run this step to add the others.",
                    "MONGO_INITDB_ROOT_* makes every member create its own user: remove it from the StatefulSet, delete the volumes, deploy again.");
        }
        if (!oldClaims.isEmpty()) {
            return refuse(
                    "no member is initiated, but there are volumes from before this StatefulSet: " + String.join(", ", oldClaims) + ".",
                    "Nothing was changed: they may hold the data of the set that ran here.",
                    "If that data is not needed, delete these claims; else bring back the replicas that they belong to.");
        }
        return new Action.Initiate(set.start(), hosts.all());
    }

    private Optional<Action> foreign(List<MemberState> initiated) {
        Optional<MemberState> misnamed =
                initiated.stream().filter(m -> !m.config().name().equals(name)).findFirst();
        if (misnamed.isPresent()) {
            MemberState m = misnamed.get();
            return Optional.of(refuse(
                    set.pod(m.ordinal()) + " is initiated as " + m.config().name() + ", not as " + name + ".",
                    Stories.of(set, members),
                    "Nothing was changed: a replica set cannot be renamed.",
                    "Deploy with replicaSet: '" + m.config().name() + "', or remove this set and its volumes first (deployStatefulMongo absent: true, volumes: 'delete')."));
        }
        return ReplicaConfig.stranger(initiated).map(m -> refuse(
                "there are two replica sets named " + name + ": "
                        + set.pod(initiated.get(0).ordinal()) + " and " + set.pod(m.ordinal()) + " belong to different ones.",
                Stories.of(set, members),
                "Nothing was changed: joining them would drop the data of one.",
                "Decide which one to keep, save what is needed of the other, then delete the other members' volume claims and pods: they join the kept one."));
    }

    /** An initiated or filled member that the set's configuration does not name. */
    private Optional<Action> unnamed(ReplicaConfig config) {
        Optional<Action> misnamed = misnamed(config);
        if (misnamed.isPresent()) {
            return misnamed;
        }
        for (int ordinal : set.ordinals()) {
            MemberState m = members.get(ordinal);
            if (hosts.member(config, ordinal).isEmpty() && (m.initiated() && !returns(m, config) || m.data())) {
                String why = m.initiated()
                        ? "is initiated (" + m.state() + "), but the newest configuration does not name it by its stable name"
                        : "has data, but is no member of " + name;
                return Optional.of(refuse(
                        set.pod(ordinal) + " " + why + ".",
                        Stories.of(set, members),
                        "The configuration names " + config.members().stream()
                                .map(ReplicaConfig.Member::host)
                                .collect(Collectors.joining(", ")) + "; the stable name is " + hosts.host(ordinal) + ".",
                        "Nothing was changed: to add it would drop what it holds.",
                        "A removed or foreign member whose data is not needed: delete its volume claim and its pod, then run this step again."));
            }
        }
        return Optional.empty();
    }

    /** Nobody can be elected by it, so the primary may add it again: mongod then brings its data up to date, or rolls it back, by itself. */
    private boolean returns(MemberState m, ReplicaConfig config) {
        // Where no ordinal is named, they may all be: by addresses that they no longer have.
        return m.knowsItLeft(hosts) && set.ordinals().stream().anyMatch(o -> hosts.member(config, o).isPresent());
    }

    /** Members that are in the configuration, but by an address, or by a name that only their own pod knows. */
    private Optional<Action> misnamed(ReplicaConfig config) {
        List<MemberState> misnamed = set.ordinals().stream()
                .map(members::get)
                .filter(m -> m.host() != null && config.member(m.host()).isPresent() && hosts.member(config, m.ordinal()).isEmpty())
                .toList();
        return misnamed.isEmpty() ? Optional.empty() : Optional.of(refuse(
                Stories.misnamed(set, misnamed, name),
                Stories.of(set, members),
                misnamed.stream().anyMatch(m -> m.host().startsWith(set.pod(m.ordinal()) + "."))
                        ? "If the cluster's DNS domain is another one than " + hosts.domain() + ", name it with the parameter 'clusterDomain'."
                        : "",
                "Nothing was changed. An address goes with its pod, and a short name is known to that pod alone: the others would not find it again.",
                "Rename one member at a time in mongosh on the primary, its own name last, and wait for rs.status() in between:",
                misnamed.stream()
                        .map(m -> "c = rs.conf(); c.members[" + config.members().indexOf(config.member(m.host()).orElseThrow()) + "].host = '"
                                + hosts.host(m.ordinal()) + "'; rs.reconfig(c)")
                        .collect(Collectors.joining("\n")),
                "Then run this step again."));
    }

    private Action complete(ReplicaConfig config) {
        // The others' heartbeats remember one that has just lost its volume, or its place, for some seconds.
        Optional<Integer> primary = Primary.of(members.values(), config)
                .flatMap(hosts::ordinal)
                .filter(o -> members.containsKey(o) && members.get(o).isPrimary());
        if (primary.isEmpty()) {
            return withoutPrimary(config);
        }
        MemberState first = members.get(primary.get());
        // What the primary has is the newest; another member's copy may be a heartbeat behind.
        ReplicaConfig now = first.config();
        for (int ordinal : set.ordinals()) {
            Optional<ReplicaConfig.Member> member = hosts.member(now, ordinal);
            if (member.isPresent() && !members.get(ordinal).healthy()) {
                return new Action.Wait(set.pod(ordinal) + " to become SECONDARY (" + state(ordinal) + ")");
            }
            if (member.isPresent() && member.get().joining()) {
                return new Action.GiveVote(primary.get(), member.get().host());
            }
        }
        if (!settled(now)) {
            return new Action.Wait("a majority to have configuration version " + now.version());
        }
        for (int ordinal : set.ordinals()) {
            if (hosts.member(now, ordinal).isEmpty() && now.members().size() >= MAX_MEMBERS) {
                return refuse(
                        set.pod(ordinal) + " cannot be added: " + name + " has " + now.members().size() + " members, and MongoDB allows "
                                + MAX_MEMBERS + ".",
                        "Remove members that are not needed from the set's configuration, or deploy with fewer replicas.");
            }
            if (hosts.member(now, ordinal).isEmpty()) {
                boolean mayVote = now.voters() < MAX_VOTERS;
                boolean atOnce = first.version().atLeast(5, 0);
                return new Action.Add(primary.get(), hosts.host(ordinal), mayVote && atOnce, mayVote && !atOnce);
            }
        }
        return new Action.Finish(now, primary.get());
    }

    private Action withoutPrimary(ReplicaConfig config) {
        boolean fresh = members.values().stream().noneMatch(m -> m.term() > 0);
        Optional<Integer> candidate = set.ordinals().stream()
                .filter(o -> members.get(o).isSecondary())
                .filter(o -> hosts.member(config, o).filter(ReplicaConfig.Member::electable).isPresent())
                .findFirst();
        if (fresh && candidate.filter(o -> votesFor(members.get(o), config) >= config.majority()).isPresent()) {
            return new Action.StandForElection(candidate.get());
        }
        String states = set.ordinals().stream().map(o -> set.pod(o) + " " + state(o)).collect(Collectors.joining(", "));
        List<String> away = config.members().stream()
                .filter(ReplicaConfig.Member::voter)
                .map(ReplicaConfig.Member::host)
                .filter(this::away)
                .map(hosts::label)
                .toList();
        long there = config.voters() - away.size();
        return there >= config.majority()
                ? new Action.Wait("a primary (" + states + ")")
                : new Action.Wait(
                        "a majority: " + there + " of " + config.voters() + " voters are there, " + config.majority() + " are needed; away: "
                                + String.join(", ", away) + " (" + states + ")",
                        "Nothing was changed. Bring the voters back that are away: without a majority a set changes by force only, which may lose"
                                + " acknowledged writes and which this step never does.");
    }

    /** Of those that it can ask: MongoDB lets a member vote while it still copies its data (STARTUP2). */
    private long votesFor(MemberState candidate, ReplicaConfig config) {
        return set.ordinals().stream()
                .filter(o -> hosts.member(config, o).filter(ReplicaConfig.Member::voter).isPresent())
                .filter(o -> members.get(o).healthy() || "STARTUP2".equals(members.get(o).state()))
                .filter(o -> candidate.peer(hosts.host(o)).map(MemberState.Peer::up).orElse(true))
                .count();
    }

    /** Nobody of this StatefulSet, which answers, nor seen by any of its members. */
    private boolean away(String host) {
        return members.values().stream().noneMatch(m -> host.equals(m.host()) || m.peer(host).filter(MemberState.Peer::up).isPresent())
                && hosts.ordinal(host).filter(this::answered).isEmpty();
    }

    /** On 4.2 nothing else waits for the configuration to spread before the next one is written (safety rule 18). */
    private boolean settled(ReplicaConfig config) {
        long have = members.values().stream()
                .filter(MemberState::initiated)
                .filter(m -> m.config().version() == config.version())
                .count();
        return have >= config.majority() || have == members.size();
    }

    private Optional<Action> silent(Collection<Integer> ordinals) {
        String silent = ordinals.stream().filter(o -> !answered(o)).map(this::silence).collect(Collectors.joining("; "));
        return silent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Action.Wait(
                        silent,
                        "Nothing was changed: every pod is asked first, as any of them may hold the set. waitOrdinals tells why one does not come up,"
                                + " or does not end."));
    }

    private boolean answered(int ordinal) {
        return members.containsKey(ordinal) && members.get(ordinal).answered();
    }

    private String silence(int ordinal) {
        MemberState m = members.get(ordinal);
        return set.pod(ordinal) + " to answer" + (m == null ? " (no pod yet)" : " (" + m.error() + ")");
    }

    private String state(int ordinal) {
        return Objects.requireNonNullElse(members.get(ordinal).state(), "not initiated");
    }

    private static Action.Refuse refuse(String what, String... lines) {
        return new Action.Refuse(what, List.of(lines));
    }
}
