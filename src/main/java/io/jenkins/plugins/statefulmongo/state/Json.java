package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Map;

/**
 * Reads plain JSON trees (maps, lists, strings, numbers, booleans): the form in which Kubernetes objects travel through the
 * deciding code, which knows no client library's types.
 */
public final class Json {
    private Json() {}

    /** The node under {@code path}, or null where a step of the path is missing. */
    public static Object at(Object root, String... path) {
        Object node = root;
        for (String key : path) {
            if (!(node instanceof Map<?, ?> map)) {
                return null;
            }
            node = map.get(key);
        }
        return node;
    }

    /** The text under {@code path}, or null. Numbers and booleans are given as text. */
    public static String text(Object root, String... path) {
        Object node = at(root, path);
        return node == null || node instanceof Map || node instanceof List ? null : node.toString();
    }

    /** The whole number under {@code path}, or {@code otherwise} where there is none. */
    public static int number(Object root, int otherwise, String... path) {
        return at(root, path) instanceof Number n ? n.intValue() : otherwise;
    }

    /** True only where {@code path} holds {@code true}. */
    public static boolean flag(Object root, String... path) {
        return Boolean.TRUE.equals(at(root, path));
    }

    /** The object under {@code path}; empty where there is none. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> map(Object root, String... path) {
        return at(root, path) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The objects of the list under {@code path}; empty where there is none. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> list(Object root, String... path) {
        return at(root, path) instanceof List<?> list
                ? list.stream().filter(Map.class::isInstance).map(e -> (Map<String, Object>) e).toList()
                : List.of();
    }

    /** The texts of the list under {@code path}; empty where there is none. */
    public static List<String> texts(Object root, String... path) {
        return at(root, path) instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
    }
}
