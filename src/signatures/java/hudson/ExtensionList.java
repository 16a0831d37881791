package hudson;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.java.sezpoz.Index;
import net.java.sezpoz.IndexItem;

/** Signature of {@code hudson.ExtensionList} in jenkins-core. */
public class ExtensionList<T> extends AbstractList<T> {
    private static final Map<Class<?>, Object> INSTANCES = new HashMap<>();

    public final Class<T> extensionType;
    private final List<T> extensions;

    private ExtensionList(Class<T> extensionType) {
        this.extensionType = extensionType;
        this.extensions = indexed(extensionType);
    }

    public static <T> ExtensionList<T> lookup(Class<T> type) {
        return new ExtensionList<>(type);
    }

    public static <U> U lookupSingleton(Class<U> type) {
        List<U> all = lookup(type);
        if (all.size() > 1) {
            throw new IllegalStateException("Expected 1 instance of " + type.getName() + " but got " + all.size());
        }
        return all.isEmpty() ? type.cast(instance(type)) : all.get(0);
    }

    public static <U> U lookupFirst(Class<U> type) {
        List<U> all = lookup(type);
        if (all.isEmpty()) {
            throw new IllegalStateException("Found no instance of " + type.getName());
        }
        return all.get(0);
    }

    public <U extends T> U get(Class<U> type) {
        for (T extension : extensions) {
            if (extension.getClass() == type) {
                return type.cast(extension);
            }
        }
        return null;
    }

    @Override
    public Iterator<T> iterator() {
        return extensions.iterator();
    }

    @Override
    public T get(int index) {
        return extensions.get(index);
    }

    @Override
    public int size() {
        return extensions.size();
    }

    private static <T> List<T> indexed(Class<T> type) {
        List<IndexItem<Extension, Object>> items = new ArrayList<>();
        Index.load(Extension.class, Object.class, Extension.class.getClassLoader()).forEach(items::add);
        items.sort(Comparator.comparingDouble(item -> -item.annotation().ordinal()));
        List<T> found = new ArrayList<>();
        for (IndexItem<Extension, Object> item : items) {
            try {
                if (item.element() instanceof Class<?> extension && type.isAssignableFrom(extension)) {
                    found.add(type.cast(instance(extension)));
                }
            } catch (InstantiationException e) {
                throw new IllegalStateException(e);
            }
        }
        return found;
    }

    private static synchronized Object instance(Class<?> type) {
        Object instance = INSTANCES.get(type);
        if (instance == null) {
            try {
                var constructor = type.getDeclaredConstructor();
                constructor.setAccessible(true);
                instance = constructor.newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Cannot create " + type.getName(), e);
            }
            INSTANCES.put(type, instance);
        }
        return instance;
    }
}
