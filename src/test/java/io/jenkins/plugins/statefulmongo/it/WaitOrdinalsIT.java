package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinalsContract;
import org.junit.jupiter.api.Test;

/** On the cluster of KUBECONFIG, with its released controllers; with what the embedded cluster does not play. */
class WaitOrdinalsIT extends WaitOrdinalsContract {
    @Override
    protected Bench open() throws Exception {
        return Bench.environment();
    }

    @Test
    void aQuotaThatForbidsAPodIsNamed() throws Exception {
        bench.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '1'}}}");
        bench.until("the quota is counted", () -> !Json.map(bench.get(Kind.QUOTA, "few"), "status", "used").isEmpty());
        bench.apply(set("mongo:7.0.14", MONGOD));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot be created\\.\n  .*exceeded quota: few.*\n  Raise the namespace's ResourceQuota, or lower replicas, requests and limits\\.");
    }

    @Test
    void aFailingProbeIsNamed() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "readinessProbe: {periodSeconds: 1, tcpSocket: {port: 27018}}", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d runs, but does not become ready: container db fails its probe\\.\n.*kubectl logs db-\\d -c db");
    }

    @Test
    void aMissingSecretIsNamedAndMayHeal() throws Exception {
        bench.apply(set("mongo:7.0.14", MONGOD, "envFrom: [{secretRef: {name: mongo-root}}]", "", ""));
        Bench.Ended ended = await("stuckSeconds", 6);
        assertThat(ended.failure())
                .matches("(?s)db-\\d cannot start: the configuration of container db is incomplete\\.\n  .*\"mongo-root\" not found\n.*Create the Secret.*");
    }
}
