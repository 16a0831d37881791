package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.state.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The kinds of object that the steps handle, with the path under which the API server keeps them. */
public enum Kind {
    NAMESPACE("v1", "Namespace", "namespaces", false),
    SERVICE_ACCOUNT("v1", "ServiceAccount", "serviceaccounts", true),
    SECRET("v1", "Secret", "secrets", true),
    CONFIG_MAP("v1", "ConfigMap", "configmaps", true),
    SERVICE("v1", "Service", "services", true),
    CLAIM("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
    POD("v1", "Pod", "pods", true),
    EVENT("v1", "Event", "events", true),
    LIMIT_RANGE("v1", "LimitRange", "limitranges", true),
    QUOTA("v1", "ResourceQuota", "resourcequotas", true),
    STATEFUL_SET("apps/v1", "StatefulSet", "statefulsets", true),
    DEPLOYMENT("apps/v1", "Deployment", "deployments", true),
    REPLICA_SET("apps/v1", "ReplicaSet", "replicasets", true),
    DISRUPTION_BUDGET("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true),
    INGRESS("networking.k8s.io/v1", "Ingress", "ingresses", true),
    NETWORK_POLICY("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true),
    AUTOSCALER("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
    ROLE("rbac.authorization.k8s.io/v1", "Role", "roles", true),
    ROLE_BINDING("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true),
    LEASE("coordination.k8s.io/v1", "Lease", "leases", true),
    STORAGE_CLASS("storage.k8s.io/v1", "StorageClass", "storageclasses", false);

    private final String apiVersion;
    private final String kind;
    private final String plural;
    private final boolean namespaced;

    Kind(String apiVersion, String kind, String plural, boolean namespaced) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.plural = plural;
        this.namespaced = namespaced;
    }

    /** The kind of an object by its apiVersion and kind; empty for one that the steps do not handle. */
    public static Optional<Kind> of(Map<String, Object> object) {
        String apiVersion = Json.text(object, "apiVersion");
        String kind = Json.text(object, "kind");
        return Arrays.stream(values())
                .filter(k -> k.kind.equals(kind) && k.apiVersion.equals(apiVersion))
                .findFirst();
    }

    /** The kind of that name in today's API version; empty for one that the steps do not handle. */
    public static Optional<Kind> named(String kind) {
        return Arrays.stream(values()).filter(k -> k.kind.equals(kind)).findFirst();
    }

    public String apiVersion() {
        return apiVersion;
    }

    public String kind() {
        return kind;
    }

    public String plural() {
        return plural;
    }

    public String group() {
        return apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    }

    public boolean namespaced() {
        return namespaced;
    }

    /** The path of all objects of this kind in {@code namespace}. */
    public String path(String namespace) {
        return (group().isEmpty() ? "/api/" : "/apis/")
                + apiVersion
                + (namespaced ? "/namespaces/" + encode(namespace) : "")
                + "/"
                + plural;
    }

    /** The path of one object. */
    public String path(String namespace, String name) {
        return path(namespace) + "/" + encode(name);
    }

    static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
