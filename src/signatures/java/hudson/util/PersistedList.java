package hudson.util;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Signature of {@code hudson.util.PersistedList} in jenkins-core. */
public class PersistedList<T> extends AbstractList<T> {
    private final List<T> elements = new CopyOnWriteArrayList<>();

    protected PersistedList() {}

    @Override
    public boolean add(T item) {
        return elements.add(item);
    }

    @Override
    public T get(int index) {
        return elements.get(index);
    }

    public <U extends T> U get(Class<U> type) {
        return elements.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
    }

    @Override
    public int size() {
        return elements.size();
    }
}
