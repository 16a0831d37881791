package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.JsonText;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an update must know and could not see again: kept in an annotation of the StatefulSet from the first write to the last, so that
 * any later build finishes what an earlier one began.
 *
 * @param holder who began it, or took it up last
 * @param strategy the update strategy to return to
 * @param template the pod template to roll back to
 * @param term the set's election term at the start, -1 where nobody answered
 * @param startedAt when it began, by the controller's clock
 * @param failure why it is being rolled back; null while it goes forward
 * @param opened why its data forbids the way back, as it was seen once: the pod that showed it may be gone; null where nothing does
 */
record Journal(
        String holder,
        Map<String, Object> strategy,
        Map<String, Object> template,
        long term,
        Instant startedAt,
        String failure,
        String opened) {
    static final String ANNOTATION = "stateful-mongo.jenkins.io/update";

    /** The journal of a StatefulSet under an update; empty where none is under way. */
    static Optional<Journal> of(SetState set, JsonText json) throws Failure {
        String text = set.annotation(ANNOTATION);
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Map<String, Object> tree = json.read(text);
            // What is written back into the StatefulSet must be whole: a strategy left out would come back as RollingUpdate.
            if (Json.text(tree, "strategy", "type") != null && !Json.list(tree, "template", "spec", "containers").isEmpty()) {
                return Optional.of(new Journal(
                        Objects.requireNonNullElse(Json.text(tree, "holder"), "somebody"),
                        Json.map(tree, "strategy"),
                        Json.map(tree, "template"),
                        Json.number(tree, -1, "term"),
                        Instant.parse(Json.text(tree, "startedAt")),
                        Json.text(tree, "failure"),
                        Json.text(tree, "opened")));
            }
        } catch (RuntimeException e) {
            // No JSON, no object, no time: damaged like the rest.
        }
        throw new Failure(
                "StatefulSet " + set.name() + " has an unfinished update, but its journal (annotation " + ANNOTATION + ") is damaged.",
                "Nothing was touched: nobody can tell any more which template and strategy it began with.",
                "Set updateStrategy to OnDelete, remove the annotation (kubectl annotate statefulset " + set.name() + " " + ANNOTATION
                        + "-) and run the step again: it brings every pod to the template.");
    }

    Journal goingBack(String why) {
        return new Journal(holder, strategy, template, term, startedAt, why, opened);
    }

    Journal goingForward(String by) {
        return new Journal(by, strategy, template, term, startedAt, null, opened);
    }

    Journal opened(String why) {
        return new Journal(holder, strategy, template, term, startedAt, failure, why);
    }

    boolean back() {
        return failure != null;
    }

    /** The old template's image of the same container. */
    String image(SetState set) {
        return Json.list(template, "spec", "containers").stream()
                .filter(c -> set.container().equals(c.get("name")))
                .map(c -> Json.text(c, "image"))
                .findFirst()
                .orElse("unknown");
    }

    String text(JsonText json) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("holder", holder);
        tree.put("strategy", strategy);
        tree.put("template", template);
        tree.put("term", term);
        tree.put("startedAt", startedAt.toString());
        if (failure != null) {
            tree.put("failure", failure);
        }
        if (opened != null) {
            tree.put("opened", opened);
        }
        return json.write(tree);
    }
}
