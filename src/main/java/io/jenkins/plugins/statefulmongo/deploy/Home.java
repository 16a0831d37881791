package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The namespace that a release lives in.
 *
 * @param live as it is; null where there is none, or where it may not be read
 * @param readable false where the connection's identity may not read namespaces: it is then taken as there
 */
record Home(String name, Map<String, Object> live, boolean readable) {
    /** On a Namespace that a step created: only those are ever deleted again. */
    static final String CREATED = "stateful-mongo.jenkins.io/created";
    /** On every object that a step applied: the release's name. */
    static final String RELEASE = "stateful-mongo.jenkins.io/release";
    static final Duration SOON = Duration.ofMillis(500);

    static Home of(Kube kube, String name) throws Failure, Unavailable, InterruptedException {
        try {
            return new Home(name, kube.get(Kind.NAMESPACE, null, name).orElse(null), true);
        } catch (Refused e) {
            if (e.code() == 403) {
                return new Home(name, null, false);
            }
            throw e;
        }
    }

    boolean missing() {
        return readable && live == null;
    }

    boolean terminating() {
        return Json.at(live, "metadata", "deletionTimestamp") != null;
    }

    boolean created() {
        return "true".equals(Json.text(live, "metadata", "annotations", CREATED));
    }

    String uid() {
        return Json.text(live, "metadata", "uid");
    }

    /** Said once: what fails afterwards may be for want of the namespace. */
    void remark(Console console) {
        if (!readable) {
            console.changed("home", "namespace taken as there: this connection cannot get namespaces");
        }
    }

    /**
     * One that a step made is made anew once it is gone: a step that could not use it has deleted it, or a release was removed with it.
     *
     * @return what to answer while it goes; empty where it stays
     * @throws Failure where somebody else's is being deleted
     */
    Optional<Outcome> going() throws Failure {
        if (!terminating()) {
            return Optional.empty();
        }
        if (created()) {
            return Optional.of(Outcome.after(SOON, "namespace " + name + ", which is being deleted, to be gone"));
        }
        throw new Failure("namespace " + name + " is being deleted.",
                "Wait until it is gone, then run the step again; `kubectl get namespace " + name + " -o yaml` says what it waits for.");
    }

    /**
     * @param manifest the manifest's own Namespace object, or null
     * @return empty where somebody was faster: to be looked at again
     */
    static Optional<Home> create(Kube kube, String name, Map<String, Object> manifest) throws Failure, Unavailable, InterruptedException {
        Map<String, Object> namespace = manifest == null
                ? Tree.map("apiVersion", "v1", "kind", "Namespace", "metadata", Tree.map("name", name))
                : Tree.copy(manifest);
        Tree.set(namespace, "true", "metadata", "annotations", CREATED);
        try {
            return Optional.of(new Home(name, kube.create(Kind.NAMESPACE, null, namespace), true));
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Deletes a namespace that was only just created; says what became of it. */
    String undo(Kube kube) throws Unavailable, InterruptedException {
        try {
            delete(kube);
            return "Nothing was changed: the namespace " + name + ", created to try it in, is deleted again.";
        } catch (Failure e) {
            return "The namespace " + name + ", created to try it in, could not be deleted again (" + e.getMessage() + ").";
        }
    }

    void delete(Kube kube) throws Failure, Unavailable, InterruptedException {
        kube.delete(Kind.NAMESPACE, null, name, uid(), new LinkedHashMap<>());
    }
}
