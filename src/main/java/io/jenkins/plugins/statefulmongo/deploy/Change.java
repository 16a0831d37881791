package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.update.TemplateRoll;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What applying one object does.
 *
 * @param wanted the object as it is applied
 * @param live as it is in the cluster; null where there is none
 * @param after as it would be, by the API server's dry run; null where the server was not asked, as there is no namespace yet
 */
record Change(Map<String, Object> wanted, Map<String, Object> live, Map<String, Object> after) {
    private static final List<String> NOISE =
            List.of("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink");

    /** Whether two looks at an object saw the same object with the same wanted state. */
    static boolean sameSpec(Map<String, Object> one, Map<String, Object> other) {
        return List.of("uid", "generation").stream().allMatch(k -> Objects.equals(Json.at(one, "metadata", k), Json.at(other, "metadata", k)));
    }

    Kind kind() {
        return Kind.of(wanted).orElseThrow();
    }

    String name() {
        return Manifest.name(wanted);
    }

    /** {@code Service db}. */
    String label() {
        return Manifest.label(wanted);
    }

    boolean creates() {
        return live == null;
    }

    boolean changes() {
        return live != null && !entries().isEmpty();
    }

    /** Whether the pods that the object describes would be other pods. */
    boolean changesTemplate() {
        return live != null && !Diff.same(Json.at(live, "spec", "template"), Json.at(after, "spec", "template"));
    }

    List<Diff.Entry> entries() {
        return Diff.between(quiet(live), quiet(after));
    }

    /** One line for an object that is created, one for each field of an object that changes, none for one that stays. */
    List<String> lines() {
        if (creates()) {
            return List.of("+ " + label() + description());
        }
        boolean secret = kind() == Kind.SECRET;
        return entries().stream()
                .map(e -> "~ " + label() + ": " + (secret ? e.discreet() : e))
                .toList();
    }

    private String description() {
        return switch (kind()) {
            case SERVICE -> !"None".equals(Json.text(wanted, "spec", "clusterIP"))
                    ? ""
                    : Json.flag(wanted, "spec", "publishNotReadyAddresses") ? " (headless, names before readiness)" : " (headless)";
            case STATEFUL_SET -> set();
            case SECRET -> KeyFileSecret.is(wanted) ? " (the members' key file, made once)" : "";
            case DEPLOYMENT -> ": " + images() + ", " + pods() + (pods() == 1 ? " pod" : " pods");
            default -> "";
        };
    }

    private String set() {
        var set = io.jenkins.plugins.statefulmongo.state.SetState.of(wanted, null);
        String members = set.isMongo() && set.mongod().replicaSet().isPresent()
                ? (pods() == 1 ? " member" : " members") + " of " + set.mongod().replicaSet().get()
                : pods() == 1 ? " pod" : " pods";
        StringBuilder text = new StringBuilder(": ").append(images()).append(", ").append(pods()).append(members);
        for (Map<String, Object> claim : Json.list(wanted, "spec", "volumeClaimTemplates")) {
            String storageClass = Json.text(claim, "spec", "storageClassName");
            text.append(", ").append(ChangeChecks.size(claim)).append(" each")
                    .append(storageClass == null ? "" : " (" + storageClass + ")");
        }
        if (set.mongod().has("keyFile")) {
            text.append(", with authentication");
        }
        return text.append(set.mongod().requiresTls() ? ", TLS alone" : "").toString();
    }

    private int pods() {
        return Json.number(wanted, 1, "spec", "replicas");
    }

    private String images() {
        return String.join(", ", Json.list(wanted, "spec", "template", "spec", "containers").stream()
                .map(c -> String.valueOf(c.get("image")))
                .toList());
    }

    /** Without what changes by itself. */
    private static Map<String, Object> quiet(Map<String, Object> object) {
        Map<String, Object> copy = Tree.copy(object);
        NOISE.forEach(key -> Json.map(copy, "metadata").remove(key));
        Map<String, Object> annotations = Json.map(copy, "metadata", "annotations");
        if (annotations.containsKey(TemplateRoll.ANNOTATION)) { // an unfinished roll's, which is gone on with
            annotations.remove(TemplateRoll.ANNOTATION);
            if (annotations.isEmpty()) {
                Json.map(copy, "metadata").remove("annotations");
            }
        }
        copy.remove("status");
        return copy;
    }
}
