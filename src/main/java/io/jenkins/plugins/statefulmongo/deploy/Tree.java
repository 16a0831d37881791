package io.jenkins.plugins.statefulmongo.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes and changes plain JSON trees. */
final class Tree {
    private Tree() {}

    /** A map of the given keys and values in turn; a null value leaves its key out. */
    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) {
                map.put((String) pairs[i], pairs[i + 1]);
            }
        }
        return map;
    }

    /** All elements of the given lists. */
    @SafeVarargs
    static <T> List<T> list(List<? extends T>... lists) {
        List<T> all = new ArrayList<>();
        for (List<? extends T> list : lists) {
            all.addAll(list);
        }
        return all;
    }

    /** A copy that shares no map and no list with {@code node}. */
    @SuppressWarnings("unchecked")
    static <T> T copy(T node) {
        if (node instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, value) -> copy.put(key, copy(value)));
            return (T) copy;
        }
        if (node instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(copy(element)));
            return (T) copy;
        }
        return node;
    }

    /** Puts {@code value} under {@code path}, making the maps on the way; null takes the last key away. Changes {@code root}. */
    @SuppressWarnings("unchecked")
    static void set(Map<String, Object> root, Object value, String... path) {
        Map<String, Object> node = root;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(node.get(path[i]) instanceof Map)) {
                if (value == null) {
                    return;
                }
                node.put(path[i], new LinkedHashMap<String, Object>());
            }
            node = (Map<String, Object>) node.get(path[i]);
        }
        if (value == null) {
            node.remove(path[path.length - 1]);
        } else {
            node.put(path[path.length - 1], value);
        }
    }
}
