package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors of a list or a watch. */
final class Selector {
    private static final Pattern IN = Pattern.compile("\\s*([^\\s!=]+)\\s+(in|notin)\\s+\\(([^)]*)\\)\\s*");
    private static final Pattern EQUALS = Pattern.compile("\\s*([^\\s!=]+)\\s*(==|=|!=)\\s*([^\\s]*)\\s*");

    private Selector() {}

    static Predicate<JsonNode> of(Map<String, String> query) {
        return labels(query.getOrDefault("labelSelector", "")).and(fields(query.getOrDefault("fieldSelector", "")));
    }

    static Predicate<JsonNode> labels(String selector) {
        return all(selector, (o, name) -> {
            JsonNode value = Json.at(o, "metadata", "labels", name);
            return value.isMissingNode() ? null : value.asText();
        });
    }

    private static Predicate<JsonNode> fields(String selector) {
        return all(selector, (o, path) -> Json.text(o, path.split("\\.")));
    }

    /** The selector of a workload, with matchLabels and matchExpressions. */
    static boolean matches(JsonNode selector, JsonNode o) {
        JsonNode labels = Json.at(o, "metadata", "labels");
        for (Map.Entry<String, String> e : Json.strings(selector.path("matchLabels")).entrySet()) {
            if (!labels.path(e.getKey()).asText("").equals(e.getValue())) {
                return false;
            }
        }
        for (JsonNode e : selector.path("matchExpressions")) {
            String value = Json.text(labels, e.path("key").asText());
            boolean has = labels.has(e.path("key").asText());
            boolean in = false;
            for (JsonNode wanted : e.path("values")) {
                in |= has && wanted.asText().equals(value);
            }
            boolean holds = switch (e.path("operator").asText()) {
                case "In" -> in;
                case "NotIn" -> !in;
                case "Exists" -> has;
                default -> !has;
            };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    private interface Lookup {
        String find(JsonNode o, String name);
    }

    private static Predicate<JsonNode> all(String selector, Lookup lookup) {
        Predicate<JsonNode> all = o -> true;
        if (selector.isBlank()) {
            return all;
        }
        for (String part : selector.split(",(?![^(]*\\))")) {
            all = all.and(one(part, lookup));
        }
        return all;
    }

    private static Predicate<JsonNode> one(String part, Lookup lookup) {
        Matcher in = IN.matcher(part);
        if (in.matches()) {
            List<String> values = Arrays.stream(in.group(3).split(",")).map(String::trim).toList();
            boolean wanted = in.group(2).equals("in");
            return o -> {
                String value = lookup.find(o, in.group(1));
                return (value != null && values.contains(value)) == wanted;
            };
        }
        Matcher equals = EQUALS.matcher(part);
        if (equals.matches()) {
            boolean wanted = !equals.group(2).equals("!=");
            return o -> equals.group(3).equals(lookup.find(o, equals.group(1))) == wanted;
        }
        String name = part.trim();
        return name.startsWith("!") ? o -> lookup.find(o, name.substring(1)) == null : o -> lookup.find(o, name) != null;
    }
}
