package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the API server says of a StatefulSet. The object itself stays at hand as a plain tree, so that a template can be
 * written back exactly as it was found.
 *
 * @param object the whole StatefulSet
 * @param database the container that runs mongod; empty for a set that is no MongoDB
 */
public record SetState(Map<String, Object> object, Map<String, Object> database) {
    /** The annotation that tells when a StatefulSet was first created, where it was made anew since. */
    public static final String BORN = "stateful-mongo.jenkins.io/born";

    /**
     * @param container the name of mongod's container, or null: then the one whose command or image says mongo, else the only
     *     one
     */
    public static SetState of(Map<String, Object> object, String container) {
        return new SetState(object, Mongod.find(Json.map(object, "spec", "template", "spec"), container));
    }

    public String namespace() {
        return Json.text(object, "metadata", "namespace");
    }

    public String name() {
        return Json.text(object, "metadata", "name");
    }

    public String uid() {
        return Json.text(object, "metadata", "uid");
    }

    /** When it was first created. */
    public String born() {
        String before = annotation(BORN);
        return before == null ? Json.text(object, "metadata", "creationTimestamp") : before;
    }

    public String resourceVersion() {
        return Json.text(object, "metadata", "resourceVersion");
    }

    public String annotation(String key) {
        return Json.text(object, "metadata", "annotations", key);
    }

    public int replicas() {
        return Json.number(object, 1, "spec", "replicas");
    }

    /** The first ordinal: {@code spec.ordinals.start}, default 0. */
    public int start() {
        return Json.number(object, 0, "spec", "ordinals", "start");
    }

    /** The ordinals that the set wants, ascending. */
    public List<Integer> ordinals() {
        return IntStream.range(start(), start() + replicas()).boxed().toList();
    }

    public String pod(int ordinal) {
        return name() + "-" + ordinal;
    }

    /** The headless Service that gives the pods their names. */
    public String service() {
        return Json.text(object, "spec", "serviceName");
    }

    public Map<String, Object> template() {
        return Json.map(object, "spec", "template");
    }

    public Map<String, Object> strategy() {
        return Json.map(object, "spec", "updateStrategy");
    }

    public boolean onDelete() {
        return "OnDelete".equals(Json.text(object, "spec", "updateStrategy", "type"));
    }

    public int partition() {
        return Json.number(object, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
    }

    public String updateRevision() {
        return Json.text(object, "status", "updateRevision");
    }

    /** Whether the controller has seen the latest write; until then the status speaks of an older template. */
    public boolean observed() {
        return Json.number(object, 0, "status", "observedGeneration") >= Json.number(object, 0, "metadata", "generation");
    }

    /** {@code Kind/name} of the object that controls this set (an operator's), or null. */
    public String controller() {
        return Json.list(object, "metadata", "ownerReferences").stream()
                .filter(o -> Json.flag(o, "controller"))
                .map(o -> Json.text(o, "kind") + "/" + Json.text(o, "name"))
                .findFirst()
                .orElse(null);
    }

    public boolean isMongo() {
        return !database.isEmpty();
    }

    public String image() {
        Map<String, Object> container =
                isMongo() ? database : Json.list(object, "spec", "template", "spec", "containers").get(0);
        return Json.text(container, "image");
    }

    public String container() {
        return Json.text(database, "name");
    }

    public Mongod mongod() {
        return Mongod.of(database);
    }

    /** {@code spec.template.spec.terminationGracePeriodSeconds}, default 30. */
    public int graceSeconds() {
        return Json.number(object, 30, "spec", "template", "spec", "terminationGracePeriodSeconds");
    }
}
