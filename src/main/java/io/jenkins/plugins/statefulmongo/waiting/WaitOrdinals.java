package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Follows every ordinal of a StatefulSet to Ready at the current revision. Changes nothing. Each tick:
 *
 * <ol>
 *   <li>The first reads the set itself: a cache may lag behind the step before. A set that does not exist ends it.
 *   <li>From the watches: prints each ordinal that has come to serve, with its time, node and volumes. All of them: done.
 *   <li>Under OnDelete, pods of an older revision end it at once, as nobody will replace them; unless a step of ours is doing just that,
 *       and renews its Lease.
 *   <li>Ordinals that look wrong are examined: hopeless ones end it at once, stuck ones after the limit.
 * </ol>
 *
 * Only the set's own pods count, by their controlling owner.
 */
public final class WaitOrdinals implements Operation {
    private static final Duration UPDATE = Duration.ofSeconds(2);

    private final Scope scope;
    private final String name;
    private final String container;
    private final StuckDetector detector;
    private final Settling settling = new Settling();
    private final SetLease lease;
    private Cluster.View view;
    private long generation = -1;
    private String uid;
    private final Set<String> shown = new HashSet<>();

    /** Parameters: {@code name} (default db), {@code container}, {@code stuckSeconds} (1 to 86400, default 120). */
    public WaitOrdinals(Scope scope, Parameters parameters) throws Failure {
        this(scope, parameters.label("name", "db"), parameters.label("container", null),
                Duration.ofSeconds(parameters.number("stuckSeconds", 120, 1, 86_400)));
    }

    /** @param stuck how long an ordinal may make no progress */
    public WaitOrdinals(Scope scope, String name, Duration stuck) {
        this(scope, name, null, stuck);
    }

    private WaitOrdinals(Scope scope, String name, String container, Duration stuck) {
        this.scope = scope;
        this.name = name;
        this.container = container;
        this.lease = new SetLease(scope.kube(), scope.namespace(), name, "");
        this.detector = new StuckDetector(scope.kube(), scope.namespace(), stuck, scope.console());
    }

    /**
     * Result: {@code revision}, {@code ordinals}: for each {@code name}, {@code ordinal}, {@code readySeconds}, {@code node},
     * {@code claims} ({@code name}, {@code volume}, {@code capacity}).
     */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        if (generation < 0) {
            Map<String, Object> fresh = fresh();
            generation = Json.number(fresh, 0, "metadata", "generation");
            uid = Json.text(fresh, "metadata", "uid");
        }
        if (view == null) {
            view = scope.cluster()
                    .watch(scope.namespace(), Set.of(Kind.STATEFUL_SET, Kind.POD, Kind.CLAIM), SetReader.belongsTo(name), scope.wake());
        }
        SetState set = set().orElse(null);
        if (set == null || !set.uid().equals(uid)) {
            generation = -1; // deleted, made anew, or the cache lags: the next tick reads it itself
            return Outcome.after(Duration.ofSeconds(1), "StatefulSet " + name + " to be seen");
        }
        if (Json.number(set.object(), 0, "metadata", "generation") < generation) {
            return Outcome.onChange("StatefulSet " + name + " to be seen at generation " + generation);
        }
        WaitDecision decision = decision(set);
        record(decision.pods());
        if (set.observed()) {
            show(decision);
        }
        Map<Integer, Trouble> fatal = set.observed() ? fatal(decision) : Map.of();
        WaitDecision.Next next = decision.decide(fatal);
        if (next instanceof WaitDecision.Done) {
            return Outcome.done(result(decision));
        } else if (next instanceof WaitDecision.LeftBehind left) {
            throw leftBehind(set, left.old());
        } else if (next instanceof WaitDecision.Broken broken) {
            throw broken(decision, broken.trouble(), fatal);
        }
        String what = ((WaitDecision.Wait) next).waitingFor();
        if (!decision.forTheUpdate().isEmpty()) {
            if (givenUp()) {
                throw halfWay(set, decision.forTheUpdate());
            }
            return Outcome.after(shorter(UPDATE, shorter(detector.next(), settling.next())), what);
        }
        return set.observed() ? Outcome.after(shorter(detector.next(), settling.next()), what) : Outcome.onChange(what);
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private Optional<SetState> set() throws Failure, Unavailable, InterruptedException {
        return view.list(Kind.STATEFUL_SET).stream()
                .filter(s -> name.equals(Json.text(s, "metadata", "name")))
                .findFirst()
                .map(s -> SetState.of(s, null));
    }

    private WaitDecision decision(SetState set) throws Failure, Unavailable, InterruptedException {
        List<Map<String, Object>> pods = view.list(Kind.POD).stream()
                .filter(p -> set.uid().equals(PodState.controller(p)))
                .toList();
        Set<String> unsettled = settling.unsettled(pods, System.nanoTime());
        return new WaitDecision(set, pods.stream().map(p -> PodState.of(p, container)).toList(), unsettled);
    }

    private Map<Integer, Trouble> fatal(WaitDecision decision) throws Failure, Unavailable, InterruptedException {
        SetState set = decision.set();
        List<StuckDetector.Subject> subjects = decision.suspects().stream()
                .map(b -> new StuckDetector.Subject(set.pod(b.ordinal()), b.ordinal(), b.pod(), set.uid(),
                        b.pod() != null && b.pod().terminating() ? Duration.ofSeconds(set.graceSeconds()) : Duration.ZERO))
                .toList();
        Map<String, StuckDetector.Finding> findings = detector.look(subjects, System.nanoTime());
        Map<Integer, Trouble> fatal = new HashMap<>();
        findings.forEach((pod, finding) -> {
            if (finding.fatal()) {
                fatal.put(PodState.ordinal(pod), finding.trouble());
            }
        });
        return fatal;
    }

