package net.sf.json;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Signature of {@code net.sf.json.JSONObject} in json-lib. */
@SuppressWarnings({"rawtypes", "unchecked"})
public final class JSONObject implements JSON, Map<String, Object>, Comparable {
    private final Map<String, Object> values = new LinkedHashMap<>();

    @Override
    public boolean isArray() {
        return false;
    }

    public boolean isNullObject() {
        return false;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public Object opt(String key) {
        return values.get(key);
    }

    public String optString(String key) {
        return optString(key, "");
    }

    public String optString(String key, String defaultValue) {
        Object value = values.get(key);
        return value == null ? defaultValue : value.toString();
    }

    public boolean optBoolean(String key) {
        return optBoolean(key, false);
    }

    public boolean optBoolean(String key, boolean defaultValue) {
        Object value = values.get(key);
        return value == null ? defaultValue : Boolean.parseBoolean(value.toString());
    }

    public JSONObject optJSONObject(String key) {
        return values.get(key) instanceof JSONObject object ? object : null;
    }

    public JSONArray optJSONArray(String key) {
        return values.get(key) instanceof JSONArray array ? array : null;
    }

    public JSONObject element(String key, Object value) {
        values.put(key, value);
        return this;
    }

    @Override
    public Object get(Object key) {
        return values.get(key);
    }

    @Override
    public Object put(String key, Object value) {
        return values.put(key, value);
    }

    @Override
    public void putAll(Map map) {
        values.putAll(map);
    }

    @Override
    public Object remove(Object key) {
        return values.remove(key);
    }

    @Override
    public boolean containsKey(Object key) {
        return values.containsKey(key);
    }

    @Override
    public boolean containsValue(Object value) {
        return values.containsValue(value);
    }

    @Override
    public void clear() {
        values.clear();
    }

    @Override
    public boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public int size() {
        return values.size();
    }

    @Override
    public Set<String> keySet() {
        return values.keySet();
    }

    @Override
    public Set entrySet() {
        return values.entrySet();
    }

    @Override
    public Collection values() {
        return values.values();
    }

    @Override
    public int compareTo(Object obj) {
        return Integer.compare(size(), ((JSONObject) obj).size());
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
