package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Server-side apply as these steps use it: tried dry first, object by object, so that every refusal (another manager's field, quota,
 * admission, permission, a field that does not exist) comes before the first change.
 */
final class Preview {
    private final Kube kube;
    private final String namespace;

    Preview(Kube kube, String namespace) {
        this.kube = kube;
        this.namespace = namespace;
    }

    /**
     * What applying the objects would do, in the order in which they are to be applied. Changes nothing.
     *
     * @return empty where somebody else wrote one of them meanwhile: to be looked at again
     */
    Optional<List<Change>> of(List<Map<String, Object>> objects) throws Failure, Unavailable, InterruptedException {
        List<Change> changes = new ArrayList<>();
        try {
            for (Map<String, Object> object : ordered(objects)) {
                Kind kind = Kind.of(object).orElseThrow();
                Map<String, Object> live = kube.get(kind, namespace, Manifest.name(object)).orElse(null);
                changes.add(new Change(object, live, apply(object, live, true)));
            }
        } catch (Refused e) {
            if (!e.outdated()) {
                throw e;
            }
            return Optional.empty();
        }
        return Optional.of(changes);
    }

    /** The same without a namespace to ask in: everything is new. */
    static List<Change> ofNothing(List<Map<String, Object>> objects) {
        return ordered(objects).stream().map(o -> new Change(o, null, null)).toList();
    }

    /** Applies the object as previewed; a StatefulSet that has changed since is refused with 409. */
    void apply(Change change) throws Failure, Unavailable, InterruptedException {
        if (KeyFileSecret.is(change.wanted())) {
            create(change.wanted());
        } else {
            apply(change.wanted(), change.live(), false);
        }
    }

    /** One that is there meanwhile, by our own hand or another's, is as good, and must never be overwritten. */
    private void create(Map<String, Object> object) throws Failure, Unavailable, InterruptedException {
        try {
            kube.create(Kind.of(object).orElseThrow(), namespace, object);
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e;
            }
        }
    }

    private Map<String, Object> apply(Map<String, Object> object, Map<String, Object> live, boolean dryRun)
            throws Failure, Unavailable, InterruptedException {
        boolean conditional = !dryRun && live != null && live.get("kind").equals(Kind.STATEFUL_SET.kind());
        try {
            return kube.apply(conditional ? asSeen(object, live) : object, namespace, dryRun);
        } catch (Refused e) {
            Conflict conflict = Conflict.of(e.causes());
            if (conflict.isOnlyWith(Kube.MANAGER)) {
                // What our own steps wrote by other means than apply counts as another manager's.
                return kube.reclaim(dryRun ? object : asSeen(object, live), namespace, dryRun);
            }
            if (e.malformed()) {
                throw new Failure(
                        Manifest.label(object) + " is malformed: " + e.serverMessage().replaceFirst("^.*?\\): \\.?", "") + ".",
                        "Correct it in the manifest; `kubectl explain " + object.get("kind").toString().toLowerCase(Locale.ROOT)
                                + " --recursive` lists the fields that there are.");
            }
            throw conflict.isWithManagers() ? conflict.failure(Manifest.label(object), Kube.MANAGER) : e;
        }
    }

    private static Map<String, Object> asSeen(Map<String, Object> object, Map<String, Object> live) {
        Map<String, Object> copy = Tree.copy(object);
        Tree.set(copy, Json.text(live, "metadata", "resourceVersion"), "metadata", "resourceVersion");
        return copy;
    }

    private static List<Map<String, Object>> ordered(List<Map<String, Object>> objects) {
        return objects.stream()
                .sorted(Comparator.comparingInt(o -> Manifest.KINDS.indexOf(Kind.of(o).orElseThrow())))
                .toList();
    }
}
