package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinalsContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On the cluster of KUBECONFIG, with its released controllers; with what the embedded cluster does not play. */
class WaitOrdinalsIT extends WaitOrdinalsContract {
    @Override
    protected Bench open() throws Exception {
        return Bench.environment();
    }

    @Test
    void aLimitRangeThatForbidsAClaimIsNamed() throws Exception {
        bench.apply("{apiVersion: v1, kind: LimitRange, metadata: {name: small}, spec: {limits: [{type: PersistentVolumeClaim, max: {storage: 1Gi}}]}}");
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be created\\.\n  .*maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi.*"
                        + "\n  The namespace's LimitRange forbids it: change requests and limits, or the LimitRange\\.");
    }

    @Test
    void aQuotaOfStorageIsNamed() throws Exception {
        bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: disk}, spec: {hard: {requests.storage: 3Gi}}}");
        bench.until("the quota is counted", () -> !Json.map(bench.get(Kind.QUOTA, "disk"), "status", "used").isEmpty());
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be created\\.\n  .*exceeded quota: disk.*\n  Raise the namespace's ResourceQuota, or lower replicas, requests and limits\\.");
    }

    @Test
    void aClaimThatNobodyProvisionsIsNamedWithItsClass() throws Exception {
        String storageClass = bench.namespace();
        bench.apply("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: " + storageClass + "}, provisioner: example.com/nobody}");
        try {
            bench.apply(set("mongo:7.0.14", MONGOD, "", "", "storageClassName: " + storageClass));
            Bench.Ended ended = await("stuckSeconds", 6);
            assertThat(ended.failure())
                    .matches("(?s)db-\\d cannot be scheduled: its claim mongo-data-db-\\d \\(2Gi of storage class " + storageClass + "\\) has no volume\\.\n.*"
                            + "\n  Check that the provisioner of its storage class runs\\.");
        } finally {
            String uid = Json.text(bench.kube().get(Kind.STORAGE_CLASS, null, storageClass).orElseThrow(), "metadata", "uid");
            bench.kube().delete(Kind.STORAGE_CLASS, null, storageClass, uid, Map.of());
        }
    }

    @Test
    void aMissingSecretIsNamedAndMayHeal() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "envFrom: [{secretRef: {name: mongo-root}}]", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: the configuration of container db is incomplete\\.\n  .*\"mongo-root\" not found\n.*Create the Secret.*");
    }
}
