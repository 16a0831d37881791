package io.jenkins.plugins.statefulmongo.deploy;

import static io.jenkins.plugins.statefulmongo.deploy.Tree.map;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.state.Image;
import io.jenkins.plugins.statefulmongo.state.Mongod;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The objects of a release described by parameters: a headless Service, a PodDisruptionBudget and the StatefulSet; with a root user the
 * members get a key file, and with that ask for authentication; with {@code tlsSecret} they speak TLS alone ({@link MongodFiles}).
 *
 * <p>Two choices that may look odd. The readiness probe only asks whether mongod listens: one that asked for a primary or a secondary would
 * fail until initiation, which comes after waitOrdinals, so that would never end; whether a member has really caught up is asked of mongod
 * itself by the steps that need to know. And there is no startup or liveness probe: both would kill a mongod that recovers a large
 * journal, and it would begin anew.
 */
final class Blueprint {
    /** The parameters that describe a release; they exclude {@code manifest}. */
    static final List<String> PARAMETERS = List.of(
            "image", "replicas", "replicaSet", "storage", "storageClass", "cpu", "memory", "port", "imagePullSecrets", "tlsSecret");

    static final String CONTAINER = "db";
    private static final String VOLUME = "mongo-data";
    /** The user and group {@code mongodb} of MongoDB's images. */
    private static final int MONGODB = 999;

    private static final BigDecimal LEAST = BigDecimal.valueOf(16L << 20);

    private Blueprint() {}

    /**
     * @param name of StatefulSet, Service and PodDisruptionBudget
     * @throws Failure naming the parameter that is missing or wrong
     */
    static List<Map<String, Object>> objects(Parameters parameters, String name) throws Failure {
        String image = parameters.required("image", "mongo:7.0.14");
        if (!Image.valid(image)) {
            throw Parameters.bad("image", "is no image name: '" + image + "'", "Write it as mongo:7.0.14 or registry.example/team/mongo:7.0.14.");
        }
        int port = parameters.number("port", Mongod.PORT, 1, 65535);
        Map<String, Object> labels = map("app", name);
        return List.of(
                object("v1", "Service", name, map(
                        "clusterIP", "None",
                        // Members look each other up before they are ready, and while they are not.
                        "publishNotReadyAddresses", true,
                        "selector", labels,
                        "ports", List.of(map("name", "mongodb", "port", port, "targetPort", port, "protocol", "TCP")))),
                object("policy/v1", "PodDisruptionBudget", name, map(
                        "maxUnavailable", 1, "selector", map("matchLabels", labels))),
                object("apps/v1", "StatefulSet", name, set(parameters, name, image, port, labels)));
    }

    private static Map<String, Object> set(
            Parameters parameters, String name, String image, int port, Map<String, Object> labels) throws Failure {
        return map(
                "serviceName", name,
                "replicas", parameters.number("replicas", 3, 1, 50),
                "podManagementPolicy", "Parallel",
                // Only the steps replace pods: the controller knows nothing of primaries.
                "updateStrategy", map("type", "OnDelete"),
                "selector", map("matchLabels", labels),
                "template", map("metadata", map("labels", labels), "spec", pod(parameters, name, image, port, labels)),
                "volumeClaimTemplates", List.of(map(
                        "metadata", map("name", VOLUME),
                        "spec", map(
                                "accessModes", List.of("ReadWriteOnce"),
                                "storageClassName", parameters.objectName("storageClass", null),
                                "resources", map(
                                        "requests", map("storage", bytes(parameters, "storage", "2Gi")))))));
    }

    private static Map<String, Object> pod(
            Parameters parameters, String name, String image, int port, Map<String, Object> labels) throws Failure {
        List<Object> secrets = new ArrayList<>();
        for (String secret : parameters.objectNames("imagePullSecrets")) {
            secrets.add(map("name", secret));
        }
        MongodFiles files = MongodFiles.of(parameters, name);
        return map(
                // From 5.0 on, mongod takes up to 15 s to quiesce before it hands over and ends.
                "terminationGracePeriodSeconds", 60,
                "imagePullSecrets", secrets.isEmpty() ? null : secrets,
                // A command of our own bypasses the image's entry point, which would give up root.
                "securityContext", map(
                        "runAsNonRoot", true,
                        "runAsUser", MONGODB,
                        "runAsGroup", MONGODB,
                        "fsGroup", MONGODB,
                        "fsGroupChangePolicy", "OnRootMismatch",
                        "seccompProfile", map("type", "RuntimeDefault")),
                "affinity", map("podAntiAffinity", map("preferredDuringSchedulingIgnoredDuringExecution", List.of(map(
                        "weight", 100,
                        "podAffinityTerm", map(
                                "labelSelector", map("matchLabels", labels), "topologyKey", "kubernetes.io/hostname"))))),
                "volumes", files.volumes(),
                "containers", List.of(container(parameters, files, image, port)));
    }

    private static Map<String, Object> container(Parameters parameters, MongodFiles files, String image, int port) throws Failure {
        String memory = bytes(parameters, "memory", "512Mi");
        return map(
                "name", CONTAINER,
                "image", image,
                "command", files.command(List.of(
                        "mongod", "--replSet", replicaSet(parameters), "--bind_ip_all", "--port", String.valueOf(port))),
                "ports", List.of(map("name", "mongodb", "containerPort", port, "protocol", "TCP")),
                // Memory is limited to what is requested: WiredTiger sizes its cache by the limit.
                "resources", map(
                        "requests", map("cpu", parameters.quantity("cpu").orElse("100m"), "memory", memory),
                        "limits", map("memory", memory)),
                // Each second: that long a member that listens already may have to wait, also in an update.
                "readinessProbe", map("tcpSocket", map("port", port), "periodSeconds", 1, "timeoutSeconds", 2, "failureThreshold", 6),
                "securityContext", map(
                        "allowPrivilegeEscalation", false, "capabilities", map("drop", List.of("ALL"))),
                "volumeMounts", Tree.list(List.of(map("name", VOLUME, "mountPath", "/data/db")), files.mounts()));
    }

    /** A forgotten unit ({@code memory: 512}) is taken by Kubernetes as bytes. */
    private static String bytes(Parameters parameters, String name, String otherwise) throws Failure {
        String value = parameters.quantity(name).orElse(otherwise);
        if (Quantity.of(value).filter(bytes -> bytes.compareTo(LEAST) >= 0).isEmpty()) {
            throw Parameters.bad(name, "is '" + value + "', which is next to nothing", "Give a unit, as in " + otherwise + ".");
        }
        return value;
    }

    private static String replicaSet(Parameters parameters) throws Failure {
        String name = parameters.text("replicaSet", "rs0");
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")) {
            throw Parameters.bad("replicaSet", "must consist of at most 64 letters, digits, '_', '.' and '-', but is '" + name + "'");
        }
        return name;
    }

    private static Map<String, Object> object(String apiVersion, String kind, String name, Map<String, Object> spec) {
        return map("apiVersion", apiVersion, "kind", kind, "metadata", map("name", name), "spec", spec);
    }
}
