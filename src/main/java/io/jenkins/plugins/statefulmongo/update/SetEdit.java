package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The writes of an update. Each changes template, strategy and journal together in the StatefulSet as it was read, resourceVersion
 * included: one conditional write, or none (safety rule 2).
 */
final class SetEdit {
    private SetEdit() {}

    /** The template's database container with another image; everything else as it is. */
    static Map<String, Object> withImage(SetState set, String image) {
        List<Object> containers = new ArrayList<>();
        for (Map<String, Object> container : Json.list(set.template(), "spec", "containers")) {
            containers.add(set.container().equals(container.get("name")) ? with(container, "image", image) : container);
        }
        return with(set.template(), "spec", with(Json.map(set.template(), "spec"), "containers", containers));
    }

    /** The set under an update: that template, OnDelete, the journal. */
    static Map<String, Object> rolling(SetState set, Map<String, Object> template, String journal) {
        return write(set, template, Map.of("type", "OnDelete"), journal);
    }

    /** The set after an update: its own strategy again, no journal. */
    static Map<String, Object> finished(SetState set, Journal journal) {
        return write(set, set.template(), journal.strategy(), null);
    }

    private static Map<String, Object> write(
            SetState set, Map<String, Object> template, Map<String, Object> strategy, String journal) {
        Map<String, Object> annotations = new LinkedHashMap<>(Json.map(set.object(), "metadata", "annotations"));
        if (journal == null) {
            annotations.remove(Journal.ANNOTATION);
        } else {
            annotations.put(Journal.ANNOTATION, journal);
        }
        Map<String, Object> spec = with(Json.map(set.object(), "spec"), "template", template);
        spec.put("updateStrategy", strategy);
        Map<String, Object> object = with(set.object(), "spec", spec);
        object.put("metadata", with(Json.map(set.object(), "metadata"), "annotations", annotations));
        return object;
    }

    private static Map<String, Object> with(Map<String, Object> map, String key, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
