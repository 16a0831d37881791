package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one step applies: shown first, then done object by object exactly as shown. Remembers what this step did, which the cluster could
 * not tell.
 */
final class Application {
    private final Set<String> created = new LinkedHashSet<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Set<String> unchanged = new LinkedHashSet<>();
    private final Deque<Change> left = new ArrayDeque<>();

    /** Takes what is to be done now, in place of what was left; prints it. */
    void show(List<Change> changes, Console console) {
        left.clear();
        for (Change change : changes) {
            // Where somebody changed an object meanwhile, a second look says only what is new.
            change.lines().forEach(line -> console.changed(line, line));
            if (change.creates() || change.changes()) {
                left.add(change);
            } else {
                unchanged.add(change.label());
            }
        }
    }

    /** Counts an object that was created outside the list. */
    void created(String label) {
        created.add(label);
    }

    /** Counts an object that is changed by other means than the list. */
    void changed(String label) {
        changed.add(label);
    }

    /** The next change; null when all is done. */
    Change next() {
        return left.peek();
    }

    /** Applies the next change. */
    void apply(Preview preview) throws Failure, Unavailable, InterruptedException {
        apply(preview, next());
    }

    /** Applies the next change in this form of it. */
    void apply(Preview preview, Change change) throws Failure, Unavailable, InterruptedException {
        try {
            preview.apply(change);
        } catch (Failure e) {
            if (e instanceof Refused refused && refused.outdated()) {
                throw e;
            }
            throw e.and(begun());
        }
        applied();
    }

    /** Counts the next change as done. */
    void applied() {
        count(left.poll());
    }

    /** What an abort leaves; null while nothing was done or when nothing is left. */
    String begun() {
        List<String> done = new ArrayList<>(created);
        done.addAll(changed);
        return done.isEmpty() || left.isEmpty()
                ? null
                : "Applied so far: " + String.join(", ", done) + "; not yet: "
                        + String.join(", ", left.stream().map(Change::label).toList()) + ". Running the step again goes on from there.";
    }

    /** Counts what is left as if it were done: for a dry run. */
    void pretend() {
        left.forEach(this::count);
        left.clear();
    }

    private void count(Change change) {
        (change.creates() ? created : changed).add(change.label());
        unchanged.remove(change.label());
    }

    /** {@code 3 created, 0 changed, 0 unchanged}. */
    String summary() {
        return created.size() + " created, " + changed.size() + " changed, " + stayed().size() + " unchanged";
    }

    boolean idle() {
        return created.isEmpty() && changed.isEmpty();
    }

    void report(Map<String, Object> result) {
        result.put("created", new ArrayList<>(created));
        result.put("changed", new ArrayList<>(changed));
        result.put("unchanged", stayed());
    }

    private List<String> stayed() {
        return new ArrayList<>(unchanged.stream()
                .filter(label -> !created.contains(label) && !changed.contains(label))
                .toList());
    }
}
