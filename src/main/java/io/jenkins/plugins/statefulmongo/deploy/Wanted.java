package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.size.SizeChange;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The release as the step's parameters describe it, checked as far as that goes without a cluster.
 *
 * @param objects all but the Namespace, with our label
 * @param home the manifest's own Namespace object, or null
 * @param set the database among the objects
 * @param release that the wanted image is
 */
record Wanted(List<Map<String, Object>> objects, Map<String, Object> home, SetState set, Release release) {
    /** The controller adds {@code -N} to pods and a hash of ten characters to a label: what is left of 63. */
    private static final int LONGEST_NAME = 52;

    static Wanted of(Parameters parameters, String namespace, String name) throws Failure {
        if (name.length() > LONGEST_NAME) {
            throw Parameters.bad("name", "must have at most " + LONGEST_NAME + " characters, but has " + name.length());
        }
        List<Map<String, Object>> all;
        if (parameters.has("manifest")) {
            parameters.without("manifest", Blueprint.PARAMETERS);
            all = Manifest.read(parameters.raw("manifest"), namespace);
        } else {
            all = Blueprint.objects(parameters, name);
        }
        Map<String, Object> object = Manifest.database(all, name);
        if (Json.at(object, "spec", "updateStrategy", "type") == null) {
            Tree.set(object, "OnDelete", "spec", "updateStrategy", "type");
        }
        List<Map<String, Object>> objects = labelled(all, namespace, name);
        SetState set = SetState.of(Manifest.database(objects, name), parameters.text("container", null));
        checkContainer(set, parameters.text("container", null));
        Release release = DatabaseChecks.release(set.image(), parameters.text("version", null));
        DatabaseChecks checks = new DatabaseChecks(set);
        checks.shape();
        checks.options(release);
        return new Wanted(objects, Manifest.of(all, Kind.NAMESPACE).stream().findFirst().orElse(null), set, release);
    }

    private static void checkContainer(SetState set, String container) throws Failure {
        if (!set.isMongo()) {
            throw new Failure(
                    "StatefulSet " + set.name() + (container == null
                            ? " runs no MongoDB: no container's command or image says mongod."
                            : " has no container '" + container + "'."),
                    container == null
                            ? "Name its container with the parameter 'container', or apply it with applyManifest."
                            : "The parameter 'container' names mongod's container.");
        }
    }

    /** A copy of all but the Namespace, each in the namespace and with the label by which the release is found again. */
    static List<Map<String, Object>> labelled(List<Map<String, Object>> objects, String namespace, String release) {
        List<Map<String, Object>> copies = new ArrayList<>();
        for (Map<String, Object> object : objects) {
            if (Kind.of(object).filter(Kind.NAMESPACE::equals).isEmpty()) {
                Map<String, Object> copy = Tree.copy(object);
                Tree.set(copy, namespace, "metadata", "namespace");
                Tree.set(copy, release, "metadata", "labels", Home.RELEASE);
                Json.list(copy, "spec", "volumeClaimTemplates")
                        .forEach(template -> Tree.set(template, release, "metadata", "labels", Home.RELEASE));
                copies.add(copy);
            }
        }
        return copies;
    }

    /** The same with one object more, which gets our label too. */
    Wanted and(Map<String, Object> object, String namespace) {
        return new Wanted(Tree.list(objects, labelled(List.of(object), namespace, set.name())), home, set, release);
    }

    List<Map<String, Object>> objectsIn(Home there) {
        return with(objects, home, there);
    }

    /**
     * With the manifest's own Namespace object where the namespace can be seen: its fields are applied as they are given, and no more, for
     * the namespace may be another's.
     */
    static List<Map<String, Object>> with(List<Map<String, Object>> objects, Map<String, Object> home, Home there) {
        List<Map<String, Object>> all = new ArrayList<>(objects);
        if (home != null && there.live() != null) {
            all.add(home);
        }
        return all;
    }

    /** The Service that names the members, if it is among the objects. */
    Optional<Map<String, Object>> service() {
        return Manifest.of(objects, Kind.SERVICE).stream()
                .filter(s -> Manifest.name(s).equals(set.service()))
                .findFirst();
    }

    /**
     * The same beside the set that runs: with its image, which only an update changes (safety rule 1), and its claim templates' labels,
     * which nobody can change. While an update or a growth is under way, what tells so stays.
     */
    Wanted beside(SetState live, String journal) {
        Map<String, Object> object = Tree.copy(set.object());
        if (live.isMongo()) {
            Json.list(object, "spec", "template", "spec", "containers").stream()
                    .filter(c -> set.container().equals(c.get("name")))
                    .forEach(c -> c.put("image", live.image()));
        }
        List<Map<String, Object>> is = Json.list(live.object(), "spec", "volumeClaimTemplates");
        for (Map<String, Object> template : Json.list(object, "spec", "volumeClaimTemplates")) {
            is.stream()
                    .filter(t -> Manifest.name(t).equals(Manifest.name(template)))
                    .findFirst()
                    .ifPresent(t -> Tree.set(template, Json.at(t, "metadata", "labels"), "metadata", "labels"));
        }
        Tree.set(object, live.annotation(SizeChange.ANNOTATION), "metadata", "annotations", SizeChange.ANNOTATION);
        if (live.annotation(journal) != null) {
            Tree.set(object, Tree.map("type", "OnDelete"), "spec", "updateStrategy");
        }
        return with(object);
    }

    /** The same with the claim templates' sizes that the set has, where they are to be more: they grow by other means. */
    Wanted sizedAs(SetState live) {
        Map<String, String> is = StorageDecision.sizes(live);
        Map<String, Object> object = Tree.copy(set.object());
        for (Map<String, Object> template : Json.list(object, "spec", "volumeClaimTemplates")) {
            if (StorageDecision.growing(live, StorageDecision.sizes(set)).containsKey(Manifest.name(template))) {
                Tree.set(template, is.get(Manifest.name(template)), "spec", "resources", "requests", "storage");
            }
        }
        return with(object);
    }

    /** The same with what its members show and trust by TLS. */
    Wanted with(Trust trust) {
        Map<String, Object> object = Tree.copy(set.object());
        Tree.set(object, trust.text(), "spec", "template", "metadata", "annotations", Trust.ANNOTATION);
        return with(object);
    }

    private Wanted with(Map<String, Object> object) {
        List<Map<String, Object>> others = new ArrayList<>(objects);
        others.replaceAll(o -> Kind.of(o).filter(Kind.STATEFUL_SET::equals).isPresent() ? object : o);
        return new Wanted(others, home, SetState.of(object, set.container()), release);
    }
}
