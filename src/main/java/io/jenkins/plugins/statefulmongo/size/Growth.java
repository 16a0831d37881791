package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.size.GrowthDecision.Action;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * More members for a StatefulSet that exists.
 *
 * <ol>
 *   <li>{@link GrowthDecision} says whether the new pods may find what they would find, in the tick in which replicas are raised too.
 *   <li>Where the set is initiated, the annotation {@link #ANNOTATION} is written together with the replicas: whoever comes later knows
 *       that the new pods are to become members.
 *   <li>initReplicaSet's own operation adds them, one voting change at a time.
 *   <li>The marks of their volumes are void from then on: they go, and last the annotation.
 * </ol>
 */
final class Growth implements AutoCloseable {
    static final String ANNOTATION = "stateful-mongo.jenkins.io/growing";
    private static final Duration SOON = Duration.ofMillis(250);

    private final Scope scope;
    private final Kube kube;
    private final String name;
    private final Parameters parameters;
    private final SetLease lease;
    private final Looks looks;
    private final boolean wipe;
    private InitReplicaSet adding;
    private boolean added;
    private boolean initiated;

    Growth(Scope scope, String name, Parameters parameters, SetLease lease, Looks looks) throws Failure {
        this.scope = scope;
        this.name = name;
        this.parameters = parameters;
        this.lease = lease;
        this.looks = looks;
        kube = scope.kube();
        wipe = parameters.flag("wipe", false);
    }

    /**
     * Changes nothing.
     *
     * @return what to answer while it cannot be told whether the set may grow
     * @throws Failure where it may not
     */
    Optional<Outcome> check(int replicas) throws Failure, Unavailable, InterruptedException {
        Action next = new GrowthDecision(looks.now(), replicas, wipe).next();
        refuse(next);
        return next instanceof Action.Wait wait ? Optional.of(Outcome.after(SOON, wait.reason())) : Optional.empty();
    }

    /**
     * To be asked under the Lease, right before replicas are raised.
     *
     * @return empty when they may be raised now
     */
    Optional<Outcome> prepare(int replicas) throws Failure, Unavailable, InterruptedException {
        Action next = new GrowthDecision(looks.now(), replicas, wipe).next();
        refuse(next);
        if (next instanceof Action.Wait wait) {
            return Optional.of(Outcome.after(SOON, wait.reason()));
        }
        if (!lease.outlastsACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        }
        if (next instanceof Action.Wipe old) {
            delete(kube, scope.namespace(), old.claim());
            scope.console().line("deletes the old volume " + old.claim().name() + " (wipe)");
            return Optional.of(Outcome.now("the next volume"));
        }
        initiated = ((Action.Grow) next).initiated();
        return Optional.empty();
    }

    /** Whether the new pods are to become members of a set that is initiated. */
    boolean initiated() {
        return initiated;
    }

    /** Adds the pods of a set that has the annotation; empty when they are members and the annotation is gone. */
    Optional<Outcome> join() throws Failure, Unavailable, InterruptedException {
        if (!added) {
            if (adding == null) {
                adding = new InitReplicaSet(scope, parameters);
            }
            if (adding.tick() instanceof Outcome.Again again) {
                return Optional.of(again);
            }
            added = true;
        }
        Optional<Outcome> held = lease.hold(scope.console());
        if (held.isPresent()) {
            return held;
        }
        Look look = looks.now();
        return lease.outlastsACall() ? finish(look) : Optional.of(Outcome.now("another look: this one took too long"));
    }

    private Optional<Outcome> finish(Look look) throws Failure, Unavailable, InterruptedException {
        Optional<ClaimState> marked = look.set().ordinals().stream()
                .flatMap(o -> look.claims(o).stream())
                .filter(c -> c.mark() != null)
                .findFirst();
        if (marked.isPresent()) {
            kube.annotate(Kind.CLAIM, scope.namespace(), marked.get().name(), ClaimState.MARK, null);
            return Optional.of(Outcome.now("the next volume"));
        }
        if (look.set().annotation(ANNOTATION) == null) {
            return Optional.empty();
        }
        try {
            kube.annotate(Kind.STATEFUL_SET, scope.namespace(), name, ANNOTATION, null);
        } catch (Refused e) {
            if (!e.outdated()) {
                throw e;
            }
        }
        return Optional.of(Outcome.now("the StatefulSet to change"));
    }

    private static void refuse(Action next) throws Failure {
        if (next instanceof Action.Refuse refuse) {
            throw new Failure(refuse.what(), refuse.lines().toArray(String[]::new));
        }
    }

    static void delete(Kube kube, String namespace, ClaimState claim) throws Failure, Unavailable, InterruptedException {
        try {
            kube.delete(Kind.CLAIM, namespace, claim.name(), claim.uid(), Map.of());
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e; // 409: another one has the name now, to be looked at
            }
        }
    }

    @Override
    public void close() {
        if (adding != null) {
            adding.close();
        }
    }
}
