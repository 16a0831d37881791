package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.size.SizeChange;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.update.TemplateRoll;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a namespace to the state that parameters or a manifest describe:
 *
 * <ol>
 *   <li>Check the parameters and the objects alone: {@link Wanted}. A mistake there ends it before any call.
 *   <li>Look: the Namespace, the StatefulSet that runs, the Service that names its members, quotas and limits. Refuse what cannot work
 *       beside them. A set that runs keeps its image.
 *   <li>A Namespace that is missing is created, for the API server tries objects in existing namespaces only.
 *   <li>Try every object with a dry run of server-side apply. A refusal ends it with nothing changed: a Namespace that the step just
 *       created goes again.
 *   <li>Show the differences; a dry run ends here. Else apply them one by one, a StatefulSet that exists only as it was seen and under its
 *       Lease, and only OnDelete. Where its template changes, its pods are rolled. Before it gets fewer pods, members leave the replica set;
 *       after it got more, they join: {@link SizeChange}.
 *   <li>Volumes that are to be larger grow before anything else is applied: {@link StorageGrowth}.
 *   <li>A roll that an earlier build did not finish is finished; towards the template that is wanted now, where that is another one.
 *   <li>Where the StatefulSet has changed meanwhile, look again.
 * </ol>
 */
public final class DeployStatefulMongo implements Operation {
    private final Scope scope;
    private final Kube kube;
    private final Console console;
    private final String name;
    private final boolean dryRun;
    private final String domain;
    private final Wanted described;
    private final boolean keyFile;
    private final String tlsSecret;
    private final Preview preview;
    private final boolean allowShrink;
    private final boolean deleteVolumes;
    private final SetLease lease;
    private final SizeChange size;
    private final StorageGrowth storage;
    private final Application application = new Application();
    private Wanted wanted;
    private Home fresh;
    private final TemplateRoll roll;
    private boolean rolling;
    private boolean rolled;

    /** @throws Failure naming the parameter, or the part of the manifest, that is wrong */
    public DeployStatefulMongo(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        kube = scope.kube();
        console = scope.console();
        name = parameters.label("name", "db");
        dryRun = parameters.flag("dryRun", false);
        domain = parameters.clusterDomain();
        allowShrink = parameters.flag("allowShrink", false);
        if (parameters.has("volumes") && !allowShrink) {
            throw Parameters.bad("volumes", "says what becomes of the volumes of members that go: it goes with absent: true or allowShrink: true only");
        }
        deleteVolumes = parameters.oneOf("volumes", "keep", "keep", "delete").equals("delete");
        described = Wanted.of(parameters, scope.namespace(), name);
        keyFile = parameters.has(Login.ROOT) && !parameters.has("manifest");
        tlsSecret = parameters.objectName("tlsSecret", null);
        preview = new Preview(kube, scope.namespace());
        lease = new SetLease(kube, scope.namespace(), name, scope.holder());
        roll = new TemplateRoll(scope, name, parameters);
        size = new SizeChange(scope, name, parameters, lease);
        storage = new StorageGrowth(scope, name, lease);
    }

