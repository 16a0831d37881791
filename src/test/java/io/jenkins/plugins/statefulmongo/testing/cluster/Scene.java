package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bson.Document;

/** A namespace of its own in an embedded cluster, and short words for what the tests do there, all through the unmodified clients. */
final class Scene implements AutoCloseable {
    private static final Logger DRIVER = Logger.getLogger("org.mongodb.driver");

    static {
        DRIVER.setLevel(Level.SEVERE);
    }

    final KubernetesClient client;
    final String namespace;

    Scene(EmbeddedCluster cluster, String namespace) {
        this(Config.fromKubeconfig(cluster.kubeconfig()), namespace);
    }

    /** In any cluster: so the same scene can be looked at on a real one. */
    Scene(Config cluster, String namespace) {
        this.namespace = namespace;
        Config config = new ConfigBuilder(cluster).withRequestRetryBackoffLimit(0).withNamespace(namespace).build();
        client = new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(new JdkHttpClientFactory()).build();
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
    }

    /** The database as the plugin ships it: a headless service and a StatefulSet under OnDelete, with a probe that asks for the role. */
    static String database(String image, int replicas) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: db}
                spec:
                  clusterIP: None
                  publishNotReadyAddresses: true
                  selector: {app: db}
                  ports: [{port: 27017}]
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: %d
                  podManagementPolicy: Parallel
                  updateStrategy: {type: OnDelete}
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      terminationGracePeriodSeconds: 60
                      containers:
                      - name: db
                        image: %s
                        args: [mongod, --replSet, rs0]
                        ports: [{containerPort: 27017}]
                        readinessProbe: {exec: {command: [mongosh, --eval, 'const h = db.hello(); quit(h.secondary || h.isWritablePrimary ? 0 : 1)']}}
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}
                """.formatted(replicas, image);
    }

    List<HasMetadata> apply(String manifest) {
        return apply(manifest, "test", false);
    }

    List<HasMetadata> apply(String manifest, String manager, boolean force) {
        List<HasMetadata> applied = new ArrayList<>();
        for (HasMetadata item : client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8))).items()) {
            applied.add(client.resource(item).inNamespace(namespace).patch(
                    new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager(manager).withForce(force).build()));
        }
        return applied;
    }

    Pod pod(String name) {
        return client.pods().inNamespace(namespace).withName(name).get();
    }

    StatefulSet set() {
        return client.apps().statefulSets().inNamespace(namespace).withName("db").get();
    }

    /** Waits, by a watch, until the pod of this name meets the condition. */
    Pod await(String name, Predicate<Pod> condition) {
        return client.pods().inNamespace(namespace).withName(name).waitUntilCondition(pod -> pod != null && condition.test(pod), 10, TimeUnit.SECONDS);
    }

    Pod awaitReady(String name) {
        return await(name, pod -> Readiness.isPodReady(pod) && pod.getMetadata().getDeletionTimestamp() == null);
    }

    Pod awaitRunning(String name) {
        return await(name, pod -> "Running".equals(pod.getStatus().getPhase()));
    }

    /** A driver on one member through a port-forward of its pod. */
    Forwarded open(String pod) {
        LocalPortForward forward = client.pods().inNamespace(namespace).withName(pod).portForward(27017, InetAddress.getLoopbackAddress(), 0);
        MongoClient mongo = MongoClients.create(MongoClientSettings.builder().applyToClusterSettings(c -> c.mode(ClusterConnectionMode.SINGLE)
                .hosts(List.of(new ServerAddress("127.0.0.1", forward.getLocalPort()))).serverSelectionTimeout(5, TimeUnit.SECONDS))
                .applyToSocketSettings(s -> s.readTimeout(15, TimeUnit.SECONDS)).build());
        return new Forwarded(forward, mongo);
    }

    record Forwarded(LocalPortForward forward, MongoClient client) implements AutoCloseable {
        Document admin(Document command) {
            return client.getDatabase("admin").runCommand(command);
        }

        Document admin(String command) {
            return admin(new Document(command, 1));
        }

        @Override
        public void close() throws IOException {
            client.close();
            forward.close();
        }
    }

    Document admin(String pod, Document command) throws IOException {
        try (Forwarded member = open(pod)) {
            return member.admin(command);
        }
    }

    static Document config(int members) {
        List<Document> list = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            list.add(new Document("_id", i).append("host", "db-" + i + ".db:27017"));
        }
        return new Document("_id", "rs0").append("members", list);
    }

    /** Deploys a set, initiates it, and makes db-0 its primary. */
    void deployAndInitiate(String image, int members) throws IOException {
        apply(database(image, members));
        for (int i = 0; i < members; i++) {
            awaitRunning("db-" + i);
        }
        admin("db-0", new Document("replSetInitiate", config(members)));
        admin("db-0", new Document("replSetStepUp", 1));
        for (int i = 0; i < members; i++) {
            awaitReady("db-" + i);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
