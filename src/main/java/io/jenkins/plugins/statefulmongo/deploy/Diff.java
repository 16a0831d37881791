package io.jenkins.plugins.statefulmongo.deploy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How two trees differ, as a person would say it: one entry for each value that changed, by a path that names list elements by their own
 * names ({@code containers[db]}). A part that is on one side only is one entry. Null counts as not there.
 */
final class Diff {
    /** What tells one element of a list from the others, in Kubernetes' own lists. */
    private static final List<String> KEYS = List.of("name", "mountPath", "containerPort", "port", "host", "path", "type");

    private Diff() {}

    /**
     * One difference.
     *
     * @param before null where it was added
     * @param after null where it was removed
     */
    record Entry(String path, Object before, Object after) {
        @Override
        public String toString() {
            if (before == null) {
                return path + ": " + (after instanceof Map ? "added" : "added, " + shown(after));
            }
            if (after == null) {
                return path + ": " + (before instanceof Map ? "removed" : "removed, was " + shown(before));
            }
            return path + ": " + shown(before) + " -> " + shown(after);
        }

        /** As {@link #toString()} without the values, for what may be secret. */
        String discreet() {
            return path + ": " + (before == null ? "added" : after == null ? "removed" : "changed");
        }
    }

    static List<Entry> between(Object before, Object after) {
        List<Entry> entries = new ArrayList<>();
        compare("", before, after, entries);
        return entries;
    }

    private static void compare(String path, Object before, Object after, List<Entry> entries) {
        if (before instanceof Map<?, ?> a && after instanceof Map<?, ?> b) {
            for (Object key : keys(a, b)) {
                compare(step(path, key.toString()), a.get(key), b.get(key), entries);
            }
        } else if (before instanceof List<?> a && after instanceof List<?> b && key(a, b) != null) {
            lists(path, a, b, key(a, b), entries);
        } else if (!same(before, after)) {
            entries.add(new Entry(path, before, after));
        }
    }

    private static void lists(String path, List<?> before, List<?> after, String key, List<Entry> entries) {
        Map<String, Object> a = byKey(before, key);
        Map<String, Object> b = byKey(after, key);
        for (Object name : keys(a, b)) {
            compare(path + "[" + name + "]", a.get(name), b.get(name), entries);
        }
        List<String> stayedBefore = a.keySet().stream().filter(b::containsKey).toList();
        List<String> stayedAfter = b.keySet().stream().filter(a::containsKey).toList();
        if (!stayedBefore.equals(stayedAfter)) {
            entries.add(new Entry(path + " (order)", String.join(", ", stayedBefore), String.join(", ", stayedAfter)));
        }
    }

    /** The key that tells the elements of both lists apart, or null: then they are compared as a whole. */
    private static String key(List<?> a, List<?> b) {
        return KEYS.stream().filter(k -> tellsApart(k, a) && tellsApart(k, b)).findFirst().orElse(null);
    }

    private static boolean tellsApart(String key, List<?> list) {
        return list.stream().allMatch(e -> e instanceof Map<?, ?> map && map.get(key) != null)
                && byKey(list, key).size() == list.size();
    }

    private static Map<String, Object> byKey(List<?> list, String key) {
        Map<String, Object> map = new LinkedHashMap<>();
        list.forEach(e -> map.put(((Map<?, ?>) e).get(key).toString(), e));
        return map;
    }

    private static Set<Object> keys(Map<?, ?> a, Map<?, ?> b) {
        Set<Object> keys = new LinkedHashSet<>(a.keySet());
        keys.addAll(b.keySet());
        return keys;
    }

    private static String step(String path, String key) {
        if (path.isEmpty()) {
            return key;
        }
        return key.matches("[\\w-]+") ? path + "." + key : path + "[" + key + "]";
    }

    static boolean same(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return new BigDecimal(x.toString()).compareTo(new BigDecimal(y.toString())) == 0;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return keys(x, y).stream().allMatch(k -> same(x.get(k), y.get(k)));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return x.size() == y.size() && java.util.stream.IntStream.range(0, x.size()).allMatch(i -> same(x.get(i), y.get(i)));
        }
        return Objects.equals(a, b);
    }

    private static String shown(Object value) {
        String text = value instanceof List<?> list && list.stream().noneMatch(e -> e instanceof Map || e instanceof List)
                ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
                : String.valueOf(value);
        long lines = text.lines().count();
        if (lines > 1) {
            return "(" + lines + " lines)";
        }
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
