package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Removes a release: {@code deployStatefulMongo absent: true}. Only what carries its label goes, so nobody else's object ever does.
 *
 * <ol>
 *   <li>Look for all that is the release's. Nothing: say so.
 *   <li>The volumes decide what comes before the StatefulSet. To be kept: its claims must not be deleted with it ({@code whenDeleted:
 *       Retain}), and the controller must have taken its owner references off them. To be deleted: claims that an older manifest made
 *       without the label get it now, so that a later run still finds them.
 *   <li>Delete the objects one by one, dependents first; each goes only when its own pods are gone.
 *   <li>Delete the claims, and the key file by which their members know each other, if volumes are to go; see everything gone. The key file
 *       stays where the claims cannot be listed: whoever finds one later needs it.
 *   <li>Delete the Namespace only if a step of ours created it, the volumes are to go too, and nobody else has anything in it.
 * </ol>
 */
public final class RemoveRelease implements Operation {
    private static final Duration SOON = Duration.ofMillis(500);

    private final Scope scope;
    private final Kube kube;
    private final Console console;
    private final String name;
    private final boolean volumes;
    private final ReleaseReader reader;
    private final SetLease lease;
    private final StorageGrowth storage;
    private boolean whole;
    private final Set<String> removed = new LinkedHashSet<>();
    private final Set<String> kept = new LinkedHashSet<>();
    private final Elapsed since = Elapsed.start();
    private final Deque<Map<String, Object>> doomed = new ArrayDeque<>();
    private Cluster.View view;

    /** @throws Failure naming a parameter that is wrong, or that describes a release while one is removed */
    public RemoveRelease(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        kube = scope.kube();
        console = scope.console();
        name = parameters.label("name", "db");
        volumes = parameters.oneOf("volumes", "keep", "keep", "delete").equals("delete");
        if (parameters.flag("dryRun", false)) {
            throw Parameters.bad("dryRun", "cannot be given together with absent: true");
        }
        reader = new ReleaseReader(kube, scope.namespace(), name, console);
        lease = new SetLease(kube, scope.namespace(), name, scope.holder());
        storage = new StorageGrowth(scope, name, lease);
    }

