package io.jenkins.plugins.statefulmongo.update;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bson.Document;

/** Short words for what the tests of a replica set do: steps run through the engine, mongod asked through a port-forward. */
public final class ReplicaSetBench implements AutoCloseable {
    private static final Logger DRIVER = Logger.getLogger("org.mongodb.driver");

    static {
        DRIVER.setLevel(Level.SEVERE);
    }

    final Bench bench;

    public ReplicaSetBench(Bench bench) {
        this.bench = bench;
    }

    ReplicaSetBench(String kubeconfig) throws Exception {
        this(new Bench(kubeconfig));
    }

    /** A set that only these tests know: its probe asks for no role, its mongods quiesce briefly. */
    void apply(String image, int replicas, String arguments, String strategy) throws Exception {
        bench.apply("""
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
                  replicas: %d
                  podManagementPolicy: Parallel
                  updateStrategy: {type: %s}
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      terminationGracePeriodSeconds: 60
                      containers:
                      - name: db
                        image: '%s'
                        command: [mongod, --replSet, rs0, --setParameter, shutdownTimeoutMillisForSignaledShutdown=100, %s]
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """
                .formatted(replicas, strategy, image, arguments));
    }

    void apply(String image, int replicas) throws Exception {
        apply(image, replicas, "--bind_ip_all", "OnDelete");
    }

    /** A set of three with a primary. */
    void initiated(String image, String strategy) throws Exception {
        apply(image, 3, "--bind_ip_all", strategy);
        Ended ended = initiate();
        if (ended.failure() != null) {
            throw new AssertionError(ended.failure());
        }
        ready(3);
    }

    /** The step counts members, not probes; an update does count probes. */
    void ready(int pods) throws Exception {
        bench.until("every pod to be Ready", () -> pods().stream().filter(PodState::serves).count() == pods);
    }

    public Ended deploy(Object... parameters) throws Exception {
        return bench.run(deploying(parameters));
    }

    /** A deployment by another build. */
    public Bench.Running beginDeploy(String holder, Object... parameters) throws Exception {
        return bench.begin(deploying(parameters), holder);
    }

    public static Bench.Making deploying(Object... parameters) {
        return scope -> new DeployStatefulMongo(scope, parameters(parameters));
    }

    public Ended initiate(Object... parameters) throws Exception {
        return bench.run(scope -> new InitReplicaSet(scope, parameters(parameters)));
    }

    public Ended update(Object... parameters) throws Exception {
        return begin("bench/1", parameters).await();
    }

    /** An update by another build. */
    public Bench.Running begin(String holder, Object... parameters) throws Exception {
        return bench.begin(updating(parameters), holder);
    }

    Bench.Making updating(Object... parameters) {
        return scope -> new RollingImageUpdate(scope, parameters(parameters));
    }

    private static Parameters parameters(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return new Parameters(map);
    }

    public Map<String, Object> set() throws Exception {
        return bench.get(Kind.STATEFUL_SET, "db");
    }

    String version() throws Exception {
        return Json.text(set(), "metadata", "resourceVersion");
    }

    public String strategy() throws Exception {
        return Json.text(set(), "spec", "updateStrategy", "type");
    }

    public String journal() throws Exception {
        return Json.text(set(), "metadata", "annotations", Journal.ANNOTATION);
    }

    /** As another build would take the set's Lease, for an hour; blank as it would give it back. */
    public void giveLeaseTo(String holder) throws Exception {
        Map<String, Object> lease = new LinkedHashMap<>(bench.get(Kind.LEASE, "stateful-mongo-db"));
        Map<String, Object> spec = new LinkedHashMap<>(Json.map(lease, "spec"));
        spec.put("holderIdentity", holder);
        spec.put("leaseDurationSeconds", 3_600);
        lease.put("spec", spec);
        bench.kube().replace(Kind.LEASE, bench.namespace(), lease);
    }

    public List<PodState> pods() throws Exception {
        return bench.kube().list(Kind.POD, bench.namespace(), null).stream().map(PodState::of).toList();
    }

    /** Which pod, as the API server tells pods apart. */
    public Map<String, String> uids() throws Exception {
        Map<String, String> uids = new TreeMap<>();
        pods().forEach(p -> uids.put(p.name(), p.uid()));
        return uids;
    }

    public Map<String, String> images() throws Exception {
        Map<String, String> images = new TreeMap<>();
        for (Map<String, Object> pod : bench.kube().list(Kind.POD, bench.namespace(), null)) {
            images.put(Json.text(pod, "metadata", "name"), Json.text(Json.list(pod, "spec", "containers").get(0), "image"));
        }
        return images;
    }

    /** A command to one mongod, in whatever state it is. */
    public Document command(int ordinal, String database, Document command) throws Exception {
        try (LocalPortForward forward = bench.kube().forward(bench.namespace(), "db-" + ordinal, 27017);
                MongoClient client = MongoClients.create(MongoClientSettings.builder()
                        .applyToClusterSettings(c -> c.mode(ClusterConnectionMode.SINGLE)
                                .hosts(List.of(new ServerAddress("127.0.0.1", forward.getLocalPort())))
                                .serverSelectionTimeout(20, TimeUnit.SECONDS))
                        .build())) {
            return client.getDatabase(database).runCommand(command);
        }
    }

    /** A set of this one member alone. */
    void initiateAlone(int ordinal) throws Exception {
        bench.until("db-" + ordinal + " to answer", () -> {
            try {
                command(ordinal, "admin", new Document("ping", 1));
                return true;
            } catch (RuntimeException | io.jenkins.plugins.statefulmongo.engine.Unavailable e) {
                return false;
            }
        });
        String host = "db-" + ordinal + ".db." + bench.namespace() + ".svc.cluster.local:27017";
        command(ordinal, "admin", new Document("replSetInitiate", new Document("_id", "rs0").append("version", 1)
                .append("members", List.of(new Document("_id", 0).append("host", host)))));
        bench.until("db-" + ordinal + " to be primary", () ->
                Boolean.TRUE.equals(command(ordinal, "admin", new Document("isMaster", 1)).get("ismaster")));
    }

    long configVersion() throws Exception {
        return command(0, "admin", new Document("replSetGetConfig", 1)).get("config", Document.class).get("version", Number.class).longValue();
    }

    public int primary() throws Exception {
        for (int i = 0; i < 3; i++) {
            if (Boolean.TRUE.equals(command(i, "admin", new Document("isMaster", 1)).get("ismaster"))) {
                return i;
            }
        }
        throw new AssertionError("no primary");
    }

    @Override
    public void close() throws Exception {
        bench.close();
    }
}
