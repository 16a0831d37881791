package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of waitOrdinals on any cluster have in common: a namespace of their own for each, and a StatefulSet to wait for. */
abstract class OnOrdinals {
    /** mongod as deployStatefulMongo would write it. */
    protected static final String MONGOD = "[mongod, --replSet, rs0, --bind_ip_all]";

    /** Far below the default of stuckSeconds, far above what a busy machine needs. */
    static final Duration AT_ONCE = Duration.ofSeconds(60);

    protected Bench bench;

    protected abstract Bench open() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        bench = open();
    }

    @AfterEach
    void closeBench() throws Exception {
        bench.close();
    }

    /** A set with a volume for each pod; {@code more} goes into its spec, {@code container} into its only container. */
    protected static String set(String image, String command, String container, String more, String storageClass) {
        return """
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
                  %s
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - name: db
                        image: %s
                        command: %s
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                        %s
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec:
                      accessModes: [ReadWriteOnce]
                      %s
                      resources: {requests: {storage: 2Gi}}
                """
                .formatted(more, image, command, container, storageClass);
    }

    protected static String set(String image, String command) {
        return set(image, command, "", "", "");
    }

    protected Bench.Ended await(Object... parameters) throws Exception {
        return begin(parameters).await();
    }

    protected Bench.Running begin(Object... parameters) throws Exception {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            values.put((String) parameters[i], parameters[i + 1]);
        }
        return bench.begin(scope -> new WaitOrdinals(scope, new Parameters(values)), "bench/1");
    }
}
