package io.jenkins.plugins.statefulmongo.steps;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a step may return: a Pipeline's sandbox and its stored state take these types, and no class of a plugin. */
final class PlainData {
    private PlainData() {}

    /** A copy made of LinkedHashMap, ArrayList, String, Number, Boolean and null only. */
    static Object of(Object value) {
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, v) -> copy.put(String.valueOf(key), of(v)));
            return copy;
        }
        if (value instanceof Collection<?> items) {
            Collection<Object> copy = new ArrayList<>(items.size());
            items.forEach(item -> copy.add(of(item)));
            return copy;
        }
        return value instanceof Number number ? (Object) number.doubleValue() : value.toString();
    }
}
