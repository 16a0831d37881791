package io.jenkins.plugins.statefulmongo.testing;

import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A StatefulSet {@code db} in namespace {@code ns} and its replica set {@code rs0}, as the deciders see them: healthy, caught up, with db-0
 * as primary, every pod at the old revision. A test changes what it is about.
 */
public final class MongoSet {
    public static final String OLD = "db-old";
    public static final String NEW = "db-new";
    /** The second in which everybody wrote last. */
    public static final long NOW = 1_000_000;

    /** One ordinal: its pod, its mongod, its entry in the configuration. */
    public static final class Node {
        public final int ordinal;
        public String revision = OLD;
        /** Tells this pod from others of the same name; null: one for each revision. */
        public String uid;
        public boolean exists = true;
        public boolean ready = true;
        public boolean terminating;
        public String phase = "Running";
        public List<ContainerState> containers = List.of();
        public boolean answers = true;
        public boolean initiated = true;
        public boolean data;
        public String state = "SECONDARY";
        public long term = 1;
        public OpTime applied = new OpTime(1, NOW, 1);
        public Integer primary = 0;
        public String version = "7.0.14";
        public String compatibility = "7.0";
        public String compatibilityTarget;
        public long copied;
        public String setName = "rs0";
        public String setId = "id-1";
        /** The name by which the configuration knows it; null: its stable one. */
        public String host;
        public long configVersion = 1;
        public boolean configured = true;
        public int votes = 1;
        public double priority = 1;
        public boolean arbiter;
        public boolean hidden;
        public long delay;
        public boolean joining;
        /** It is back, and the others' heartbeats do not know it yet. */
        public boolean unseen;

        private Node(int ordinal) {
            this.ordinal = ordinal;
        }

        /** Its container does not run. */
        public Node broken() {
            ready = false;
            answers = false;
            phase = "Pending";
            return this;
        }

        public Node behind(long seconds) {
            applied = new OpTime(term, NOW - seconds, 1);
            return this;
        }

        public Node container(Integer lastExitCode, String waitingReason) {
            containers = List.of(container("db", lastExitCode, waitingReason));
            return this;
        }

        /** Beside its own container. */
        public Node sidecar(Integer lastExitCode, String waitingReason) {
            containers = Stream.concat(containers.stream(), Stream.of(container("exporter", lastExitCode, waitingReason))).toList();
            return this;
        }

        private ContainerState container(String name, Integer lastExitCode, String waitingReason) {
            return new ContainerState(name, "mongo:7.0.16", false, name.equals("db"), waitingReason == null, ready, 1, waitingReason, null, lastExitCode, null);
        }
    }

    private final Map<String, Object> object;
    private final List<Node> nodes = new ArrayList<>();
    private final List<ReplicaConfig.Member> outsiders = new ArrayList<>();
    private final List<MemberState.Peer> outsidersSeen = new ArrayList<>();

    public MongoSet(int replicas) {
        object = object(replicas);
        for (int i = 0; i < replicas; i++) {
            nodes.add(new Node(i));
        }
        nodes.get(0).state = "PRIMARY";
    }

