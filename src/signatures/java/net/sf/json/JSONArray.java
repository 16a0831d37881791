package net.sf.json;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Signature of {@code net.sf.json.JSONArray} in json-lib. */
@SuppressWarnings({"rawtypes", "unchecked"})
public final class JSONArray implements JSON, Iterable<Object> {
    private final List<Object> values = new ArrayList<>();

    @Override
    public boolean isArray() {
        return true;
    }

    @Override
    public boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public int size() {
        return values.size();
    }

    public boolean add(Object value) {
        return values.add(value);
    }

    public Object get(int index) {
        return values.get(index);
    }

    public JSONObject getJSONObject(int index) {
        return (JSONObject) values.get(index);
    }

    @Override
    public Iterator iterator() {
        return values.iterator();
    }
}
