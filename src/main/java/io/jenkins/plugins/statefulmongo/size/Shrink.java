package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.mongo.Codes;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.size.ShrinkDecision.Action;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes members out of a replica set before their pods go. Each tick looks past every cache, under the Lease, and does at most one thing; what
 * comes next is in {@link ShrinkDecision}. It needs no journal: as long as the StatefulSet has the pods, the same question finds the same
 * answer.
 */
final class Shrink {
    private static final Duration SOON = Duration.ofMillis(250);
    private static final Duration ELECTION = Duration.ofMillis(50);
    /** What mongod answers to a change of a configuration that is another one by now. */
    private static final Set<Integer> CHANGED = Set.of(Codes.NODE_NOT_FOUND, Codes.INCOMPATIBLE_CONFIGURATION);

    private record Seen(long term, long version, OpTime primary) {}

    private final Scope scope;
    private final SetLease lease;
    private final Looks looks;
    private final boolean deleteVolumes;
    private final int stuckSeconds;
    private final Map<Integer, Elapsed> silent = new HashMap<>();
    private final Map<Integer, Elapsed> removed = new HashMap<>();
    private Seen seen;
    private int steppingDown = -1;
    private Elapsed asked;
    private int refusals;
    private boolean began;

    Shrink(Scope scope, Parameters parameters, SetLease lease, Looks looks) throws Failure {
        this.scope = scope;
        this.lease = lease;
        this.looks = looks;
        deleteVolumes = parameters.oneOf("volumes", "keep", "keep", "delete").equals("delete");
        stuckSeconds = parameters.number("stuckSeconds", 120, 5, 3_600);
    }

    /** One step, under the Lease; empty when no member is in the way of so few replicas. */
    Optional<Outcome> tick(int replicas) throws Failure, Unavailable, InterruptedException {
        Look look = looks.now();
        tellElection(look);
        Action next = new ShrinkDecision(look, replicas, deleteVolumes, givenUp(look), mark(look)).next();
        if (next instanceof Action.Lower) {
            return Optional.empty();
        }
        if (next instanceof Action.Refuse refuse) {
            throw new Failure(refuse.what(), refuse.lines().toArray(String[]::new));
        }
        if (next instanceof Action.Wait wait) {
            return Optional.of(Outcome.after(steppingDown >= 0 ? ELECTION : SOON, wait.reason()));
        }
        if (!lease.outlastsACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        }
        began = true;
        try {
            return Optional.of(act(look, next));
        } catch (MemberRefused e) {
            if (!e.passing() && !CHANGED.contains(e.code())) {
                throw e;
            }
            return Optional.of(refused(look, next, e));
        }
    }

    private Outcome act(Look look, Action next) throws Failure, Unavailable, InterruptedException {
        if (next instanceof Action.StepDown down) {
            steppingDown = down.primary();
            asked = Elapsed.start();
            looks.client(look, down.primary()).stepDown(120, 5);
            refusals = 0;
            return Outcome.after(ELECTION, "a new primary");
        }
        if (next instanceof Action.Remove remove) {
            removed.put(remove.ordinal(), Elapsed.start()); // before the call, whose answer may get lost
            looks.client(look, remove.primary()).remove(remove.host(), remove.version());
            return Outcome.after(SOON, look.set().pod(remove.ordinal()) + " to learn that it was removed");
        }
        if (next instanceof Action.Mark mark) {
            scope.kube().annotate(Kind.CLAIM, scope.namespace(), mark.claim().name(), ClaimState.MARK, mark.mark());
            tell(look, mark.claim(), mark.mark().equals(ClaimState.STALE) ? " stays, marked as stale" : " stays");
        } else if (next instanceof Action.Delete delete) {
            Growth.delete(scope.kube(), scope.namespace(), delete.claim());
            tell(look, delete.claim(), " is deleted");
        }
        return Outcome.now("the next member");
    }

    private void tell(Look look, ClaimState claim, String fate) {
        int ordinal = claim.ordinal();
        Elapsed since = removed.get(ordinal);
        Optional<MemberState> member = look.settled(ordinal);
        String answer = member.isEmpty() ? "does not say that it was removed"
                : !member.get().initiated() ? "was no member" : "removed, answers " + member.get().state();
        scope.console().line(Mark.MEMBER, look.set().pod(ordinal) + "  " + answer + (since == null ? "" : " after " + since)
                + "; its volume " + claim.name() + fate);
    }

    private Outcome refused(Look look, Action next, MemberRefused e) {
        if (!(next instanceof Action.StepDown)) {
            return Outcome.after(SOON, "the set to take the change (" + e.serverMessage() + ")");
        }
        steppingDown = -1;
        refusals++;
        String pod = look.set().pod(((Action.StepDown) next).primary());
        scope.console().changed("step down", pod + "  does not step down yet: " + e.serverMessage());
        return Outcome.after(SetLease.pause(refusals), pod + " to step down");
    }

    private void tellElection(Look look) {
        Optional<MemberState> primary = look.primary().filter(p -> p.ordinal() != steppingDown);
        if (steppingDown >= 0 && primary.isPresent()) {
            scope.console().line(Mark.ELECTION, look.set().pod(steppingDown) + "  stepped down, " + look.set().pod(primary.get().ordinal())
                    + " PRIMARY after " + asked + " (term " + primary.get().term() + ")");
            steppingDown = -1;
        }
    }

    /** What the primary had when it was first seen at its present term and configuration. */
    private OpTime mark(Look look) {
        Optional<MemberState> primary = look.primary();
        if (primary.isEmpty() || seen == null || seen.term != primary.get().term() || seen.version != primary.get().config().version()) {
            seen = primary.map(p -> new Seen(p.term(), p.config().version(), p.applied())).orElse(null);
            return null;
        }
        return seen.primary;
    }

    private Set<Integer> givenUp(Look look) {
        Set<Integer> all = look.ordinals();
        all.removeIf(o -> look.settled(o).isPresent());
        silent.keySet().retainAll(all);
        all.forEach(o -> silent.putIfAbsent(o, Elapsed.start()));
        all.removeIf(o -> silent.get(o).time().toSeconds() < stuckSeconds);
        return all;
    }

    /** What an abort leaves, or null. */
    String leftBehind(String set) {
        return began
                ? "Members may have left the replica set whose pods are still there: StatefulSet " + set
                        + " has as many replicas as before. Run the step again: it continues. To take them back instead, run initReplicaSet."
                : null;
    }
}
