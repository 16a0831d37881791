package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A Deployment or StatefulSet with the container whose image is to change.
 *
 * @param object the whole workload as it was read
 * @param container the container's name
 */
record Workload(Kind kind, Map<String, Object> object, String container) {

    /** @param wanted the container's name, or null: then the only one */
    static Workload of(Kind kind, Map<String, Object> object, String wanted) throws Failure {
        List<String> names = containers(object).stream().map(c -> Json.text(c, "name")).toList();
        String label = kind.kind() + " " + Json.text(object, "metadata", "name");
        String all = String.join(", ", names);
        if (wanted != null && !names.contains(wanted)) {
            throw new Failure("parameter 'container' names '" + wanted + "', but " + label + " has no such container.", "It has: " + all + ".");
        }
        if (wanted == null && names.size() != 1) {
            throw new Failure(label + " has several containers: " + all + ".", "Name the one to update with the parameter 'container'.");
        }
        return new Workload(kind, object, wanted == null ? names.get(0) : wanted);
    }

    /** Refuses what nobody would roll out, or what somebody else rules. */
    void check() throws Failure {
        String owner = Json.list(object, "metadata", "ownerReferences").stream()
                .filter(o -> Json.flag(o, "controller"))
                .map(o -> o.get("kind") + "/" + o.get("name"))
                .collect(Collectors.joining());
        if (!owner.isEmpty()) {
            throw new Failure(label() + " belongs to " + owner + ", which would undo the change.", "Change the image there.");
        }
        if (Json.flag(object, "spec", "paused")) {
            throw new Failure(label() + " is paused: nobody would roll it out.", "Resume it first: kubectl rollout resume.");
        }
        if (kind == Kind.STATEFUL_SET) {
            SetState set = SetState.of(object, null);
            if (set.onDelete()) {
                throw new Failure(label() + " has the updateStrategy OnDelete: its controller would replace no pod.",
                        "Set it to RollingUpdate.");
            }
            if (set.partition() > 0) {
                throw new Failure(label() + " has the partition " + set.partition() + ": the pods below it would keep their image.",
                        "Set spec.updateStrategy.rollingUpdate.partition to 0 first.");
            }
        }
    }

    String label() {
        return kind.kind() + " " + Json.text(object, "metadata", "name");
    }

    String image() {
        return containers(object).stream()
                .filter(c -> container.equals(c.get("name")))
                .map(c -> Json.text(c, "image"))
                .findFirst()
                .orElseThrow();
    }

    Optional<PlainJournal> journal() {
        return PlainJournal.of(Json.text(object, "metadata", "annotations", WaitDecision.UPDATE)).filter(j -> container.equals(j.container()));
    }

    /**
     * The merge patch that sets image and journal in one write, on exactly the version that was read. It carries the whole list of
     * containers, as a merge patch replaces lists; what is equal keeps its field managers.
     *
     * @param journal null to remove it
     */
    Map<String, Object> patch(String image, PlainJournal journal) {
        List<Map<String, Object>> containers = containers(object).stream()
                .map(c -> {
                    Map<String, Object> copy = new LinkedHashMap<>(c);
                    if (container.equals(c.get("name"))) {
                        copy.put("image", image);
                    }
                    return copy;
                })
                .toList();
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put(WaitDecision.UPDATE, journal == null ? null : journal.text());
        return Map.of(
                "metadata", Map.of("resourceVersion", Json.text(object, "metadata", "resourceVersion"), "annotations", annotations),
                "spec", Map.of("template", Map.of("spec", Map.of("containers", containers))));
    }

    private static List<Map<String, Object>> containers(Map<String, Object> object) {
        return Json.list(object, "spec", "template", "spec", "containers");
    }
}
