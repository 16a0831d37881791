package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Growing the volumes of a set in place: the same on the embedded cluster and on a real one. */
public abstract class StorageContract extends ReleaseContract {
    private Ended sized(String storage, Object... more) throws Exception {
        List<Object> parameters = new java.util.ArrayList<>(List.of("image", "mongo:7.0.14", "replicas", 2, "storage", storage));
        parameters.addAll(List.of(more));
        return deploy(parameters.toArray());
    }

    Map<String, String> uids() throws Exception {
        Map<String, String> uids = new TreeMap<>();
        for (Map<String, Object> pod : bench.kube().list(Kind.POD, namespace, null)) {
            uids.put(Manifest.name(pod), Json.text(pod, "metadata", "uid") + " " + restarts(pod));
        }
        return uids;
    }

    private static long restarts(Map<String, Object> pod) {
        return Json.list(pod, "status", "containerStatuses").stream().mapToInt(c -> Json.number(c, 0, "restartCount")).sum();
    }

    private Map<String, String> capacities() throws Exception {
        Map<String, String> capacities = new TreeMap<>();
        for (Map<String, Object> claim : bench.kube().list(Kind.CLAIM, namespace, null)) {
            capacities.put(Manifest.name(claim), Json.text(claim, "status", "capacity", "storage"));
        }
        return capacities;
    }

    private void awaitPods(int pods) throws Exception {
        bench.until("the pods to be Ready", () -> Json.number(bench.get(Kind.STATEFUL_SET, "db"), 0, "status", "readyReplicas") == pods);
    }

    @Test
    void safety04_volumesGrowInPlaceAndNoPodIsRestarted() throws Exception {
        assertThat(sized("1Gi").failure()).isNull();
        awaitPods(2);
        Map<String, String> before = uids();
        String uid = Json.text(bench.get(Kind.STATEFUL_SET, "db"), "metadata", "uid");

        Ended tried = sized("2Gi", "dryRun", true);
        assertThat(tried.console())
                .contains("  ~ StatefulSet db: volumes mongo-data: 1Gi -> 2Gi (each grows in place; the StatefulSet is made anew around its pods)\n")
                .endsWith("dry run: 0 created, 1 changed, 2 unchanged\n");
        assertThat(capacities().values()).containsOnly("1Gi");

        Ended grown = sized("2Gi");
        assertThat(grown.failure()).isNull();
        assertThat(grown.console())
                .contains("  mongo-data-db-0  grows from 1Gi to 2Gi\n", "  mongo-data-db-1  grows from 1Gi to 2Gi\n")
                .contains("  StatefulSet db is made anew around its pods\n")
                .endsWith("  applied: 0 created, 1 changed, 2 unchanged\n");
        assertThat(capacities()).isEqualTo(Map.of("mongo-data-db-0", "2Gi", "mongo-data-db-1", "2Gi"));
        assertThat(uids()).isEqualTo(before);
        Map<String, Object> set = bench.get(Kind.STATEFUL_SET, "db");
        assertThat(Json.text(set, "metadata", "uid")).isNotEqualTo(uid);
        assertThat(Json.text(set, "metadata", "labels", Home.RELEASE)).isEqualTo("db");
        assertThat(ChangeChecks.size(Json.list(set, "spec", "volumeClaimTemplates").get(0))).isEqualTo("2Gi");
        assertThat(bench.kube().get(Kind.CONFIG_MAP, namespace, "stateful-mongo-db")).isEmpty();
        assertThat(sized("2Gi").console()).endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");
        // Whose template was written by another request than apply is still ours to change, and to remove.
        assertThat(deploy("image", "mongo:7.0.14", "replicas", 3, "storage", "3Gi").failure()).isNull();
        bench.until("the third volume", () -> capacities().equals(Map.of("mongo-data-db-0", "3Gi", "mongo-data-db-1", "3Gi", "mongo-data-db-2", "3Gi")));
        assertThat(run(RemoveRelease::new, "volumes", "delete").failure()).isNull();
        assertThat(claims()).isEmpty();
    }

    @Test
    void aClassThatDoesNotAllowItIsRefusedBeforeAnythingIsTouched() throws Exception {
        assertThat(sized("1Gi", "storageClass", "fixed-size").failure()).isNull();
        awaitPods(2);
        String version = Json.text(bench.get(Kind.STATEFUL_SET, "db"), "metadata", "generation");
        assertThat(sized("2Gi", "storageClass", "fixed-size").failure())
                .isEqualTo("StatefulSet db: its volume mongo-data-db-0 cannot grow from 1Gi to 2Gi: the storage class fixed-size does not allow it.\n"
                        + "  Give storage: '1Gi'; or have allowVolumeExpansion: true set in the class, if its driver can; or deploy a set of another"
                        + " name on a larger class and move the data there. Nothing was touched.");
        assertThat(sized("2Gi", "storageClass", "standard").failure())
                .startsWith("StatefulSet db: spec.volumeClaimTemplates[mongo-data].spec.storageClassName is fixed-size and cannot become standard.\n");
        assertThat(sized("512Mi", "storageClass", "fixed-size").failure())
                .startsWith("StatefulSet db: its volumes (mongo-data) have 1Gi, and volumes cannot shrink to 512Mi.\n");
        assertThat(Json.text(bench.get(Kind.STATEFUL_SET, "db"), "metadata", "generation")).isEqualTo(version);
        assertThat(capacities().values()).containsOnly("1Gi");
    }

    @Test
    void safety04_aRunThatFindsTheStoredSetFinishesTheJob() throws Exception {
        assertThat(sized("1Gi").failure()).isNull();
        awaitPods(2);
        Map<String, String> before = uids();
        orphaned();
        Ended ended = sized("1Gi");
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains("  StatefulSet db is made anew around its pods\n").endsWith("nothing to do: 0 created, 0 changed, 3 unchanged\n");
        assertThat(uids()).isEqualTo(before);

        assertThat(Json.text(bench.get(Kind.CLAIM, "mongo-data-db-1"), "metadata", "annotations", StorageGrowth.VOUCHER)).isNull();

        orphaned();
        Ended removed = run(RemoveRelease::new, "volumes", "delete");
        assertThat(removed.failure()).isNull();
        assertThat(bench.kube().list(Kind.POD, namespace, null)).as("no pod is left behind").isEmpty();
        assertThat(claims()).isEmpty();
    }

    /** As a run leaves it that dies between the deletion and the creation. */
    void orphaned() throws Exception {
        Map<String, Object> set = bench.get(Kind.STATEFUL_SET, "db");
        Map<String, Object> successor = Tree.copy(set);
        for (String drop : List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")) {
            Tree.set(successor, null, "metadata", drop);
        }
        successor.remove("status");
        String text = bench.kube().write(successor);
        bench.kube().create(Kind.CONFIG_MAP, namespace, Tree.map("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Tree.map("name", "stateful-mongo-db", "labels", Tree.map(Home.RELEASE, "db")),
                "data", Tree.map("statefulset.json", bench.kube().write(set), "successor.json", text)));
        bench.kube().patch(Kind.CLAIM, namespace, "mongo-data-db-1",
                Map.of("metadata", Map.of("annotations", Map.of(StorageGrowth.VOUCHER, StorageGrowth.digest(text)))));
        bench.kube().delete(Kind.STATEFUL_SET, namespace, "db", Json.text(set, "metadata", "uid"), Map.of("propagationPolicy", "Orphan"));
        bench.until("it to be gone", () -> bench.kube().get(Kind.STATEFUL_SET, namespace, "db").isEmpty());
    }
}
