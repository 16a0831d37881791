package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The API server's checks that the plugin's users meet. */
final class Validation {
    private static final Set<String> MUTABLE_STATEFUL_SET = Set.of("replicas", "ordinals", "template", "updateStrategy",
            "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds");
    private static final ObjectMapper STRICT = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated a) {
                    return false; // fabric8's models swallow unknown fields by an any-setter
                }
            });

    private Validation() {}

    static void check(Resource type, ObjectNode before, ObjectNode after, Store store) {
        String name = Json.name(after);
        if (!name.matches("[a-z0-9]([-a-z0-9.:]*[a-z0-9])?") && !type.group().startsWith("rbac")) {
            throw ApiException.invalid(type, name, "metadata.name", "Invalid value: \"" + name + "\": a lowercase RFC 1123 subdomain must consist of"
                    + " lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character");
        }
        if (List.of("StatefulSet", "Deployment", "ReplicaSet").contains(type.kind())) {
            workload(type, before, after, name);
        } else if (type == Resource.CLAIMS && before != null) {
            claim(before, after, name, store);
        }
    }

    private static void workload(Resource type, ObjectNode before, ObjectNode after, String name) {
        JsonNode spec = after.path("spec");
        if (spec.path("selector").isEmpty()) {
            throw ApiException.invalid(type, name, "spec.selector", "Required value");
        }
        if (!Selector.matches(spec.get("selector"), spec.path("template"))) {
            throw ApiException.invalid(type, name, "spec.template.metadata.labels", "Invalid value: "
                    + Json.at(spec, "template", "metadata", "labels") + ": `selector` does not match template `labels`");
        }
        if (Json.at(spec, "template", "spec", "containers").isEmpty()) {
            throw ApiException.invalid(type, name, "spec.template.spec.containers", "Required value");
        }
        if (before == null) {
            return;
        }
        if (type == Resource.STATEFUL_SETS) {
            if (!withoutMutable(before).equals(withoutMutable(after))) {
                throw ApiException.invalid(type, name, "spec", "Forbidden: updates to statefulset spec for fields other than 'replicas',"
                        + " 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                        + " 'minReadySeconds' are forbidden");
            }
        } else if (!Json.at(before, "spec", "selector").equals(spec.get("selector"))) {
            throw ApiException.invalid(type, name, "spec.selector", "Invalid value: " + spec.get("selector") + ": field is immutable");
        }
    }

    private static JsonNode withoutMutable(ObjectNode o) {
        ObjectNode spec = o.path("spec").deepCopy();
        spec.remove(MUTABLE_STATEFUL_SET);
        // The templates' status is the server's, and their quantities may be written in several ways.
        spec.path("volumeClaimTemplates").forEach(claim -> {
            ((ObjectNode) claim).remove("status");
            Json.child((ObjectNode) claim, "metadata").remove("creationTimestamp");
        });
        return spec;
    }

    private static void claim(ObjectNode before, ObjectNode after, String name, Store store) {
        ObjectNode old = before.path("spec").deepCopy();
        ObjectNode fresh = after.path("spec").deepCopy();
        String had = Json.text(old, "resources", "requests", "storage");
        String wants = Json.text(fresh, "resources", "requests", "storage");
        old.remove("resources");
        fresh.remove("resources");
        boolean bound = old.hasNonNull("volumeName");
        if (bound && !old.equals(fresh)) {
            throw ApiException.invalid(Resource.CLAIMS, name, "spec", "Forbidden: spec is immutable after creation except"
                    + " resources.requests and volumeAttributesClassName for bound claims");
        }
        if (had.equals(wants)) {
            return;
        }
        int growth = Quantity.getAmountInBytes(new Quantity(wants)).compareTo(Quantity.getAmountInBytes(new Quantity(had)));
        if (growth < 0) {
            throw ApiException.invalid(Resource.CLAIMS, name, "spec.resources.requests.storage",
                    "Forbidden: field can not be less than status.capacity");
        }
        ObjectNode storageClass = store.get(Resource.STORAGE_CLASSES, "", Json.text(old, "storageClassName"));
        if (growth > 0 && (storageClass == null || !storageClass.path("allowVolumeExpansion").asBoolean())) {
            throw new ApiException(403, "Forbidden", "persistentvolumeclaims \"" + name + "\" is forbidden: only dynamically provisioned pvc can"
                    + " be resized and the storageclass that provisions the pvc must support resize", ApiException.details(Resource.CLAIMS, name));
        }
    }

    /** The path of a field that the model of this kind does not have, or null. */
    static String unknownField(Resource type, JsonNode o) {
        String part = switch (type.group()) {
            case "" -> "";
            case "apps" -> "apps.";
            case "policy", "networking.k8s.io", "coordination.k8s.io" -> type.group().replaceAll("\\..*", "") + ".v1.";
            default -> type.group().replaceAll("\\..*", "").replace("authorization", "") + ".";
        };
        try {
            STRICT.convertValue(o, Class.forName(Quantity.class.getPackageName() + "." + part + type.kind()));
            return null;
        } catch (ClassNotFoundException e) {
            return null;
        } catch (IllegalArgumentException e) {
            return e.getCause() instanceof UnrecognizedPropertyException unknown
                    ? unknown.getPath().stream().map(p -> p.getFieldName() == null ? "[" + p.getIndex() + "]" : "." + p.getFieldName())
                            .collect(Collectors.joining())
                    : null;
        }
    }
}
