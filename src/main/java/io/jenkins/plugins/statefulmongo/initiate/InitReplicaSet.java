package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.initiate.InitDecision.Action;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.mongo.Codes;
import io.jenkins.plugins.statefulmongo.mongo.MemberClient;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.report.LongWait;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Primary;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes the pods of a StatefulSet one MongoDB replica set, or accepts the one that they are. Never twice, never by force.
 *
 * <ol>
 *   <li>Read the StatefulSet and its pods, and ask every mongod what it is.
 *   <li>{@link InitDecision} says what comes next.
 *   <li>Anything that changes the set is done under the set's Lease, one change in a tick; then look again.
 *   <li>Whoever is taken back loses the mark of its removal first: its volume is not one of a member that left any more.
 *   <li>Mongod's own refusals that mean "not now" (a configuration on its way) are waited out.
 *   <li>When the set is whole, {@link RootUser} sees to the user of the step's credential, and {@link ApplicationUsers} to the others.
 * </ol>
 */
public final class InitReplicaSet implements Operation {
    private static final Duration NAMES = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration AT_ONCE = Duration.ofMillis(50);
    /** An election and a first copy of no data take no longer, unless something is amiss. */
    private static final Duration INITIATION = Duration.ofSeconds(5);
    private static final Duration STARTING = Duration.ofSeconds(3);

    private final Scope scope;
    private final Parameters parameters;
    private final SetReader reader;
    private final SetLease lease;
    private final Members members;
    private final String domain;
    private final LongWait longWait = new LongWait(System::nanoTime);
    private volatile String remedy;
    private final RootUser root;
    private final ApplicationUsers users;
    private Elapsed sinceInitiation;
    private boolean elected;
    private Elapsed unreachable;
    private Elapsed dataAlone;
    private boolean told;
    private boolean changed;

