package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why the API server refused a server-side apply: fields that others manage and that would change.
 *
 * @param fields by manager
 */
record Conflict(Map<String, List<String>> fields) {
    private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]+)\"");

    /** Read from the causes of the server's answer; without managers where it was another conflict. */
    static Conflict of(List<Map<String, Object>> causes) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (Map<String, Object> cause : causes) {
            Matcher m = MANAGER.matcher(String.valueOf(cause.get("message")));
            if ("FieldManagerConflict".equals(cause.get("reason")) && m.find()) {
                fields.computeIfAbsent(m.group(1), k -> new ArrayList<>())
                        .add(String.valueOf(Json.text(cause, "field")).replaceFirst("^\\.", ""));
            }
        }
        return new Conflict(fields);
    }

    boolean isOnlyWith(String manager) {
        return fields.keySet().equals(Set.of(manager));
    }

    boolean isWithManagers() {
        return !fields.isEmpty();
    }

    Failure failure(String object, String manager) {
        return new Failure(
                object + " is managed by others too: "
                        + fields.entrySet().stream()
                                .filter(e -> !e.getKey().equals(manager))
                                .map(e -> "'" + e.getKey() + "' set " + String.join(", ", e.getValue()))
                                .collect(Collectors.joining("; "))
                        + ", which would change.",
                "This step never takes a field from another manager by force.",
                "Give the value that it has, or leave the field out, or let the other one give it up.");
    }
}
