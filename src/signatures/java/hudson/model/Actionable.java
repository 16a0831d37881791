package hudson.model;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Signature of {@code hudson.model.Actionable} in jenkins-core. */
public abstract class Actionable implements ModelObject {
    private final List<Action> actions = new CopyOnWriteArrayList<>();

    @SuppressWarnings("unchecked")
    public final List<? extends Action> getAllActions() {
        return List.copyOf(actions);
    }

    public <T extends Action> List<T> getActions(Class<T> type) {
        return actions.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public <T extends Action> T getAction(Class<T> type) {
        return actions.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
    }

    public void addAction(Action a) {
        actions.add(Objects.requireNonNull(a));
    }

    public void replaceAction(Action a) {
        addOrReplaceAction(a);
    }

    public boolean addOrReplaceAction(Action a) {
        if (actions.contains(a)) {
            return actions.removeIf(old -> old != a && old.getClass() == a.getClass());
        }
        actions.removeIf(old -> old.getClass() == a.getClass());
        return actions.add(a);
    }

    public boolean removeAction(Action a) {
        return actions.remove(a);
    }
}
