package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads parameter {@code manifest}: the objects of a YAML text, refused where one cannot be what the author meant. */
public final class Manifest {
    /** The kinds that a manifest may hold, in the order in which they are applied: what others need comes first. */
    static final List<Kind> KINDS = List.of(
            Kind.NAMESPACE, Kind.LIMIT_RANGE, Kind.QUOTA, Kind.SERVICE_ACCOUNT, Kind.ROLE, Kind.ROLE_BINDING, Kind.SECRET, Kind.CONFIG_MAP,
            Kind.NETWORK_POLICY, Kind.CLAIM, Kind.SERVICE, Kind.DISRUPTION_BUDGET, Kind.STATEFUL_SET, Kind.DEPLOYMENT, Kind.AUTOSCALER,
            Kind.INGRESS);

    /** What the API server writes and an exported object still carries. */
    private static final List<String> SERVERS_OWN =
            List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink");

    private Manifest() {}

    /**
     * To be called before the text is stored anywhere.
     *
     * @throws Failure where an object of the text, or one inside another, is a Secret with its data; or where the text is no YAML, so that
     *     nobody knows
     */
    public static void refuseSecrets(String text) throws Failure {
        refuseSecrets(documents(text));
    }

    private static List<Map<String, Object>> documents(String text) throws Failure {
        return Yaml.all(text, "the manifest");
    }

    private static void refuseSecrets(List<Map<String, Object>> documents) throws Failure {
        for (Map<String, Object> object : documents) {
            if (holdsSecret(object)) {
                String label = object.get("kind") instanceof String kind
                        ? " (" + kind + (Json.at(object, "metadata", "name") instanceof String name ? " " + name : "") + ")"
                        : "";
                throw new Failure(
                        "document " + (documents.indexOf(object) + 1) + " of the manifest" + label
                                + " holds a secret's data, which a step's arguments must not: Jenkins stores them with the build.",
                        "Take it out. Keep the secret in Jenkins' credentials, or create it in the cluster beforehand.");
            }
        }
    }

    private static boolean holdsSecret(Object node) {
        if (node instanceof List<?> list) {
            return list.stream().anyMatch(Manifest::holdsSecret);
        }
        if (!(node instanceof Map<?, ?> map)) {
            return false;
        }
        boolean secret = Kind.SECRET.kind().equals(map.get("kind")) && (map.get("data") != null || map.get("stringData") != null);
        return secret || map.values().stream().anyMatch(Manifest::holdsSecret);
    }

    /**
     * @param namespace of the step: objects may name it or none
     * @throws Failure naming the document and what is wrong with it
     */
    static List<Map<String, Object>> read(String text, String namespace) throws Failure {
        List<Map<String, Object>> objects = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        List<Map<String, Object>> documents = documents(text);
        refuseSecrets(documents);
        int document = 0;
        for (Map<String, Object> found : documents) {
            document++;
            Map<String, Object> object = Tree.copy(found);
            check(object, document, namespace);
            Integer before = seen.put(label(object), document);
            if (before != null) {
                throw new Failure("the manifest has " + label(object) + " twice: documents " + before + " and " + document + ".",
                        "Keep one of them.");
            }
            octalModes(object);
            SERVERS_OWN.forEach(key -> Json.map(object, "metadata").remove(key));
            object.remove("status");
            objects.add(object);
        }
        if (objects.isEmpty()) {
            throw new Failure("the manifest holds no object.", "Give it Kubernetes objects as YAML text, or describe the release by parameters.");
        }
        return objects;
    }

    /** The database: the only StatefulSet, which must have the step's name. */
    static Map<String, Object> database(List<Map<String, Object>> objects, String name) throws Failure {
        List<Map<String, Object>> sets = of(objects, Kind.STATEFUL_SET);
        if (sets.size() != 1) {
            String found = (sets.isEmpty() ? objects : sets).stream().map(Manifest::label).collect(Collectors.joining(", "));
            throw new Failure(
                    "the manifest must hold exactly one StatefulSet, the database, but holds " + (sets.isEmpty() ? "none" : sets.size())
                            + ": " + found + ".",
                    sets.isEmpty() ? "Add it, or apply these objects with applyManifest." : "Apply the others with applyManifest.");
        }
        String found = name(sets.get(0));
        if (!found.equals(name)) {
            throw new Failure(
                    "the manifest's StatefulSet is named '" + found + "', but the step's name is '" + name + "'.",
                    "Give name: '" + found + "' to this step and to those that follow it.");
        }
        return sets.get(0);
    }

