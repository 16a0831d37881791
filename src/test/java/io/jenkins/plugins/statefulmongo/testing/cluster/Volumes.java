package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Dynamic volumes: a claim is bound at once, grows at once where its class allows it, and stays while a pod uses it. */
final class Volumes {
    private static final String SOURCE = "persistentvolume-controller";

    private final Store store;
    private final Events events;
    private final Set<String> failed = new HashSet<>();
    private final Map<String, Map<String, Data>> data = new ConcurrentHashMap<>();

    Volumes(Store store, Events events) {
        this.store = store;
        this.events = events;
    }

    /** What lies at a path of a volume; {@code volume} is a PersistentVolume's name, or anything unique for an emptyDir. */
    Data data(String volume, String path) {
        return data.computeIfAbsent(volume, v -> new ConcurrentHashMap<>()).computeIfAbsent(path, p -> new Data());
    }

    void drop(String volume) {
        data.remove(volume);
    }

    void reconcile(String namespace) {
        Set<String> used = new HashSet<>();
        for (ObjectNode pod : store.list(Resource.PODS, namespace)) {
            for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
                used.add(Json.text(volume, "persistentVolumeClaim", "claimName"));
            }
        }
        for (ObjectNode claim : store.list(Resource.CLAIMS, namespace)) {
            if (Json.deleting(claim)) {
                if (!used.contains(Json.name(claim))) {
                    store.edit(Resource.CLAIMS, claim, c -> Garbage.without(c, "kubernetes.io/pvc-protection"));
                }
            } else if (Json.text(claim, "status", "phase").equals("Bound")) {
                grow(claim);
            } else {
                bind(claim);
            }
        }
        for (ObjectNode volume : store.list(Resource.VOLUMES, null)) {
            JsonNode reference = Json.at(volume, "spec", "claimRef");
            ObjectNode claim = store.get(Resource.CLAIMS, reference.path("namespace").asText(), reference.path("name").asText());
            boolean gone = claim == null || !Json.uid(claim).equals(reference.path("uid").asText());
            if (gone && Json.text(volume, "spec", "persistentVolumeReclaimPolicy").equals("Delete")) {
                store.remove(Resource.VOLUMES, volume);
                drop(Json.name(volume));
            } else if (gone && !Json.text(volume, "status", "phase").equals("Released")) {
                store.edit(Resource.VOLUMES, volume, v -> Json.child(v, "status").put("phase", "Released"));
            }
        }
    }

    private void bind(ObjectNode claim) {
        String className = Json.at(claim, "spec").has("storageClassName") ? Json.text(claim, "spec", "storageClassName") : defaultClass();
        ObjectNode storageClass = store.get(Resource.STORAGE_CLASSES, "", className);
        if (storageClass == null) {
            if (failed.add(Json.uid(claim))) {
                events.warning(Resource.CLAIMS, claim, SOURCE, "ProvisioningFailed", "storageclass.storage.k8s.io \"" + className + "\" not found");
            }
            return;
        }
        String name = "pvc-" + Json.uid(claim);
        JsonNode size = Json.at(claim, "spec", "resources", "requests", "storage");
        ObjectNode volume = Json.object().put("kind", "PersistentVolume").put("apiVersion", "v1");
        volume.putObject("metadata").put("name", name);
        ObjectNode spec = volume.putObject("spec").put("storageClassName", className)
                .put("persistentVolumeReclaimPolicy", Json.text(storageClass, "reclaimPolicy")).put("volumeMode", "Filesystem");
        spec.putObject("capacity").set("storage", size);
        spec.set("accessModes", Json.at(claim, "spec", "accessModes"));
        spec.putObject("claimRef").put("kind", "PersistentVolumeClaim").put("apiVersion", "v1").put("namespace", Json.namespace(claim))
                .put("name", Json.name(claim)).put("uid", Json.uid(claim));
        volume.putObject("status").put("phase", "Bound");
        store.create(Resource.VOLUMES, volume, false);
        store.edit(Resource.CLAIMS, claim, c -> {
            Json.child(c, "spec").put("volumeName", name).put("storageClassName", className);
            ObjectNode status = Json.child(c, "status").put("phase", "Bound");
            status.set("accessModes", Json.at(c, "spec", "accessModes"));
            status.putObject("capacity").set("storage", size);
        });
        events.normal(Resource.CLAIMS, claim, SOURCE, "ProvisioningSucceeded", "Successfully provisioned volume " + name);
    }

    private String defaultClass() {
        return store.list(Resource.STORAGE_CLASSES, null).stream()
                .filter(c -> Json.text(c, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class").equals("true"))
                .map(Json::name).findFirst().orElse("");
    }

    private void grow(ObjectNode claim) {
        JsonNode wanted = Json.at(claim, "spec", "resources", "requests", "storage");
        if (!Json.at(claim, "status", "capacity", "storage").equals(wanted)) {
            ObjectNode volume = store.get(Resource.VOLUMES, "", Json.text(claim, "spec", "volumeName"));
            if (volume != null) {
                store.edit(Resource.VOLUMES, volume, v -> Json.child(v, "spec", "capacity").set("storage", wanted));
            }
            store.edit(Resource.CLAIMS, claim, c -> Json.child(c, "status", "capacity").set("storage", wanted));
            events.normal(Resource.CLAIMS, claim, "volume_expand", "FileSystemResizeSuccessful", "MountVolume.NodeExpandVolume succeeded");
        }
    }
}
