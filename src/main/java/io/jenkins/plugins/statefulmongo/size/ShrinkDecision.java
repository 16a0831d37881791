package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What comes next while members leave a replica set whose StatefulSet is to have fewer pods. Pure.
 *
 * <ol>
 *   <li>Where every mongod answers that it is not initiated, there is no member to remove.
 *   <li>The set's primary is the one that a majority names. All goes through it, and nothing without it: never by force.
 *   <li>Ordinals leave one after the other, from the highest down, the primary last: then at most one election is caused.
 *   <li>One leaves when the remaining voters hold a majority without it, a majority has the present configuration, and the remaining ones
 *       have what the primary had since: so that no write that was acknowledged depends on whoever left.
 *   <li>A primary that is to leave steps down first, for a member that stays.
 *   <li>Whoever left must answer REMOVED itself, with a configuration that does not name it; its volumes are marked so. If it cannot be
 *       asked for long, they are marked as stale (safety rule 17). Only then comes the next.
 *   <li>Volumes that are to go are deleted now: they stay until their pods are gone, and no later run could tell that they were to go.
 *   <li>When all have left, the StatefulSet may have fewer pods. Members that are no pods of it are never removed.
 * </ol>
 */
class ShrinkDecision {
    /** What to do next. */
    sealed interface Action {
        record Wait(String reason) implements Action {}

        record Refuse(String what, List<String> lines) implements Action {}

        record StepDown(int primary) implements Action {}

        record Remove(int primary, int ordinal, String host, long version) implements Action {}

        record Mark(ClaimState claim, String mark) implements Action {}

        record Delete(ClaimState claim) implements Action {}

        record Lower() implements Action {}
    }

    final Look look;
    private final int end;
    private final boolean deleteVolumes;
    private final Set<Integer> givenUp;
    private final OpTime mark;

    /**
     * @param replicas how many are wanted: at least one, fewer than the set has
     * @param deleteVolumes the volumes of those that leave are to go
     * @param givenUp ordinals that have not answered for long
     * @param mark what the primary had applied at an earlier look, at its present term and configuration; null before
     */
    ShrinkDecision(Look look, int replicas, boolean deleteVolumes, Set<Integer> givenUp, OpTime mark) {
        this.look = look;
        this.end = look.set().start() + replicas;
        this.deleteVolumes = deleteVolumes;
        this.givenUp = givenUp;
        this.mark = mark;
    }

    final Action next() {
        Optional<ReplicaConfig> config = look.config();
        if (config.isEmpty()) {
            return uninitiated();
        }
        Optional<MemberState> primary = look.primary();
        if (primary.isEmpty()) {
            return new Action.Wait("a primary that a majority names (" + look.told() + ")");
        }
        ReplicaConfig now = primary.get().config();
        Set<Integer> leaving = leaving(primary.get().ordinal());
        Optional<Action> blind = blind(now, leaving);
        if (blind.isPresent()) {
            return blind.get();
        }
        for (int ordinal : leaving) {
            Optional<ReplicaConfig.Member> named = look.hosts().member(now, ordinal);
            Optional<Action> next = named.isPresent() ? Optional.of(leave(now, primary.get(), ordinal, named.get())) : gone(now, ordinal);
            if (next.isPresent()) {
                return next.get();
            }
        }
        return new Action.Lower();
    }

    private Action uninitiated() {
        List<Integer> silent = look.set().ordinals().stream().filter(o -> look.settled(o).isEmpty()).toList();
        if (!silent.isEmpty()) {
            return new Action.Wait(silent.stream().map(look.set()::pod).collect(Collectors.joining(", ")) + " to answer, or to load its"
                    + " configuration: a member that was not asked may hold the set");
        }
        return look.claims().stream()
                .filter(c -> deleteVolumes && c.ordinal() >= end && !c.terminating())
                .findFirst()
                .<Action>map(Action.Delete::new)
                .orElseGet(Action.Lower::new);
    }

