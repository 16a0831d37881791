package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Leaves the images of workloads that run to {@code rollingImageUpdate}: a manifest's image counts for a workload's creation only. */
final class KeptImages {
    private static final Set<Kind> WORKLOADS = Set.of(Kind.DEPLOYMENT, Kind.STATEFUL_SET);

    private KeptImages() {}

    /** The objects, with the images that their containers have in the cluster. Says each that differs. */
    static List<Map<String, Object>> in(Kube kube, String namespace, List<Map<String, Object>> objects, Console console)
            throws Failure, Unavailable, InterruptedException {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map<String, Object> object : objects) {
            Optional<Kind> kind = Kind.of(object).filter(WORKLOADS::contains);
            Optional<Map<String, Object>> live =
                    kind.isPresent() ? kube.get(kind.get(), namespace, Manifest.name(object)) : Optional.empty();
            all.add(live.isPresent() ? kept(object, live.get(), console) : object);
        }
        return all;
    }

    private static Map<String, Object> kept(Map<String, Object> object, Map<String, Object> live, Console console) {
        Map<String, Object> copy = Tree.copy(object);
        for (Map<String, Object> container : Json.list(copy, "spec", "template", "spec", "containers")) {
            Json.list(live, "spec", "template", "spec", "containers").stream()
                    .filter(c -> c.get("name").equals(container.get("name")) && !c.get("image").equals(container.get("image")))
                    .findFirst()
                    .ifPresent(c -> {
                        container.put("image", c.get("image"));
                        String line = Manifest.label(object) + " keeps " + c.get("image") + " (rollingImageUpdate changes images)";
                        console.changed(line, line);
                    });
        }
        return copy;
    }
}
