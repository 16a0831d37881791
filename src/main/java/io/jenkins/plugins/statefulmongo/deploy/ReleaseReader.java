package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds what belongs to a release, past every cache. */
final class ReleaseReader {
    /** An API server without that kind, or without that version of it. */
    private static final int NOT_SERVED = 404;

    private final Kube kube;
    private final String namespace;
    private final String name;
    private final Console console;
    private final Set<Kind> hidden = EnumSet.noneOf(Kind.class);

    ReleaseReader(Kube kube, String namespace, String name, Console console) {
        this.kube = kube;
        this.namespace = namespace;
        this.name = name;
        this.console = console;
    }

    /**
     * What is there.
     *
     * @param objects with the release's label, in the order in which they go; neither claims nor the key file
     * @param set the StatefulSet among them, or null
     * @param claims of the set, or with the release's label
     * @param pods that the set made
     * @param keyFile the release's Secret with the members' key file, or null
     * @param unlabelled there is a StatefulSet of that name, without the label
     * @param claimsHidden there may be claims: this connection cannot list them
     */
    record Found(
            List<Map<String, Object>> objects,
            Map<String, Object> set,
            List<Map<String, Object>> claims,
            List<Map<String, Object>> pods,
            Map<String, Object> keyFile,
            boolean unlabelled,
            boolean claimsHidden) {
        boolean nothing(boolean volumes) {
            return objects.isEmpty() && pods.isEmpty() && (claims.isEmpty() && !keyFileGoes() || !volumes);
        }

        /** With the volumes that it opens, and never while nobody can tell whether those are gone. */
        boolean keyFileGoes() {
            return keyFile != null && !claimsHidden;
        }
    }

    Found read() throws Failure, Unavailable, InterruptedException {
        List<Map<String, Object>> objects = new ArrayList<>();
        List<Kind> order = new ArrayList<>(Manifest.KINDS);
        Collections.reverse(order);
        for (Kind kind : order) {
            if (kind != Kind.NAMESPACE && kind != Kind.CLAIM) {
                objects.addAll(list(kind, "labelSelector=" + encoded(Home.RELEASE + "=" + name)));
            }
        }
        Map<String, Object> set = Manifest.of(objects, Kind.STATEFUL_SET).stream().findFirst().orElse(null);
        boolean unlabelled = set == null && kube.get(Kind.STATEFUL_SET, namespace, name).isPresent();
        // A set that another applied keeps its pods and its claims, whatever label those carry.
        List<Map<String, Object>> pods = unlabelled
                ? List.of()
                : list(Kind.POD, null).stream().filter(this::madeByTheSet).toList();
        List<Map<String, Object>> claims = unlabelled
                ? List.of()
                : list(Kind.CLAIM, null).stream().filter(c -> labelled(c) || ofTheSet(c, set)).toList();
        Map<String, Object> keyFile = KeyFileSecret.of(kube, namespace, name).orElse(null);
        objects.removeIf(o -> keyFile != null && Json.at(o, "metadata", "uid").equals(Json.at(keyFile, "metadata", "uid")));
        return new Found(objects, set, claims, pods, keyFile, unlabelled, hidden.contains(Kind.CLAIM));
    }

    /** {@code Kind name} of all that others have in the namespace, as far as its kind is known and may be listed. */
    List<String> foreign() throws Failure, Unavailable, InterruptedException {
        List<String> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.namespaced()) {
                try {
                    kube.list(kind, namespace, null).stream()
                            .filter(o -> Foreign.is(kind, o))
                            .forEach(o -> all.add(kind.kind() + " " + Manifest.name(o)));
                } catch (Refused e) {
                    if (e.unauthorized()) {
                        throw e;
                    }
                    if (e.code() == NOT_SERVED) {
                        continue;
                    }
                    all.add("perhaps " + kind.plural() + " (this connection cannot list " + kind.plural() + ")");
                }
            }
        }
        return all;
    }

    private List<Map<String, Object>> list(Kind kind, String query) throws Failure, Unavailable, InterruptedException {
        try {
            List<Map<String, Object>> all = new ArrayList<>();
            for (Map<String, Object> item : kube.list(kind, namespace, query)) {
                Map<String, Object> object = Tree.map("apiVersion", kind.apiVersion(), "kind", kind.kind()); // items of a list lack both
                object.putAll(item);
                all.add(object);
            }
            return all;
        } catch (Refused e) {
            if (e.code() == NOT_SERVED) {
                return List.of();
            }
            if (e.code() == 403) {
                hidden.add(kind);
                console.changed(kind.plural(), kind.plural() + " not looked for: this connection cannot list " + kind.plural());
                return List.of();
            }
            throw e;
        }
    }

    private boolean labelled(Map<String, Object> object) {
        return name.equals(Json.text(object, "metadata", "labels", Home.RELEASE));
    }

    private boolean madeByTheSet(Map<String, Object> pod) {
        return Json.list(pod, "metadata", "ownerReferences").stream()
                .anyMatch(o -> Kind.STATEFUL_SET.kind().equals(o.get("kind")) && name.equals(o.get("name")));
    }

    private boolean ofTheSet(Map<String, Object> claim, Map<String, Object> set) {
        return Json.list(set, "spec", "volumeClaimTemplates").stream()
                .anyMatch(t -> Manifest.name(claim).matches(Pattern.quote(Manifest.name(t) + "-" + name + "-") + "\\d+"));
    }

    private static String encoded(String selector) {
        return java.net.URLEncoder.encode(selector, java.nio.charset.StandardCharsets.UTF_8);
    }
}
