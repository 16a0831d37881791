package io.jenkins.plugins.statefulmongo.kube;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One thing that the steps ask of the API server. {@link #ALL} is the whole of it: the roles in {@code docs/production.md} grant exactly
 * this, and <i>Test connection</i> asks for it.
 *
 * @param use what it is needed for
 * @param group API group, blank for the core
 * @param resource with its subresource, such as {@code pods/log}
 * @param verb such as {@code list}
 */
public record Right(Use use, String group, String resource, String verb) {
    /** What the steps need a right for. All but the last are rights in a namespace. */
    public enum Use {
        /** Deploying, following, initiating and updating a replica set, and removing it. */
        REPLICA_SET,
        /** A replica set with authentication or TLS: the Secrets with its key file and certificates. */
        AUTHENTICATION,
        /** applyManifest, a {@code manifest} with such objects, and rollingImageUpdate of a Deployment. */
        APPLICATION,
        /** Why a pod does not start: a failure says less without. */
        DIAGNOSIS,
        /** probeService. */
        PROBE,
        /** Creating and deleting namespaces; in the whole cluster. */
        NAMESPACES
    }

    public static final List<Right> ALL = Stream.of(
                    of(Use.REPLICA_SET, "", "services", "get list create patch delete"),
                    of(Use.REPLICA_SET, "", "persistentvolumeclaims", "get list watch patch delete"),
                    of(Use.REPLICA_SET, "apps", "statefulsets", "get list watch create update patch delete"),
                    // A StatefulSet is stored in one while it is made anew, for volumes that grow.
                    of(Use.REPLICA_SET, "", "configmaps", "get create delete"),
                    of(Use.REPLICA_SET, "policy", "poddisruptionbudgets", "get list create patch delete"),
                    of(Use.REPLICA_SET, "coordination.k8s.io", "leases", "get create update delete"),
                    of(Use.REPLICA_SET, "", "pods", "list watch delete"),
                    of(Use.REPLICA_SET, "", "pods/eviction", "create"),
                    // The port-forward begins with a GET; from 1.35 on the API server asks for create there too.
                    of(Use.REPLICA_SET, "", "pods/portforward", "get create"),
                    of(Use.AUTHENTICATION, "", "secrets", "get create patch delete"),
                    of(Use.APPLICATION, "", "persistentvolumeclaims", "create"),
                    of(Use.APPLICATION, "", "configmaps", "list patch"),
                    of(Use.APPLICATION, "", "serviceaccounts", "get list create patch delete"),
                    of(Use.APPLICATION, "apps", "deployments", "get list watch create patch delete"),
                    of(Use.APPLICATION, "apps", "replicasets", "list watch"),
                    of(Use.APPLICATION, "networking.k8s.io", "ingresses", "get list create patch delete"),
                    of(Use.APPLICATION, "networking.k8s.io", "networkpolicies", "get list create patch delete"),
                    of(Use.APPLICATION, "autoscaling", "horizontalpodautoscalers", "get list create patch delete"),
                    of(Use.DIAGNOSIS, "", "pods/log", "get"),
                    of(Use.DIAGNOSIS, "", "events", "list"),
                    of(Use.DIAGNOSIS, "", "resourcequotas", "list"),
                    of(Use.DIAGNOSIS, "", "limitranges", "list"),
                    of(Use.PROBE, "", "services/proxy", "get create update delete"),
                    of(Use.NAMESPACES, "", "namespaces", "get create delete"),
                    // A namespace is only deleted when nothing of anybody else is seen in it.
                    of(Use.NAMESPACES, "", "secrets", "list"),
                    of(Use.NAMESPACES, "coordination.k8s.io", "leases", "list"),
                    of(Use.NAMESPACES, "rbac.authorization.k8s.io", "roles", "list"),
                    of(Use.NAMESPACES, "rbac.authorization.k8s.io", "rolebindings", "list"))
            .flatMap(List::stream)
            .toList();

    private static List<Right> of(Use use, String group, String resource, String verbs) {
        return Arrays.stream(verbs.split(" ")).map(verb -> new Right(use, group, resource, verb)).toList();
    }

    /** As a person says it: {@code delete pods}, {@code list leases.coordination.k8s.io}. */
    public String text() {
        int slash = resource.indexOf('/');
        String main = slash < 0 ? resource : resource.substring(0, slash);
        String sub = slash < 0 ? "" : resource.substring(slash);
        return verb + " " + main + (group.isEmpty() ? "" : "." + group) + sub;
    }
}
