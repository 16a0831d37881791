package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.List;

/** A kind of object that the API server serves. */
record Resource(String group, String version, String plural, String kind, boolean namespaced) {
    static final Resource NAMESPACES = new Resource("", "v1", "namespaces", "Namespace", false);
    static final Resource NODES = new Resource("", "v1", "nodes", "Node", false);
    static final Resource PODS = new Resource("", "v1", "pods", "Pod", true);
    static final Resource SERVICES = new Resource("", "v1", "services", "Service", true);
    static final Resource EVENTS = new Resource("", "v1", "events", "Event", true);
    static final Resource CONFIG_MAPS = new Resource("", "v1", "configmaps", "ConfigMap", true);
    static final Resource SECRETS = new Resource("", "v1", "secrets", "Secret", true);
    static final Resource CLAIMS = new Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
    static final Resource VOLUMES = new Resource("", "v1", "persistentvolumes", "PersistentVolume", false);
    static final Resource STATEFUL_SETS = new Resource("apps", "v1", "statefulsets", "StatefulSet", true);
    static final Resource DEPLOYMENTS = new Resource("apps", "v1", "deployments", "Deployment", true);
    static final Resource REPLICA_SETS = new Resource("apps", "v1", "replicasets", "ReplicaSet", true);
    static final Resource REVISIONS = new Resource("apps", "v1", "controllerrevisions", "ControllerRevision", true);
    static final Resource BUDGETS = new Resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);
    static final Resource STORAGE_CLASSES = new Resource("storage.k8s.io", "v1", "storageclasses", "StorageClass", false);

    private static final String RBAC = "rbac.authorization.k8s.io";

    static final List<Resource> ALL = List.of(NAMESPACES, NODES, PODS, SERVICES, EVENTS, CONFIG_MAPS, SECRETS, CLAIMS, VOLUMES,
            STATEFUL_SETS, DEPLOYMENTS, REPLICA_SETS, REVISIONS, BUDGETS, STORAGE_CLASSES,
            new Resource("", "v1", "serviceaccounts", "ServiceAccount", true),
            new Resource("", "v1", "resourcequotas", "ResourceQuota", true),
            new Resource("", "v1", "limitranges", "LimitRange", true),
            new Resource("networking.k8s.io", "v1", "ingresses", "Ingress", true),
            new Resource("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
            new Resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true),
            new Resource("coordination.k8s.io", "v1", "leases", "Lease", true),
            new Resource(RBAC, "v1", "roles", "Role", true),
            new Resource(RBAC, "v1", "rolebindings", "RoleBinding", true),
            new Resource(RBAC, "v1", "clusterroles", "ClusterRole", false),
            new Resource(RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", false));

    static Resource find(String group, String version, String plural) {
        return ALL.stream().filter(r -> r.group.equals(group) && r.version.equals(version) && r.plural.equals(plural)).findFirst().orElse(null);
    }

    static Resource ofKind(String kind) {
        return ALL.stream().filter(r -> r.kind.equals(kind)).findFirst().orElse(null);
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The name in messages: {@code statefulsets.apps}. */
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