    public InitReplicaSet(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        this.parameters = parameters;
        String name = parameters.label("name", "db");
        domain = parameters.clusterDomain();
        reader = new SetReader(scope, name, parameters.text("container", null));
        lease = new SetLease(scope.kube(), scope.namespace(), name, scope.holder());
        members = new Members(scope.kube(), scope.login(), domain);
        root = new RootUser(scope, parameters, members);
        users = new ApplicationUsers(scope, parameters, members);
    }

    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        Look seen = look(false);
        tellElection(seen);
        if (seen.next instanceof Action.Wait wait) {
            remedy = wait.remedy();
            longWait.line(wait.reason()).ifPresent(scope.console()::line);
            boolean initiating = sinceInitiation != null && sinceInitiation.time().compareTo(INITIATION) < 0;
            return Outcome.after(initiating ? AT_ONCE : SOON, wait.reason());
        }
        remedy = null;
        if (seen.next instanceof Action.Refuse refuse) {
            if (mayBeStarting(seen.states)) {
                return Outcome.after(SOON, "members with data to tell their configuration");
            }
            throw new Failure(refuse.what(), refuse.lines().toArray(String[]::new));
        }
        tellWhatWasFound(seen);
        if (seen.next instanceof Action.Finish finish) {
            // The watch may not show yet that the step before asked for more members.
            if (!reader.mongo(true).ordinals().equals(seen.set.ordinals())) {
                return Outcome.after(SOON, "the StatefulSet's ordinals to be seen");
            }
            Optional<Outcome> user = users(seen, finish);
            return user.isPresent() ? user.get() : finish(seen, finish);
        }
        Optional<Outcome> held = lease.hold(scope.console());
        if (held.isPresent()) {
            return held.get();
        }
        Look fresh = look(true);
        Optional<ClaimState> marked = marked(fresh);
        if (!lease.outlastsACall()) {
            return Outcome.now("another look: this one took too long");
        }
        if (marked.isPresent()) {
            scope.kube().annotate(Kind.CLAIM, scope.namespace(), marked.get().name(), ClaimState.MARK, null);
            return Outcome.now("the next volume");
        }
        return act(fresh);
    }

    /** What one look at the cluster and all members showed, and what follows from it. */
    private record Look(SetState set, Hosts hosts, List<PodState> pods, Map<Integer, MemberState> states, String name, Action next) {}

    private Look look(boolean fresh) throws Failure, Unavailable, InterruptedException {
        SetState set = reader.mongo(fresh);
        String name = wantedName(set);
        scope.console().titleOnce("initReplicaSet " + set.namespace() + "/" + set.name() + " as " + name);
        Hosts hosts = new Hosts(set, domain);
        List<PodState> pods = reader.pods(set, fresh);
        Map<Integer, MemberState> states = members.ask(set, pods);
        scope.recorder().pods(pods);
        MemberTable.of(hosts, states).ifPresent(scope.recorder()::members);
        Action next = new InitDecision(set, hosts, name, states, oldClaims(set, states)).next();
        return new Look(set, hosts, pods, states, name, next);
    }

    /** What to do about a wait that did not end. */
    @Override
    public String leftBehind() {
        return remedy;
    }

    private Outcome act(Look look) throws Failure, Unavailable, InterruptedException {
        Action next = look.next;
        try {
            if (next instanceof Action.Initiate initiate) {
                client(look, initiate.ordinal()).initiate(look.name, initiate.hosts());
                sinceInitiation = Elapsed.start();
                changed = true;
            } else if (next instanceof Action.StandForElection stand) {
                client(look, stand.ordinal()).stepUp();
            } else if (next instanceof Action.Add add) {
                client(look, add.primary()).add(add.host(), add.vote(), add.joining());
                scope.console().line(Mark.MEMBER, "added " + look.hosts.label(add.host()) + (add.vote() || add.joining() ? "" : " (non-voting: 7 members vote)"));
                changed = true;
            } else if (next instanceof Action.GiveVote vote) {
                client(look, vote.primary()).giveVote(vote.host());
                scope.console().line(Mark.MEMBER, look.hosts.label(vote.host()) + " votes now");
            }
        } catch (MemberRefused e) {
            // A candidate that lost, or stood before the others knew it, answers CommandFailed (125).
            boolean lostElection = next instanceof Action.StandForElection;
            boolean incompatible = e.code() == Codes.INCOMPATIBLE_CONFIGURATION && !(next instanceof Action.Initiate);
            if (e.code() == Codes.NODE_NOT_FOUND && namesMayBeNew()) {
                return Outcome.after(SOON, "the members to reach each other by name");
            }
            boolean faster = e.code() == Codes.ALREADY_INITIALIZED;
            if (!lostElection && !incompatible && !faster && !e.passing()) {
                throw explained(e, next);
            }
        }
        return Outcome.after(AT_ONCE, "the set to take the change");
    }

    /**
     * A mongod that just started answers for a moment as if it had never been initiated: longer, while its own name is new and it looks for
     * itself in vain.
     */
    private boolean mayBeStarting(Map<Integer, MemberState> states) {
        boolean data = states.values().stream().anyMatch(m -> !m.initiated() && m.data());
        dataAlone = !data ? null : dataAlone == null ? Elapsed.start() : dataAlone;
        Duration patience = states.values().stream().anyMatch(MemberState::initiated) ? NAMES : STARTING;
        return data && dataAlone.time().compareTo(patience) < 0;
    }

    /** The names of pods that just started may take a moment to be served. */
    private boolean namesMayBeNew() {
        if (unreachable == null) {
            unreachable = Elapsed.start();
        }
        return unreachable.time().compareTo(NAMES) < 0;
    }

    private void tellElection(Look look) {
        if (sinceInitiation == null || elected) {
            return;
        }
        Optional<MemberState> primary = ReplicaConfig.newest(look.states.values())
                .flatMap(config -> Primary.of(look.states.values(), config))
                .flatMap(look.hosts::ordinal)
                .map(look.states::get)
                .filter(MemberState::isPrimary);
        primary.ifPresent(p -> {
            elected = true;
            scope.console().line(Mark.ELECTION, "initiated; " + look.set.pod(p.ordinal()) + " PRIMARY after " + sinceInitiation
                    + " (term " + p.term() + ")");
        });
    }

    private Optional<Outcome> users(Look look, Action.Finish finish) throws Failure, Unavailable, InterruptedException {
        PodState primary = pod(look, finish.primary());
        try {
            Optional<Outcome> first = root.ensure(look.set, primary, lease);
            return first.isPresent() ? first : users.ensure(look.set, primary, lease);
        } catch (MemberRefused e) {
            if (!e.passing()) {
                throw e;
            }
            return Optional.of(Outcome.after(SOON, "a primary that takes a user"));
        }
    }

    private Outcome finish(Look look, Action.Finish finish) {
        String primary = look.set.pod(finish.primary());
        MemberTable table = new MemberTable(look.hosts, finish.config(), look.states, finish.primary());
        scope.console().table(table.lines());
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        result.put("replicaSet", look.name);
        result.put("changed", changed || root.changed() || users.changed());
        result.put("primary", primary);
        result.put("members", table.data());
        result.put("connectionString", look.set.mongod().connectionString(finish.config().clientHosts(), look.name));
        return Outcome.done(result);
    }

    private void tellWhatWasFound(Look look) {
        if (told) {
            return;
        }
        told = true;
        Map<Integer, MemberState> states = look.states;
        String asked = states.keySet().stream().map(look.set::pod).collect(Collectors.joining(", "));
        List<String> initiated = states.values().stream()
                .filter(MemberState::initiated)
                .map(m -> look.set.pod(m.ordinal()))
                .toList();
        scope.console().line("asked " + asked + ": " + (initiated.isEmpty()
                ? "none initiated, none has data"
                : initiated.size() == states.size() ? "all initiated" : String.join(", ", initiated) + " initiated"));
    }

    private String wantedName(SetState set) throws Failure {
        Optional<String> running = set.mongod().replicaSet();
        String wanted = parameters.text("replicaSet", running.orElse(null));
        if (wanted == null) {
            throw Parameters.bad("replicaSet", "is missing: mongod's command does not say --replSet, so the name must be given");
        }
        if (running.isPresent() && !running.get().equals(wanted)) {
            throw Parameters.bad(
                    "replicaSet",
                    "is '" + wanted + "', but mongod of StatefulSet " + set.name() + " runs with --replSet " + running.get(),
                    "Leave the parameter out, or give the name that mongod runs with.");
        }
        return wanted;
    }

    /**
     * Claims of this set's templates that may hold data of an earlier set: beyond the wanted replicas, or older than the StatefulSet
     * (safety rule 16). Only asked for while nobody is initiated.
     */
    private List<String> oldClaims(SetState set, Map<Integer, MemberState> states)
            throws Failure, Unavailable, InterruptedException {
        boolean allAnswered = set.ordinals().stream().allMatch(o -> states.containsKey(o) && states.get(o).answered());
        return allAnswered && states.values().stream().noneMatch(MemberState::initiated)
                ? OldClaims.of(set, scope.kube().list(Kind.CLAIM, set.namespace(), null))
                : List.of();
    }

    /** A volume of the member that is to be added, with what tells of its removal. */
    private Optional<ClaimState> marked(Look look) throws Failure, Unavailable, InterruptedException {
        if (!(look.next instanceof Action.Add add)) {
            return Optional.empty();
        }
        Optional<Integer> ordinal = look.hosts.ordinal(add.host());
        return ClaimState.of(look.set, scope.kube().list(Kind.CLAIM, scope.namespace(), null)).stream()
                .filter(c -> c.mark() != null && ordinal.equals(Optional.of(c.ordinal())))
                .findFirst();
    }

    private MemberClient client(Look look, int ordinal) throws Unavailable {
        return members.client(look.set, pod(look, ordinal));
    }

    private static PodState pod(Look look, int ordinal) throws Unavailable {
        return look.pods.stream()
                .filter(p -> p.ordinal() == ordinal)
                .findFirst()
                .orElseThrow(() -> new Unavailable(look.set.pod(ordinal) + " is gone"));
    }

    private static Failure explained(MemberRefused e, Action next) {
        if (!(next instanceof Action.Initiate)) {
            return e;
        }
        return switch (e.code()) {
            case Codes.NODE_NOT_FOUND, Codes.INVALID_REPLICA_SET_CONFIG -> new Failure(
                    "the members do not reach each other by their stable names: " + e.serverMessage(),
                    "Nothing was initiated.",
                    "mongod must listen on all addresses (--bind_ip_all), the headless Service must be named like the StatefulSet's serviceName and publish names before readiness (publishNotReadyAddresses: true), and clusterDomain must be the cluster's.");
            case Codes.CANNOT_INITIALIZE_WITH_DATA, Codes.INCOMPATIBLE_CONFIGURATION -> new Failure(
                    "a member belongs to another set or has data: " + e.serverMessage(),
                    "Nothing was initiated. Run the step again: it tells each member's story.");
            default -> e;
        };
    }

    @Override
    public void close() {
        lease.release();
        reader.close();
        members.close();
    }
}