    static List<Map<String, Object>> of(List<Map<String, Object>> objects, Kind kind) {
        return objects.stream().filter(o -> Kind.of(o).filter(kind::equals).isPresent()).toList();
    }

    static String name(Map<String, Object> object) {
        return Json.text(object, "metadata", "name");
    }

    /** {@code Service db}. */
    static String label(Map<String, Object> object) {
        return object.get("kind") + " " + name(object);
    }

    private static void check(Map<String, Object> object, int document, String namespace) throws Failure {
        String where = "document " + document + " of the manifest";
        if (!(object.get("kind") instanceof String kind) || !(object.get("apiVersion") instanceof String apiVersion)) {
            throw new Failure(where + " has no " + (object.get("kind") instanceof String ? "apiVersion" : "kind") + ".",
                    "Every object begins with apiVersion and kind, for example apiVersion: v1 and kind: Service.");
        }
        if (!(Json.at(object, "metadata", "name") instanceof String name) || name.isBlank()) {
            throw new Failure(where + " (" + kind + ") has no metadata.name that is text.",
                    "Name it; a name that consists of digits or is a word such as yes needs quotes.");
        }
        where = where + " (" + kind + " " + name + ")";
        checkKind(kind, apiVersion, where);
        checkNamespace(object, namespace, where);
        for (String part : List.of("spec", "metadata")) {
            if (object.get(part) != null && !(object.get(part) instanceof Map)) {
                throw new Failure(where + ": '" + part + "' is no map but " + object.get(part).getClass().getSimpleName() + ".",
                        "Check its indentation.");
            }
        }
    }

    /** kubectl reads YAML 1.1, where 0400 is octal; to YAML 1.2 it is a text, which the API server would refuse. */
    @SuppressWarnings("unchecked")
    private static void octalModes(Object node) {
        if (node instanceof List<?> list) {
            list.forEach(Manifest::octalModes);
        } else if (node instanceof Map<?, ?> map) {
            ((Map<String, Object>) map).replaceAll((key, value) ->
                    (key.equals("defaultMode") || key.equals("mode")) && value instanceof String text && text.matches("0[0-7]{3}")
                            ? Integer.valueOf(text, 8)
                            : value);
            map.values().forEach(Manifest::octalModes);
        }
    }

    private static void checkKind(String kind, String apiVersion, String where) throws Failure {
        Optional<Kind> known = Kind.named(kind).filter(KINDS::contains);
        if (known.isEmpty()) {
            throw new Failure(
                    where + ": objects of kind " + kind + " (" + apiVersion + ") are not handled.",
                    "Handled are " + KINDS.stream().map(Kind::kind).collect(Collectors.joining(", ")) + ".",
                    "Take it out of the manifest and apply it by other means.");
        }
        if (!known.get().apiVersion().equals(apiVersion)) {
            throw new Failure(
                    where + " has apiVersion " + apiVersion + ", which is not the one that Kubernetes serves today.",
                    "Write apiVersion: " + known.get().apiVersion() + hint(apiVersion) + ".");
        }
    }

    private static String hint(String apiVersion) {
        return switch (apiVersion) {
            case "extensions/v1beta1", "apps/v1beta1", "apps/v1beta2" ->
                "; a StatefulSet and a Deployment then need spec.selector, an Ingress spec.rules[].http.paths[].pathType and backend.service";
            case "networking.k8s.io/v1beta1" -> "; it needs spec.rules[].http.paths[].pathType and backend.service";
            default -> "";
        };
    }

    private static void checkNamespace(Map<String, Object> object, String namespace, String where) throws Failure {
        if (object.get("kind").equals(Kind.NAMESPACE.kind())) {
            if (!namespace.equals(name(object))) {
                throw new Failure(where + " is another namespace than the step's, '" + namespace + "'.",
                        "Give namespace: '" + name(object) + "', or take the object out: the step creates its namespace itself.");
            }
            return;
        }
        Object own = Json.at(object, "metadata", "namespace");
        if (own != null && !own.equals(namespace)) {
            throw new Failure(where + " is in namespace '" + own + "', but the step's is '" + namespace + "'.",
                    "Leave metadata.namespace out, or give the step namespace: '" + own + "'.");
        }
    }
}
