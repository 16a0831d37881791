package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.update.AuthenticationContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** On the cluster of KUBECONFIG, with its released controllers. */
class AuthenticationIT extends AuthenticationContract {
    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }

    /** The key file comes by an init container, as manifests of others have it. */
    @Test
    void theImagesOwnFirstUserOnEachMemberIsSeenAndTold() throws Exception {
        apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: others-key}
                stringData: {keyfile: 'a2V5IG9mIGEgdGVzdA=='}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: db}
                spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: db}, ports: [{port: 27017}]}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: 3
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      volumes: [{name: in, secret: {secretName: others-key}}, {name: key, emptyDir: {}}]
                      initContainers:
                      - name: key
                        image: 'mongo:4.4.28'
                        command: [install, -m, '0400', -o, '999', -g, '999', /in/keyfile, /key/keyfile]
                        volumeMounts: [{name: in, mountPath: /in}, {name: key, mountPath: /key}]
                      containers:
                      - name: db
                        image: 'mongo:4.4.28'
                        args: [mongod, --replSet, rs0, --keyFile, /key/keyfile, --bind_ip_all]
                        env: [{name: MONGO_INITDB_ROOT_USERNAME, value: root}, {name: MONGO_INITDB_ROOT_PASSWORD, value: planted-root-password}]
                        readinessProbe: {tcpSocket: {port: 27017}, periodSeconds: 1}
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}, {name: key, mountPath: /key}]
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        assertThat(refused(initiate()))
                .startsWith("no member is initiated, but db-0 has data, and db-1 has data, and db-2 has data.\n")
                .contains("MONGO_INITDB_ROOT_* makes every member create its own user: remove it from the StatefulSet, delete the volumes, deploy again.");
    }
}
