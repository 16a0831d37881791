package io.jenkins.plugins.statefulmongo.update;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
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
    static final String QUIESCE_BRIEFLY = "--setParameter, shutdownTimeoutMillisForSignaledShutdown=100";
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
        applyCommand(image, replicas, "mongod, --replSet, rs0, " + QUIESCE_BRIEFLY + ", " + arguments, strategy, "");
    }

    /**
     * @param command mongod's whole command
     * @param more goes into its container
     */
    void applyCommand(String image, int replicas, String command, String strategy, String more) throws Exception {
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
                        command: [%s]
                        volumeMounts: [{name: mongo-data, mountPath: /data/db}]
                        %s
                  volumeClaimTemplates:
                  - metadata: {name: mongo-data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """
                .formatted(replicas, strategy, image, command, more));
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
        return bench.run(initiating(parameters));
    }

    Bench.Making initiating(Object... parameters) {
        return scope -> new InitReplicaSet(scope, parameters(parameters));
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
        return command(ordinal, database, command, null);
    }

    /** @param user of the database admin; null: nobody */
    Document command(int ordinal, String database, Document command, Login user) throws Exception {
        return command(ordinal, database, command, user, "admin");
    }

    /** @param home the user's own database */
    Document command(int ordinal, String database, Document command, Login user, String home) throws Exception {
        MongoClientSettings.Builder settings = MongoClientSettings.builder();
        if (user != null) {
            settings.credential(MongoCredential.createCredential(user.user(), home, user.password().toCharArray()));
        }
        try (LocalPortForward forward = bench.kube().forward(bench.namespace(), "db-" + ordinal, 27017);
                MongoClient client = MongoClients.create(settings
                        .applyToClusterSettings(c -> c.mode(ClusterConnectionMode.SINGLE)
                                .hosts(List.of(new ServerAddress("127.0.0.1", forward.getLocalPort())))
                                .serverSelectionTimeout(20, TimeUnit.SECONDS))
                        .build())) {
            return client.getDatabase(database).runCommand(command);
        }
    }

    /** A set of this one member alone. */
    void initiateAlone(int ordinal) throws Exception {
        initiateByHand(ordinal, member(0, host(ordinal)));
        bench.until("db-" + ordinal + " to be primary", () -> isPrimary(ordinal));
    }

    /** As somebody would in a shell; without members it is {@code rs.initiate()}, which leaves the choice to mongod. */
    void initiateByHand(int ordinal, Document... members) throws Exception {
        answers(ordinal);
        for (Document member : members) {
            Hosts hosts = new Hosts(SetState.of(set(), null), "cluster.local");
            if (hosts.ordinal(member.getString("host")).isPresent()) {
                answers(hosts.ordinal(member.getString("host")).get());
            }
        }
        Document config = members.length == 0
                ? new Document()
                : new Document("_id", "rs0").append("version", 1).append("members", List.of(members));
        bench.until("the members' names to be served", () -> {
            try {
                command(ordinal, "admin", new Document("replSetInitiate", config));
                return true;
            } catch (MongoCommandException e) {
                if (e.getErrorCode() != 74 && e.getErrorCode() != 93) {
                    throw e;
                }
                return false;
            }
        });
    }

    static Document member(int id, String host) {
        return new Document("_id", id).append("host", host);
    }

    /** The stable name. */
    String host(int ordinal) {
        return "db-" + ordinal + ".db." + bench.namespace() + ".svc.cluster.local:27017";
    }

    void answers(int ordinal) throws Exception {
        bench.until("db-" + ordinal + " to answer", () -> {
            try {
                command(ordinal, "admin", new Document("ping", 1));
                return true;
            } catch (RuntimeException | Unavailable e) {
                return false;
            }
        });
    }

    /** Asks a member to stand until it is the primary, as the others may not know their set yet. */
    void elect(int ordinal) throws Exception {
        bench.until("db-" + ordinal + " to be elected", () -> {
            try {
                command(ordinal, "admin", new Document("replSetStepUp", 1));
            } catch (MongoCommandException e) {
                return false;
            }
            return isPrimary(ordinal);
        });
    }

    /** Makes this member primary, and waits until db-0 knows it. */
    public void placePrimary(int ordinal) throws Exception {
        bench.until("db-" + ordinal + " to be primary", () -> {
            if (!isPrimary(ordinal)) {
                try {
                    command(ordinal, "admin", new Document("replSetStepUp", 1));
                } catch (MongoException e) {
                    return false; // not caught up at this moment
                }
            }
            return isPrimary(ordinal)
                    && command(0, "admin", new Document("replSetGetStatus", 1)).getList("members", Document.class).stream()
                            .anyMatch(m -> "PRIMARY".equals(m.getString("stateStr")) && m.getString("name").startsWith("db-" + ordinal + "."));
        });
    }

    boolean isPrimary(int ordinal) throws Exception {
        return Boolean.TRUE.equals(command(ordinal, "admin", new Document("isMaster", 1)).get("ismaster"));
    }

    /** Its claim and its pod are deleted: the StatefulSet makes both again, with a volume that is empty. */
    void loseVolume(int ordinal) throws Exception {
        String claim = "mongo-data-db-" + ordinal;
        String old = Json.text(bench.get(Kind.CLAIM, claim), "metadata", "uid");
        bench.kube().delete(Kind.CLAIM, bench.namespace(), claim, old, Map.of());
        replacePod(ordinal);
        bench.until("another claim", () -> bench.kube().get(Kind.CLAIM, bench.namespace(), claim)
                .filter(c -> !old.equals(Json.text(c, "metadata", "uid")))
                .isPresent());
        answers(ordinal);
    }

    /** Deletes a pod and waits until the next one runs. */
    void replacePod(int ordinal) throws Exception {
        PodState pod = pod(ordinal);
        bench.kube().delete(Kind.POD, bench.namespace(), pod.name(), pod.uid(), Map.of("gracePeriodSeconds", 1));
        bench.until(pod.name() + " to be replaced", () -> pods().stream()
                .anyMatch(p -> p.name().equals(pod.name()) && !p.uid().equals(pod.uid()) && p.running()));
    }

    PodState pod(int ordinal) throws Exception {
        return PodState.of(bench.get(Kind.POD, "db-" + ordinal));
    }

    /** Deletes a pod that a finalizer keeps from ever being gone, until {@link #release}. */
    void deleteForEver(int ordinal) throws Exception {
        finalizers(ordinal, List.of("example.com/hold"));
        bench.kube().delete(Kind.POD, bench.namespace(), "db-" + ordinal, pod(ordinal).uid(), Map.of("gracePeriodSeconds", 1));
        bench.until("db-" + ordinal + " to be terminating", () -> pod(ordinal).terminating());
    }

    void release(int ordinal) throws Exception {
        finalizers(ordinal, null);
    }

    void finalizers(int ordinal, List<String> finalizers) throws Exception {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("finalizers", finalizers);
        bench.kube().patch(Kind.POD, bench.namespace(), "db-" + ordinal, Map.of("metadata", metadata));
    }

    void insert(int ordinal, int id) throws Exception {
        command(ordinal, "test", new Document("insert", "kept")
                .append("documents", List.of(new Document("_id", id)))
                .append("writeConcern", new Document("w", 1)));
    }

    /** How many documents this member has. */
    int count(int ordinal) throws Exception {
        return command(ordinal, "test", new Document("count", "kept")).get("n", Number.class).intValue();
    }

    Document config(int ordinal) throws Exception {
        return command(ordinal, "admin", new Document("replSetGetConfig", 1)).get("config", Document.class);
    }

    /** What tells a set from every other one. */
    String setId(int ordinal) throws Exception {
        return config(ordinal).get("settings", Document.class).get("replicaSetId").toString();
    }

    long configVersion() throws Exception {
        return config(0).get("version", Number.class).longValue();
    }

    public int primary() throws Exception {
        for (int i = 0; i < 3; i++) {
            if (isPrimary(i)) {
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