    /** From the highest ordinal down, the primary last. Also those that somebody scaled away without removing them. */
    Set<Integer> leaving(int primary) {
        return look.ordinals().stream()
                .filter(o -> o >= end)
                .sorted(Comparator.<Integer, Boolean>comparing(o -> o == primary).thenComparing(Comparator.reverseOrder()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Voters that are no pods of this set cannot be asked who is primary: too few of ours, and no later step would find one. */
    private Optional<Action> blind(ReplicaConfig now, Set<Integer> leaving) {
        List<ReplicaConfig.Member> stay = now.members().stream()
                .filter(m -> m.voter() && look.hosts().ordinal(m.host()).filter(leaving::contains).isEmpty())
                .toList();
        List<String> elsewhere = stay.stream().map(ReplicaConfig.Member::host).filter(h -> look.hosts().ordinal(h).isEmpty()).toList();
        boolean begun = leaving.stream().anyMatch(o -> look.hosts().member(now, o).isPresent());
        return !begun || stay.size() - elsewhere.size() >= stay.size() / 2 + 1
                ? Optional.empty()
                : Optional.of(new Action.Refuse(
                        now.name() + " would have " + stay.size() + " voters, and only " + (stay.size() - elsewhere.size())
                                + " of them would be pods of StatefulSet " + look.set().name() + ": too few to tell who is primary.",
                        List.of("Elsewhere are " + String.join(", ", elsewhere) + ". Nobody was removed.",
                                "Keep more replicas, or take the votes of those members away first.")));
    }

    private Action leave(ReplicaConfig now, MemberState primary, int ordinal, ReplicaConfig.Member member) {
        String pod = look.set().pod(ordinal);
        if (!spread(now)) {
            return new Action.Wait("a majority to have configuration version " + now.version());
        }
        List<ReplicaConfig.Member> rest = now.members().stream().filter(m -> m != member && m.voter()).toList();
        if (ordinal == primary.ordinal()) {
            return stepDown(primary, rest);
        }
        if (!majorityWithout(rest, primary)) {
            return new Action.Wait("a majority of healthy voters without " + pod + " (" + look.told() + ")");
        }
        return caughtUp(rest) ? new Action.Remove(primary.ordinal(), ordinal, member.host(), now.version())
                : new Action.Wait("a majority without " + pod + " to have what the primary has");
    }

    private Action stepDown(MemberState primary, List<ReplicaConfig.Member> rest) {
        List<Integer> successors = rest.stream()
                .filter(ReplicaConfig.Member::electable)
                .flatMap(m -> look.hosts().ordinal(m.host()).stream())
                .filter(o -> o < end)
                .toList();
        String pod = look.set().pod(primary.ordinal());
        if (successors.isEmpty()) {
            return new Action.Refuse(
                    pod + " is primary and is to leave, but no pod that stays can become primary.",
                    List.of("It was left as it is. Give a member that stays a vote and a priority above 0, or more replicas."));
        }
        boolean ready = successors.stream().anyMatch(o -> look.member(o).filter(m -> m.isSecondary() && behind(m, primary) < 1).isPresent());
        return ready ? new Action.StepDown(primary.ordinal())
                : new Action.Wait(successors.stream().map(look.set()::pod).collect(Collectors.joining(" or ")) + " to catch up with " + pod
                        + ", which is to step down");
    }

    private static long behind(MemberState member, MemberState primary) {
        return member.applied().term() == primary.applied().term() ? member.applied().secondsBehind(primary.applied()) : Long.MAX_VALUE;
    }

    /** Before 4.4 nothing else waits for the configuration to spread before the next one is written. */
    boolean spread(ReplicaConfig now) {
        long have = look.members().values().stream()
                .filter(m -> m.initiated() && m.config().version() == now.version() && m.config().term() == now.term())
                .filter(m -> look.hosts().member(now, m.ordinal()).filter(ReplicaConfig.Member::voter).isPresent())
                .count();
        return have + elsewhere(now) >= now.majority();
    }

    /** Voters that are no pods of this set cannot be asked; where they decide, mongod itself waits for them from 4.4 on. */
    private long elsewhere(ReplicaConfig now) {
        return now.members().stream().filter(m -> m.voter() && look.hosts().ordinal(m.host()).isEmpty()).count();
    }

    boolean majorityWithout(List<ReplicaConfig.Member> rest, MemberState primary) {
        return rest.stream().filter(m -> up(m, primary)).count() >= rest.size() / 2 + 1;
    }

    private boolean up(ReplicaConfig.Member voter, MemberState primary) {
        Optional<Integer> ordinal = look.hosts().ordinal(voter.host());
        return ordinal.isPresent()
                ? look.member(ordinal.get()).filter(m -> m.healthy() && primary.host().equals(m.primary())).isPresent()
                : primary.peer(voter.host()).filter(MemberState.Peer::healthy).isPresent();
    }

    /** Of the voters that remain, as many as a write needs have applied what the primary had at an earlier look. */
    boolean caughtUp(List<ReplicaConfig.Member> rest) {
        if (mark == null) {
            return false;
        }
        List<ReplicaConfig.Member> holding = rest.stream().filter(m -> !m.arbiter()).toList();
        long needed = Math.min(rest.size() / 2 + 1, holding.size());
        return holding.stream().filter(this::reached).count() >= needed;
    }

    private boolean reached(ReplicaConfig.Member member) {
        Optional<Integer> ordinal = look.hosts().ordinal(member.host());
        Optional<OpTime> applied = ordinal.isPresent()
                ? look.member(ordinal.get()).map(MemberState::applied)
                : look.primary().flatMap(p -> p.peer(member.host())).map(MemberState.Peer::applied);
        return applied.filter(a -> a.notBefore(mark)).isPresent();
    }

    /** What is left to do about one that the configuration does not name; empty when its pod may go. */
    private Optional<Action> gone(ReplicaConfig now, int ordinal) {
        Optional<MemberState> member = look.settled(ordinal);
        List<ClaimState> claims = look.claims(ordinal);
        String pod = look.set().pod(ordinal);
        if (member.isEmpty() && look.pod(ordinal).isEmpty() && claims.isEmpty()) {
            return Optional.empty();
        }
        if (member.isEmpty() && !givenUp.contains(ordinal)) {
            return Optional.of(new Action.Wait(pod + " to answer: it is to say that it knows of its removal (" + look.state(ordinal) + ")"));
        }
        if (member.isPresent() && !mayGo(now, member.get())) {
            return Optional.of(new Action.Wait(pod + " to learn that it was removed (" + look.state(ordinal) + ")"));
        }
        String wanted = member.isPresent() && ofThisSet(now, member.get())
                ? ClaimState.left(member.get().initiated() ? member.get().config() : now)
                : ClaimState.STALE;
        return claims.stream()
                .filter(c -> deleteVolumes || !wanted.equals(c.mark()))
                .findFirst()
                .map(c -> deleteVolumes ? new Action.Delete(c) : new Action.Mark(c, wanted));
    }

    /** It is of another set, or of none, or knows that it is no member any more. */
    boolean mayGo(ReplicaConfig now, MemberState member) {
        return !member.initiated() || !ofThisSet(now, member) || member.knowsItLeft(look.hosts());
    }

    private static boolean ofThisSet(ReplicaConfig now, MemberState member) {
        return !member.initiated() || member.config().sameSet(now);
    }
}