    /** Result: {@code removed}, {@code kept} (lists of {@code Kind name}). */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        console.titleOnce("deployStatefulMongo " + scope.namespace() + "/" + name + " on " + kube.connection().name()
                + ": absent, volumes " + (volumes ? "deleted" : "kept"));
        if (!doomed.isEmpty()) {
            Optional<Outcome> held = lease.hold(console);
            return held.isPresent() ? held.get() : delete(doomed.poll());
        }
        Home home = Home.of(kube, scope.namespace());
        if (home.missing()) {
            return finish("namespace " + scope.namespace() + " does not exist");
        }
        if (home.terminating()) {
            return Outcome.after(SOON, "namespace " + scope.namespace() + " to be gone");
        }
        if (!whole && storage.unfinished()) {
            // A set that is just made anew would leave its pods behind.
            Optional<Outcome> step = storage.tick();
            if (step.isPresent()) {
                return step.get();
            }
        }
        whole = true;
        if (view == null) {
            view = scope.cluster().watch(scope.namespace(), EnumSet.of(Kind.STATEFUL_SET, Kind.POD, Kind.CLAIM), scope.wake());
        }
        ReleaseReader.Found found = reader.read();
        if (found.nothing(volumes)) {
            return empty(home, found);
        }
        Optional<Outcome> held = lease.hold(console);
        return held.isPresent() ? held.get() : next(found);
    }

    private Outcome next(ReleaseReader.Found found) throws Failure, Unavailable, InterruptedException {
        Map<String, Object> set = found.set();
        if (set != null && !terminating(set)) {
            Optional<Outcome> first = volumes ? label(found) : release(set, found.claims(), found.claimsHidden());
            if (first.isPresent()) {
                return first.get();
            }
        }
        found.objects().stream().filter(o -> !terminating(o)).forEach(doomed::add);
        if (doomed.isEmpty() && (!found.objects().isEmpty() || !found.pods().isEmpty())) {
            return Outcome.after(Duration.ofSeconds(2), waitingFor(found));
        }
        if (doomed.isEmpty()) {
            found.claims().stream().filter(c -> !terminating(c)).forEach(doomed::add);
            if (found.keyFileGoes()) {
                doomed.add(found.keyFile());
            }
        }
        return doomed.isEmpty()
                ? Outcome.onChange("claims " + String.join(", ", names(found.claims())) + " to be gone")
                : Outcome.now("the first object");
    }

    /** Sees to it that the claims outlive the set. */
    private Optional<Outcome> release(Map<String, Object> set, List<Map<String, Object>> claims, boolean hidden)
            throws Failure, Unavailable, InterruptedException {
        if ("Delete".equals(Json.text(set, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"))) {
            if (hidden) {
                throw new Failure(
                        "StatefulSet " + name + " takes its claims with it (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete), and this"
                                + " connection, which cannot list them, would not see when they are safe.",
                        "Nothing was removed. Grant it list of persistentvolumeclaims, or give volumes: 'delete'.");
            }
            try {
                kube.patch(Kind.STATEFUL_SET, scope.namespace(), name, Map.of(
                        "metadata", Map.of("resourceVersion", Json.text(set, "metadata", "resourceVersion")),
                        "spec", Map.of("persistentVolumeClaimRetentionPolicy", Map.of("whenDeleted", "Retain"))));
            } catch (Refused e) {
                if (!e.outdated()) {
                    throw e;
                }
                return Optional.of(Outcome.now("the StatefulSet as it is now"));
            }
            console.line("StatefulSet " + name + " would have deleted its claims: it keeps them now");
            return Optional.of(Outcome.now("the claims to be released"));
        }
        List<String> owned = names(claims.stream().filter(RemoveRelease::owned).toList());
        return owned.isEmpty()
                ? Optional.empty()
                : Optional.of(Outcome.onChange("the controller to take its owner references off " + String.join(", ", owned)));
    }

    private Optional<Outcome> label(ReleaseReader.Found found) throws Failure, Unavailable, InterruptedException {
        for (Map<String, Object> claim : found.claims()) {
            if (!name.equals(Json.text(claim, "metadata", "labels", Home.RELEASE))) {
                kube.patch(Kind.CLAIM, scope.namespace(), Manifest.name(claim),
                        Map.of("metadata", Map.of("labels", Map.of(Home.RELEASE, name))));
                return Optional.of(Outcome.now("the claims' labels"));
            }
        }
        return Optional.empty();
    }

    private Outcome delete(Map<String, Object> object) throws Failure, Unavailable, InterruptedException {
        Kind kind = Kind.of(object).orElseThrow();
        // In the foreground an object stays to be seen until its pods are gone: so a run that comes later knows what to wait for.
        boolean pods = kind == Kind.STATEFUL_SET || kind == Kind.DEPLOYMENT;
        try {
            kube.delete(kind, scope.namespace(), Manifest.name(object), Json.text(object, "metadata", "uid"),
                    Map.of("propagationPolicy", pods ? "Foreground" : "Background"));
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e;
            }
            return Outcome.now(Manifest.label(object)); // another one has the name now: to be looked at
        }
        if (removed.add(Manifest.label(object))) {
            console.line("- " + Manifest.label(object) + (kind == Kind.CLAIM ? " (" + ChangeChecks.size(object) + ")" : ""));
        }
        return Outcome.now("the next object");
    }

    /** Nothing of the release is left but, perhaps, volumes and the namespace. */
    private Outcome empty(Home home, ReleaseReader.Found found) throws Failure, Unavailable, InterruptedException {
        lease.remove(console);
        if (!found.claims().isEmpty()) {
            found.claims().forEach(claim -> kept.add(Manifest.label(claim)));
            console.line("keeps the volumes of " + String.join(", ", names(found.claims())) + " (volumes: 'delete' removes them too)");
        }
        if (found.keyFile() != null) {
            kept.add(Manifest.label(found.keyFile()));
            console.line("keeps " + Manifest.label(found.keyFile()) + (found.claimsHidden()
                    ? ": the members' key file, which volumes need that this connection cannot list"
                    : " with them: the members' key file"));
        }
        if (found.unlabelled()) {
            console.line("keeps StatefulSet " + name + ": it does not carry the label " + Home.RELEASE + ", so another applied it");
            kept.add("StatefulSet " + name);
        }
        if (volumes && home.created()) {
            List<String> others = reader.foreign();
            if (others.isEmpty()) {
                home.delete(kube);
                removed.add("Namespace " + home.name());
                console.line("- Namespace " + home.name());
                return Outcome.after(SOON, "namespace " + home.name() + " to be gone");
            }
            kept.add("Namespace " + home.name());
            console.line("keeps Namespace " + home.name() + ": others have in it " + some(others));
        }
        return finish("nothing of release " + name + " is there");
    }

    private Outcome finish(String nothing) {
        console.line(removed.isEmpty() ? nothing : "removed: " + removed.size() + ", all gone after " + since);
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        result.put("removed", new ArrayList<>(removed));
        result.put("kept", new ArrayList<>(kept));
        return Outcome.done(result);
    }

    private static String waitingFor(ReleaseReader.Found found) {
        return found.pods().isEmpty()
                ? String.join(", ", found.objects().stream().map(Manifest::label).toList()) + " to be gone"
                : "pods " + some(names(found.pods())) + " to end";
    }

    private static String some(List<String> all) {
        return all.size() <= 5 ? String.join(", ", all) : String.join(", ", all.subList(0, 5)) + " and " + (all.size() - 5) + " more";
    }

    private static List<String> names(List<Map<String, Object>> objects) {
        return objects.stream().map(Manifest::name).toList();
    }

    private static boolean terminating(Map<String, Object> object) {
        return Json.at(object, "metadata", "deletionTimestamp") != null;
    }

    private static boolean owned(Map<String, Object> claim) {
        return Json.list(claim, "metadata", "ownerReferences").stream()
                .anyMatch(o -> Arrays.asList("StatefulSet", "Pod").contains(o.get("kind")));
    }

    @Override
    public String leftBehind() {
        return removed.isEmpty() ? null : "Removed so far: " + String.join(", ", removed) + ". Running the step again goes on from there.";
    }

    @Override
    public void close() {
        lease.release();
        if (view != null) {
            view.close();
        }
    }
}