    /**
     * Result: {@code created}, {@code changed}, {@code unchanged} (lists of {@code Kind name}), {@code members} (host names),
     * {@code connectionString}, {@code image}, {@code replicaSet}, {@code dryRun}.
     */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        if (wanted == null) {
            return look();
        }
        if (rolling) {
            return rollOn();
        }
        if (storage.underWay()) {
            return growVolumes();
        }
        return application.next() == null ? finish() : act(application.next());
    }

    private Outcome look() throws Failure, Unavailable, InterruptedException {
        console.titleOnce("deployStatefulMongo " + scope.namespace() + "/" + name + " on " + kube.connection().name()
                + " (Kubernetes " + kube.version() + ")");
        Home home = Home.of(kube, scope.namespace());
        Optional<Outcome> going = home.going();
        if (going.isPresent()) {
            return going.get();
        }
        home.remark(console);
        if (!home.missing() && storage.unfinished()) {
            if (!dryRun) {
                return growVolumes();
            }
            console.changed("volumes", "an earlier run has not finished growing the volumes: a run without dryRun does, before anything else");
        }
        Optional<Map<String, Object>> found =
                home.missing() ? Optional.empty() : kube.get(Kind.STATEFUL_SET, scope.namespace(), name);
        Wanted now = described;
        boolean unfinished = false;
        if (found.isPresent()) {
            SetState live = SetState.of(found.get(), described.set().container());
            if (!live.observed() && live.onDelete() && !described.set().onDelete()) {
                return Outcome.after(Home.SOON, "the StatefulSet controller to see the latest change"); // only then it counts old pods
            }
            now = described.beside(live, TemplateRoll.ANNOTATION);
            new ChangeChecks(live, now.set(), allowShrink, deleteVolumes).check();
            Optional<Outcome> unsure = size.check(live, now.set().replicas());
            if (unsure.isPresent()) {
                return unsure.get();
            }
            storage.want(live, now.set(), !dryRun);
            if (storage.wanted()) {
                now = now.sizedAs(live);
                application.changed("StatefulSet " + name);
            }
            unfinished = !dryRun && live.annotation(TemplateRoll.ANNOTATION) != null;
        }
        if (keyFile) {
            Optional<Map<String, Object>> secret = home.missing()
                    ? Optional.of(KeyFileSecret.generate(name))
                    : KeyFileSecret.missing(kube, scope.namespace(), name, found.isPresent());
            now = secret.isPresent() ? now.and(secret.get(), scope.namespace()) : now;
        }
        Optional<Trust> trust = found.flatMap(o -> Trust.of(SetState.of(o, null)));
        if (tlsSecret != null) {
            TlsSecret secret = new TlsSecret(
                    tlsSecret, home.missing() ? null : kube.get(Kind.SECRET, scope.namespace(), tlsSecret).orElse(null));
            now = now.with(secret.check(new Hosts(now.set(), domain).all(), Instant.now(), trust.orElse(null)));
        }
        List<String> remarks = remarks(now, home, found.isPresent());
        if (trust.isPresent() && !trust.equals(Trust.of(now.set()))) {
            remarks.add("Secret " + tlsSecret + " holds another certificate, or trusts others: members are replaced one by one to read it");
        }
        if (home.missing() && !dryRun) {
            fresh = Home.create(kube, scope.namespace(), described.home()).orElse(null);
            if (fresh != null) {
                application.created("Namespace " + scope.namespace());
            }
            return Outcome.now("the new namespace");
        }
        int wants = now.set().replicas();
        Optional<List<Change>> previewed = previewed(now, home, found);
        if (previewed.isEmpty()) {
            return Outcome.after(Home.SOON, "what somebody else writes at the same moment");
        }
        List<Change> changes = previewed.get();
        if (found.isPresent() && changes.stream().anyMatch(c -> isSet(c) && !Change.sameSpec(c.live(), found.get()))) {
            return Outcome.after(Home.SOON, "what somebody else writes at the same moment"); // all was checked beside another state
        }
        if (home.missing() || fresh != null) {
            console.line("+ Namespace " + scope.namespace());
        }
        application.show(changes, console);
        remarks.forEach(line -> console.changed(line, line));
        found.flatMap(o -> size.remark(SetState.of(o, null), wants)).ifPresent(line -> console.changed(line, line));
        if (dryRun && home.missing()) {
            application.created("Namespace " + scope.namespace());
            console.line("not tried with the API server: the namespace does not exist yet");
        }
        wanted = now;
        fresh = null;
        rolling = unfinished && (templates(changes).isEmpty() || resizes(templates(changes).get()));
        return rolling ? Outcome.now("the members") : dryRun || application.next() == null && !storage.underWay() ? finish() : Outcome.now("the first object");
    }

    /** What to say beside the differences; refuses what cannot work. */
    private List<String> remarks(Wanted now, Home home, boolean running) throws Failure, Unavailable, InterruptedException {
        List<String> remarks = new ArrayList<>();
        String keeps = now.set().image();
        if (!keeps.equals(described.set().image())) {
            remarks.add("keeps " + keeps + " (rollingImageUpdate changes images)");
        }
        Release runs = keeps.equals(described.set().image()) ? described.release() : Release.ofImage(keeps).orElse(described.release());
        DatabaseChecks checks = new DatabaseChecks(now.set());
        checks.options(runs);
        Map<String, Object> service = now.service().orElse(null);
        if (service == null && now.set().service() != null && !home.missing()) {
            service = kube.get(Kind.SERVICE, scope.namespace(), now.set().service()).orElse(null);
        }
        String warning = checks.service(service);
        if (warning != null) {
            remarks.add("warning: " + warning);
        }
        checks.firstUsers(running).ifPresent(w -> remarks.add("warning: " + w));
        checks.warnings(runs, now.objects()).forEach(w -> remarks.add("warning: " + w));
        return remarks;
    }

    private Optional<List<Change>> previewed(Wanted now, Home home, Optional<Map<String, Object>> live)
            throws Failure, Unavailable, InterruptedException {
        if (home.missing()) {
            return Optional.of(Preview.ofNothing(now.objects()));
        }
        try {
            RoomReader.check(kube, scope.namespace(), now.objects(), live.orElse(null), console);
            return preview.of(now.objectsIn(home));
        } catch (Failure e) {
            throw e.and(fresh == null ? "Nothing was changed." : fresh.undo(kube));
        }
    }

    private Outcome act(Change change) throws Failure, Unavailable, InterruptedException {
        boolean runs = change.kind() == Kind.STATEFUL_SET && !change.creates();
        try {
            SetState live = runs ? SetState.of(change.live(), null) : wanted.set();
            // Members leave after the roll: while it lasts, all count.
            boolean resizes = resizes(change) && !(change.changesTemplate() && wanted.set().replicas() < live.replicas());
            if (runs && (resizes || !change.changesTemplate())) {
                Optional<Outcome> first = lease.hold(console);
                first = first.isPresent() ? first : size.before(live, wanted.set().replicas());
                if (first.isPresent()) {
                    return first.get();
                }
                if (!lease.outlastsACall()) {
                    return Outcome.now("another look: this one took too long");
                }
            }
            if (runs && change.changesTemplate()) {
                return roll(change);
            }
            application.apply(preview, runs ? new Change(annotated(change), change.live(), change.after()) : change);
        } catch (Refused e) {
            if (!e.outdated()) {
                throw e;
            }
            wanted = null; // somebody changed it meanwhile
        }
        return Outcome.now("the next object");
    }

    /**
     * The changed template of a set that exists: one conditional write of template, OnDelete and journal, then member by member.
     *
     * @param change its {@code live} as it was seen
     */
    private Outcome roll(Change change) throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> wait = roll.notReady();
        if (wait.isPresent()) {
            return wait.get();
        }
        Map<String, Object> object = annotated(change);
        int replicas = Math.max(SetState.of(change.live(), null).replicas(), wanted.set().replicas());
        Tree.set(object, replicas, "spec", "replicas");
        Tree.set(object, Tree.map("type", "OnDelete"), "spec", "updateStrategy");
        Tree.set(object, roll.journal(), "metadata", "annotations", TemplateRoll.ANNOTATION);
        if (!roll.mayWrite()) {
            return Outcome.now("another look: this one took too long");
        }
        preview.apply(new Change(object, change.live(), null));
        application.applied();
        rolling = true;
        rolled = true;
        return Outcome.now("the first member");
    }

    private boolean isSet(Change change) {
        return change.kind() == Kind.STATEFUL_SET && !change.creates();
    }

    private boolean resizes(Change change) {
        return isSet(change) && SetState.of(change.live(), null).replicas() != wanted.set().replicas();
    }

    /** The change of the set that runs, where it changes the template: one that an earlier build did not finish rolling gives way to it. */
    private Optional<Change> templates(List<Change> changes) {
        return changes.stream().filter(c -> isSet(c) && c.changesTemplate()).findFirst();
    }

    private Outcome growVolumes() throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> step = storage.tick();
        if (step.isEmpty()) {
            wanted = null; // what else differs is seen anew
        }
        return step.orElse(Outcome.now("what else differs"));
    }

    /** With what tells a later run that members are still to be added. */
    private Map<String, Object> annotated(Change change) {
        Map<String, Object> object = Tree.copy(change.wanted());
        size.annotation().ifPresent(value -> Tree.set(object, value, "metadata", "annotations", SizeChange.ANNOTATION));
        return object;
    }

    private Outcome rollOn() throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> outcome = roll.tick();
        if (outcome.isPresent()) {
            return outcome.get();
        }
        rolling = false;
        wanted = null; // what else differs is seen anew
        return Outcome.now("what else differs");
    }

    private Outcome finish() throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> after = dryRun ? Optional.empty() : size.after(wanted.set());
        if (after.isPresent()) {
            return after.get();
        }
        if (!dryRun && application.idle()) {
            lease.mayBeLeftOver(); // by this step before a restart of Jenkins, which did the last thing that there was to do
        }
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        SetState set = wanted.set();
        if (dryRun) {
            application.pretend();
        }
        console.line((dryRun ? "dry run: " : application.idle() ? "nothing to do: " : "applied: ") + application.summary());
        List<String> members = new Hosts(set, domain).all();
        String replicaSet = set.mongod().replicaSet().orElseThrow();
        application.report(result);
        result.put("members", new ArrayList<>(members));
        result.put("replicaSet", replicaSet);
        result.put("connectionString", set.mongod().connectionString(members, replicaSet));
        result.put("image", set.image());
        result.put("dryRun", dryRun);
        if (rolled) {
            roll.addTo(result);
        }
        return Outcome.done(result);
    }

    @Override
    public String leftBehind() {
        if (rolling) {
            return roll.leftBehind();
        }
        if (storage.leftBehind() != null) {
            return storage.leftBehind();
        }
        if (fresh == null && size.leftBehind() != null) {
            return size.leftBehind();
        }
        return fresh == null ? application.begun() : "Namespace " + scope.namespace() + " was created, and is empty.";
    }

    @Override
    public void close() {
        size.close();
        roll.close();
        lease.release();
    }
}