    private void record(List<PodState> pods) throws Failure, Unavailable, InterruptedException {
        Set<String> claims = pods.stream().flatMap(p -> p.claims().stream()).collect(Collectors.toSet());
        scope.recorder().pods(pods);
        scope.recorder().claims(view.list(Kind.CLAIM).stream()
                .filter(c -> claims.contains(Json.text(c, "metadata", "name")))
                .map(ClaimState::of)
                .toList());
    }

    private void show(WaitDecision decision) throws Failure, Unavailable, InterruptedException {
        scope.console().titleOnce(OrdinalLines.title(decision));
        List<PodState> ready = wanted(decision);
        if (ready.stream().map(PodState::uid).allMatch(shown::contains)) {
            return;
        }
        List<String> lines = OrdinalLines.lines(ready, claims(ready));
        for (int i = 0; i < lines.size(); i++) {
            if (shown.add(ready.get(i).uid())) {
                scope.console().line(lines.get(i));
            }
        }
    }

    private List<PodState> wanted(WaitDecision decision) {
        SetState set = decision.set();
        return decision.pods().stream()
                .filter(p -> set.ordinals().contains(p.ordinal()) && decision.right(p))
                .sorted((a, b) -> Integer.compare(a.ordinal(), b.ordinal()))
                .toList();
    }

    /** By the pods' uids; from the watch, which may lag a moment behind the one of pods: a pod that runs has its volumes. */
    private Map<String, List<ClaimState>> claims(List<PodState> pods) throws Failure, Unavailable, InterruptedException {
        Map<String, ClaimState> seen = view.list(Kind.CLAIM).stream()
                .map(ClaimState::of)
                .collect(Collectors.toMap(ClaimState::name, c -> c));
        Map<String, List<ClaimState>> claims = new HashMap<>();
        for (PodState pod : pods) {
            List<ClaimState> its = claims.computeIfAbsent(pod.uid(), uid -> new ArrayList<>());
            for (String claim : pod.claims()) {
                ClaimState state = seen.get(claim);
                if (state == null || !state.bound()) {
                    state = scope.kube().get(Kind.CLAIM, scope.namespace(), claim).map(ClaimState::of).orElse(null);
                }
                if (state != null) {
                    its.add(state);
                }
            }
        }
        return claims;
    }

    private Map<String, Object> result(WaitDecision decision) throws Failure, Unavailable, InterruptedException {
        List<Map<String, Object>> ordinals = new ArrayList<>();
        List<PodState> pods = wanted(decision);
        Map<String, List<ClaimState>> claims = claims(pods);
        pods.forEach(pod -> ordinals.add(OrdinalLines.result(pod, claims.get(pod.uid()))));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("revision", decision.set().updateRevision());
        result.put("ordinals", ordinals);
        return result;
    }

    /** Nobody holds the Lease while the journal stands: asked on both sides of it, as an update begins with the one and ends with the other. */
    private boolean givenUp() throws Failure, Unavailable, InterruptedException {
        return lease.idle() && SetState.of(fresh(), null).annotation(WaitDecision.UPDATE) != null && lease.idle();
    }

    private static PodsFailed halfWay(SetState set, List<PodState> old) {
        return new PodsFailed(
                "not at revision " + set.updateRevision() + ": " + revisions(old) + ".",
                "An update of this set has stopped half-way: nobody renews its Lease, and the updateStrategy is OnDelete, so nobody will replace "
                        + (old.size() == 1 ? "it." : "them."),
                "Run rollingImageUpdate, or deployStatefulMongo: each of them finishes it.");
    }

    private static String revisions(List<PodState> old) {
        return old.stream().sorted((a, b) -> Integer.compare(a.ordinal(), b.ordinal()))
                .map(p -> p.name() + " (" + p.revision() + ")")
                .collect(Collectors.joining(", "));
    }

    private static PodsFailed leftBehind(SetState set, List<PodState> old) {
        return new PodsFailed(
                "not at revision " + set.updateRevision() + ": " + revisions(old) + ".",
                "The updateStrategy is OnDelete, so nobody will replace " + (old.size() == 1 ? "it." : "them."),
                "Run rollingImageUpdate, which replaces them one at a time, or delete them yourself.");
    }

    private static PodsFailed broken(WaitDecision decision, Trouble trouble, Map<Integer, Trouble> fatal) {
        String same = fatal.values().stream()
                .filter(t -> t.cause() == trouble.cause() && t.ordinal() != trouble.ordinal())
                .map(Trouble::pod)
                .sorted()
                .collect(Collectors.joining(", "));
        boolean old = decision.pods().stream()
                .anyMatch(p -> p.name().equals(trouble.pod()) && !p.revision().equals(decision.set().updateRevision()));
        return new PodsFailed(
                trouble.what() + ".",
                trouble.why(),
                same.isEmpty() ? null : "The same goes for " + same + ".",
                trouble.remedy(),
                old ? "It is of an older revision, and the StatefulSet controller waits for it before it replaces it: if the new template is right, "
                        + "kubectl -n " + decision.set().namespace() + " delete pod " + trouble.pod() : null);
    }

    private Map<String, Object> fresh() throws Failure, Unavailable, InterruptedException {
        Optional<Map<String, Object>> set = scope.kube().get(Kind.STATEFUL_SET, scope.namespace(), name);
        if (set.isEmpty()) {
            throw SetReader.missing(scope, Kind.STATEFUL_SET, name);
        }
        return set.get();
    }
}
