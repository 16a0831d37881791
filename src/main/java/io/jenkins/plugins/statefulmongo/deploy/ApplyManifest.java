package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.waiting.DeploymentReady;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies any objects but a MongoDB, such as the application beside it:
 *
 * <ol>
 *   <li>Check the manifest alone.
 *   <li>Try every object with a dry run of server-side apply; a refusal ends it with nothing changed. Show the differences.
 *   <li>Apply them one by one.
 *   <li>Follow each Deployment of the manifest until exactly its current pods serve; one that cannot ends it early, with the reason.
 * </ol>
 *
 * The manifest's images are applied as they stand, also over one that {@code rollingImageUpdate} has changed meanwhile, unless {@code
 * keepImages} leaves what runs to that step.
 */
public final class ApplyManifest implements Operation {
    private final Scope scope;
    private final Kube kube;
    private final Console console;
    private final boolean dryRun;
    private final boolean keepImages;
    private final Duration stuck;
    private final Map<String, Object> home;
    private final List<Map<String, Object>> objects;
    private final Preview preview;
    private final Deque<String> deployments = new ArrayDeque<>();
    private final Application application = new Application();
    private boolean shown;
    private boolean told;
    private Home fresh;
    private DeploymentReady waiting;
    private Elapsed since;

    /** @throws Failure naming the parameter, or the part of the manifest, that is wrong */
    public ApplyManifest(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        kube = scope.kube();
        console = scope.console();
        dryRun = parameters.flag("dryRun", false);
        keepImages = parameters.flag("keepImages", false);
        stuck = Duration.ofSeconds(parameters.number("stuckSeconds", 120, 5, 86_400));
        boolean wait = parameters.flag("wait", true);
        String release = parameters.label("name", "db");
        if (!parameters.has("manifest")) {
            throw Parameters.bad("manifest", "is missing: give it, for example manifest: readFile('app.yml')");
        }
        List<Map<String, Object>> all = Manifest.read(parameters.raw("manifest"), scope.namespace());
        for (Map<String, Object> set : Manifest.of(all, Kind.STATEFUL_SET)) {
            if (SetState.of(set, null).isMongo()) {
                throw new Failure(
                        "the manifest's StatefulSet " + Manifest.name(set) + " is a MongoDB, which applyManifest would roll as any other.",
                        "Give the manifest to deployStatefulMongo, which looks after its members.");
            }
        }
        home = Manifest.of(all, Kind.NAMESPACE).stream().findFirst().orElse(null);
        objects = Wanted.labelled(all, scope.namespace(), release);
        preview = new Preview(kube, scope.namespace());
        if (wait && !dryRun) {
            Manifest.of(objects, Kind.DEPLOYMENT).forEach(d -> deployments.add(Manifest.name(d)));
        }
    }

    /** Result: {@code created}, {@code changed}, {@code unchanged} (lists of {@code Kind name}), {@code dryRun}. */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        if (!shown) {
            return look();
        }
        if (application.next() != null && !dryRun) {
            return act();
        }
        tell();
        return deployments.isEmpty() ? finish() : follow();
    }

    private Outcome look() throws Failure, Unavailable, InterruptedException {
        console.titleOnce("applyManifest " + scope.namespace() + " on " + kube.connection().name() + " (Kubernetes " + kube.version() + ")");
        Home there = Home.of(kube, scope.namespace());
        Optional<Outcome> going = there.going();
        if (going.isPresent()) {
            return going.get();
        }
        there.remark(console);
        if (there.missing() && !dryRun) {
            fresh = Home.create(kube, scope.namespace(), home).orElse(null);
            if (fresh != null) {
                application.created("Namespace " + scope.namespace());
            }
            return Outcome.now("the new namespace");
        }
        Optional<List<Change>> tried = there.missing() ? Optional.of(Preview.ofNothing(objects)) : tried(there);
        if (tried.isEmpty()) {
            return Outcome.after(Home.SOON, "what somebody else writes at the same moment");
        }
        List<Change> changes = tried.get();
        if (there.missing() || fresh != null) {
            console.line("+ Namespace " + scope.namespace());
            application.created("Namespace " + scope.namespace());
        }
        application.show(changes, console);
        if (there.missing()) {
            console.line("not tried with the API server: the namespace does not exist yet");
        }
        fresh = null;
        shown = true;
        return Outcome.now("the first object");
    }

    private Optional<List<Change>> tried(Home there) throws Failure, Unavailable, InterruptedException {
        try {
            List<Map<String, Object>> wanted =
                    keepImages ? KeptImages.in(kube, scope.namespace(), objects, console) : objects;
            return preview.of(Wanted.with(wanted, home, there));
        } catch (Failure e) {
            throw e.and(fresh == null ? "Nothing was changed." : fresh.undo(kube));
        }
    }

    private Outcome act() throws Failure, Unavailable, InterruptedException {
        try {
            application.apply(preview);
        } catch (Refused e) {
            if (!e.outdated()) {
                throw e;
            }
            shown = false; // somebody changed it meanwhile
        }
        return Outcome.now("the next object");
    }

    private void tell() {
        if (!told) {
            if (dryRun) {
                application.pretend();
            }
            console.line((dryRun ? "dry run: " : application.idle() ? "nothing to do: " : "applied: ") + application.summary());
            told = true;
        }
    }

    private Outcome follow() throws Failure, Unavailable, InterruptedException {
        if (waiting == null) {
            waiting = new DeploymentReady(scope, deployments.peek(), stuck);
            since = Elapsed.start();
        }
        Outcome outcome = waiting.tick();
        if (!(outcome instanceof Outcome.Done done)) {
            return outcome;
        }
        waiting.close();
        waiting = null;
        Object pods = done.result().get("replicas");
        console.line("Deployment " + deployments.poll() + ": " + pods + (pods.equals(1) ? " pod serves" : " pods serve") + " after " + since);
        return Outcome.now("the next Deployment");
    }

    private Outcome finish() {
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        application.report(result);
        result.put("dryRun", dryRun);
        return Outcome.done(result);
    }

    @Override
    public String leftBehind() {
        return fresh == null ? application.begun() : "Namespace " + scope.namespace() + " was created, and is empty.";
    }

    @Override
    public void close() {
        if (waiting != null) {
            waiting.close();
        }
    }
}