    public Node node(int ordinal) {
        return nodes.get(ordinal);
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** Everybody takes this ordinal for primary, and it does so itself. */
    public MongoSet primary(int ordinal) {
        for (Node node : nodes) {
            node.primary = ordinal;
            node.state = node.arbiter ? "ARBITER" : node.ordinal == ordinal ? "PRIMARY" : "SECONDARY";
        }
        return this;
    }

    public MongoSet withoutPrimary() {
        nodes.forEach(n -> {
            n.primary = null;
            n.state = "SECONDARY";
        });
        return this;
    }

    /** A voter of the configuration that is no ordinal of the StatefulSet and never primary. */
    public MongoSet outsider(String host, boolean up) {
        return outsider(host, up, up ? "SECONDARY" : "(not reachable/healthy)", new OpTime(1, NOW, 1));
    }

    /** The same, as the others' heartbeats see it. */
    public MongoSet outsider(String host, boolean up, String state, OpTime applied) {
        outsiders.add(new ReplicaConfig.Member(100 + outsiders.size(), host, 1, 0, false, false, 0, false));
        outsidersSeen.add(new MemberState.Peer(host, up, state, applied));
        return this;
    }

    /** The StatefulSet's tree, to be changed. */
    public Map<String, Object> object() {
        return object;
    }

    /** The object under {@code path}, to be changed. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> part(String... path) {
        Map<String, Object> part = object;
        for (String key : path) {
            part = (Map<String, Object>) part.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
        }
        return part;
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> container() {
        return ((List<Map<String, Object>>) part("spec", "template", "spec").get("containers")).get(0);
    }

    public SetState set() {
        return SetState.of(object, null);
    }

    public Hosts hosts() {
        return new Hosts(set(), "cluster.local");
    }

    public String host(int ordinal) {
        return "db-" + ordinal + ".db.ns.svc.cluster.local:27017";
    }

    private String name(Node n) {
        return n.host == null ? host(n.ordinal) : n.host;
    }

    private String name(int ordinal) {
        return ordinal < nodes.size() ? name(nodes.get(ordinal)) : host(ordinal);
    }

    public List<PodState> pods() {
        return nodes.stream().filter(n -> n.exists).map(MongoSet::pod).toList();
    }

    public Map<Integer, MemberState> members() {
        Map<Integer, MemberState> members = new TreeMap<>();
        nodes.stream().filter(n -> n.exists).forEach(n -> members.put(n.ordinal, member(n)));
        return members;
    }

    public MemberState member(int ordinal) {
        return member(nodes.get(ordinal));
    }

    public ReplicaConfig config() {
        return config(nodes.get(0));
    }

    private ReplicaConfig config(Node owner) {
        return new ReplicaConfig(owner.setName, owner.setId, owner.configVersion, 1, Stream.concat(
                nodes.stream().filter(n -> n.configured).map(n -> new ReplicaConfig.Member(
                        n.ordinal, name(n), n.votes, n.priority, n.arbiter, n.hidden, n.delay, n.joining)),
                outsiders.stream()).toList());
    }

    private static PodState pod(Node n) {
        return new PodState(
                "db-" + n.ordinal, n.ordinal, n.uid != null ? n.uid : "uid-" + n.ordinal + "-" + n.revision, "1" + n.ordinal, n.revision, "set-uid", n.phase, n.ready,
                n.terminating, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, "node-1", List.of(), n.containers, null, null);
    }

    private MemberState member(Node n) {
        if (!n.answers) {
            return MemberState.unreachable(n.ordinal, "db-" + n.ordinal + " is not running");
        }
        Release version = Release.parse(n.version).orElseThrow();
        if (!n.initiated) {
            return new MemberState(
                    n.ordinal, null, version, null, n.data, null, null, -1, OpTime.NONE, null, null, null, null, 0, List.of());
        }
        return new MemberState(
                n.ordinal, null, version, config(n), false, "REMOVED".equals(n.state) ? null : name(n), n.state, n.term, n.applied,
                n.primary == null ? null : name(n.primary),
                "SECONDARY".equals(n.state) && n.primary != null ? name(n.primary) : null,
                n.arbiter ? null : n.compatibility, n.compatibilityTarget, n.copied, peers());
    }

    private List<MemberState.Peer> peers() {
        return Stream.concat(outsidersSeen.stream(), nodes.stream().filter(n -> n.unseen)
                .map(n -> new MemberState.Peer(host(n.ordinal), false, "(not reachable/healthy)", OpTime.NONE))).toList();
    }

    private static Map<String, Object> object(int replicas) {
        Map<String, Object> container = map("name", "db", "image", "mongo:7.0.16",
                "command", List.of("mongod"), "args", List.of("--replSet", "rs0", "--bind_ip_all"));
        Map<String, Object> podSpec = map("containers", new ArrayList<>(List.of(container)));
        return map(
                "apiVersion", "apps/v1",
                "kind", "StatefulSet",
                "metadata", map("namespace", "ns", "name", "db", "uid", "set-uid", "resourceVersion", "7", "generation", 2,
                        "creationTimestamp", "2026-01-02T00:00:00Z"),
                "spec", map("replicas", replicas, "serviceName", "db",
                        "updateStrategy", map("type", "OnDelete"),
                        "template", map("metadata", map("labels", map("app", "db")), "spec", podSpec),
                        "volumeClaimTemplates", List.of(map("metadata", map("name", "mongo-data")))),
                "status", map("observedGeneration", 2, "updateRevision", NEW));
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
