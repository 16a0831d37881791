package io.jenkins.plugins.statefulmongo.testing.cluster;

import static io.jenkins.plugins.statefulmongo.testing.cluster.Json.child;
import static io.jenkins.plugins.statefulmongo.testing.cluster.Json.setIfAbsent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The fields that the API server fills in: without them a client would see differences that a real cluster does not show. */
final class Defaults {
    private static final AtomicInteger ADDRESS = new AtomicInteger();

    private Defaults() {}

    static void fill(Resource type, ObjectNode o) {
        switch (type.kind()) {
            case "Namespace" -> {
                setIfAbsent(child(o, "metadata", "labels"), "kubernetes.io/metadata.name", Json.name(o));
                setIfAbsent(child(o, "spec"), "finalizers", List.of("kubernetes"));
                setIfAbsent(child(o, "status"), "phase", "Active");
            }
            case "Pod" -> {
                podSpec(child(o, "spec"));
                setIfAbsent(child(o, "status"), "phase", "Pending");
                setIfAbsent(child(o, "status"), "qosClass", "BestEffort");
            }
            case "Service" -> service(child(o, "spec"));
            case "Secret" -> {
                setIfAbsent(o, "type", "Opaque");
                o.path("stringData").properties().forEach(e -> child(o, "data").put(e.getKey(),
                        Base64.getEncoder().encodeToString(e.getValue().asText().getBytes(StandardCharsets.UTF_8))));
                o.remove("stringData");
            }
            case "PersistentVolumeClaim" -> claim(o);
            case "StatefulSet" -> statefulSet(child(o, "spec"));
            case "Deployment" -> deployment(child(o, "spec"));
            case "ReplicaSet" -> {
                setIfAbsent(child(o, "spec"), "replicas", 1);
                podSpec(child(o, "spec", "template", "spec"));
            }
            case "StorageClass" -> {
                setIfAbsent(o, "reclaimPolicy", "Delete");
                setIfAbsent(o, "volumeBindingMode", "Immediate");
            }
            default -> { }
        }
    }

    private static void statefulSet(ObjectNode spec) {
        setIfAbsent(spec, "replicas", 1);
        setIfAbsent(spec, "podManagementPolicy", "OrderedReady");
        setIfAbsent(spec, "revisionHistoryLimit", 10);
        setIfAbsent(child(spec, "updateStrategy"), "type", "RollingUpdate");
        if (Json.text(spec, "updateStrategy", "type").equals("RollingUpdate")) {
            setIfAbsent(child(spec, "updateStrategy", "rollingUpdate"), "partition", 0);
        }
        setIfAbsent(child(spec, "persistentVolumeClaimRetentionPolicy"), "whenDeleted", "Retain");
        setIfAbsent(child(spec, "persistentVolumeClaimRetentionPolicy"), "whenScaled", "Retain");
        podSpec(child(spec, "template", "spec"));
        for (JsonNode claim : spec.path("volumeClaimTemplates")) {
            setIfAbsent((ObjectNode) claim, "apiVersion", "v1");
            setIfAbsent((ObjectNode) claim, "kind", "PersistentVolumeClaim");
            claim((ObjectNode) claim);
        }
    }

    private static void deployment(ObjectNode spec) {
        setIfAbsent(spec, "replicas", 1);
        setIfAbsent(spec, "revisionHistoryLimit", 10);
        setIfAbsent(spec, "progressDeadlineSeconds", 600);
        setIfAbsent(child(spec, "strategy"), "type", "RollingUpdate");
        if (Json.text(spec, "strategy", "type").equals("RollingUpdate")) {
            setIfAbsent(child(spec, "strategy", "rollingUpdate"), "maxSurge", "25%");
            setIfAbsent(child(spec, "strategy", "rollingUpdate"), "maxUnavailable", "25%");
        }
        podSpec(child(spec, "template", "spec"));
    }

    private static void claim(ObjectNode claim) {
        setIfAbsent(child(claim, "spec"), "volumeMode", "Filesystem");
        setIfAbsent(child(claim, "status"), "phase", "Pending");
    }

    private static void service(ObjectNode spec) {
        setIfAbsent(spec, "type", "ClusterIP");
        setIfAbsent(spec, "sessionAffinity", "None");
        setIfAbsent(spec, "internalTrafficPolicy", "Cluster");
        setIfAbsent(spec, "clusterIP", "10.96.0." + ADDRESS.updateAndGet(n -> n % 250 + 1));
        setIfAbsent(spec, "clusterIPs", List.of(spec.get("clusterIP").asText()));
        setIfAbsent(spec, "ipFamilies", List.of("IPv4"));
        setIfAbsent(spec, "ipFamilyPolicy", "SingleStack");
        for (JsonNode port : spec.path("ports")) {
            setIfAbsent((ObjectNode) port, "protocol", "TCP");
            setIfAbsent((ObjectNode) port, "targetPort", port.path("port").asInt());
        }
    }

    private static void podSpec(ObjectNode spec) {
        setIfAbsent(spec, "restartPolicy", "Always");
        setIfAbsent(spec, "dnsPolicy", "ClusterFirst");
        setIfAbsent(spec, "schedulerName", "default-scheduler");
        setIfAbsent(spec, "securityContext", Json.object());
        setIfAbsent(spec, "terminationGracePeriodSeconds", 30);
        spec.path("initContainers").forEach(container -> container((ObjectNode) container));
        spec.path("containers").forEach(container -> container((ObjectNode) container));
        for (JsonNode volume : spec.path("volumes")) {
            for (String kind : List.of("secret", "configMap", "projected", "downwardAPI")) {
                if (volume.get(kind) instanceof ObjectNode source) {
                    setIfAbsent(source, "defaultMode", 420);
                }
            }
        }
    }

    private static void container(ObjectNode container) {
        setIfAbsent(container, "resources", Json.object());
        setIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
        setIfAbsent(container, "terminationMessagePolicy", "File");
        String image = Json.text(container, "image");
        boolean latest = image.endsWith(":latest") || image.indexOf(':', image.lastIndexOf('/') + 1) < 0;
        setIfAbsent(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        container.path("ports").forEach(port -> setIfAbsent((ObjectNode) port, "protocol", "TCP"));
        for (JsonNode variable : container.path("env")) {
            if (Json.at(variable, "valueFrom", "fieldRef") instanceof ObjectNode field) {
                setIfAbsent(field, "apiVersion", "v1");
            }
        }
        for (String kind : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            if (container.get(kind) instanceof ObjectNode probe) {
                setIfAbsent(probe, "timeoutSeconds", 1);
                setIfAbsent(probe, "periodSeconds", 10);
                setIfAbsent(probe, "successThreshold", 1);
                setIfAbsent(probe, "failureThreshold", 3);
                if (probe.get("httpGet") instanceof ObjectNode get) {
                    setIfAbsent(get, "scheme", "HTTP");
                }
            }
        }
    }
}
