package io.jenkins.plugins.statefulmongo.benchmark;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.ReadPreference;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.connection.ClusterConnectionMode;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;

/** A loaded set, for {@link Chaos}: disturbed, looked at and checked by other ways than the step's own. */
final class ChaosSet implements AutoCloseable {
    private static final String ANNOTATION = "stateful-mongo.jenkins.io/update";
    private static final int MEMBERS = LoadedSet.MEMBERS;

    private final LoadedSet loaded;
    private final Disturbance disturbance;
    private final ExecutorService asking = Executors.newCachedThreadPool();

    ChaosSet(Settings settings, String image) throws Exception {
        loaded = LoadedSet.start(settings, image, "majority");
        disturbance = settings.disturbance();
    }

    Bench.Running update(String holder, String image, int memberTimeoutSeconds) throws Exception {
        return loaded.set().begin(holder, "image", image, "memberTimeoutSeconds", memberTimeoutSeconds);
    }

    Load load() {
        return loaded.load();
    }

    List<PodState> pods() throws Exception {
        return loaded.pods();
    }

    /** Waits until it is as an update should leave it, and writes get through. */
    void whole(String image) throws Exception {
        loaded.bench().until("the set to be whole", () -> unwhole(image).isEmpty());
        loaded.whole(Duration.ofMinutes(1));
        load().flows();
    }

    /** Why the set is not as an update should leave it; empty when it is. */
    Optional<String> unwhole(String image) throws Exception {
        Map<String, Object> set = loaded.bench().get(Kind.STATEFUL_SET, "db");
        if (Json.text(set, "metadata", "annotations", ANNOTATION) != null) {
            return Optional.of("an update is under way");
        }
        List<Map<String, Object>> pods = loaded.bench().kube().list(Kind.POD, loaded.namespace(), null).stream()
                .filter(p -> Json.text(p, "metadata", "name").startsWith("db-"))
                .toList();
        if (pods.size() != MEMBERS || !pods.stream().allMatch(p -> PodState.of(p).serves())) {
            return Optional.of("not every pod is Ready");
        }
        if (!pods.stream().allMatch(p -> image.equals(Json.text(Json.list(p, "spec", "containers").get(0), "image")))) {
            return Optional.of("not every pod runs " + image);
        }
        List<String> states = statuses().values().stream().map(s -> self(s).getString("stateStr")).sorted().toList();
        return states.equals(List.of("PRIMARY", "SECONDARY", "SECONDARY")) ? Optional.empty() : Optional.of("states " + states);
    }

    /** The member that says of itself that it is primary; of two, the one of the higher term. */
    Optional<Integer> primary() {
        return statuses().entrySet().stream()
                .filter(e -> "PRIMARY".equals(self(e.getValue()).getString("stateStr")))
                .max(Comparator.comparing(e -> e.getValue().getLong("term")))
                .map(Map.Entry::getKey);
    }

    /** The highest that any member knows, as soon as one answers. */
    long term() throws Exception {
        AtomicLong term = new AtomicLong(-1);
        loaded.bench().until("a member to answer", () -> {
            term.set(statuses().values().stream().mapToLong(s -> s.getLong("term")).max().orElse(-1));
            return term.get() >= 0;
        });
        return term.get();
    }

    /** By ordinal, of those that answer. */
    Map<Integer, Document> statuses() {
        Map<Integer, Document> statuses = new ConcurrentSkipListMap<>();
        CompletableFuture.allOf(IntStream.range(0, MEMBERS)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> status(i).ifPresent(s -> statuses.put(i, s)), asking))
                        .toArray(CompletableFuture[]::new))
                .join();
        return statuses;
    }

    private Optional<Document> status(int ordinal) {
        try {
            return Optional.of(with(ordinal, 3, c -> c.getDatabase("admin").runCommand(new Document("replSetGetStatus", 1))));
        } catch (MongoException | Unavailable | IOException e) {
            return Optional.empty();
        }
    }

    private static Document self(Document status) {
        return status.getList("members", Document.class).stream()
                .filter(m -> Boolean.TRUE.equals(m.getBoolean("self")))
                .findFirst()
                .orElse(new Document("stateStr", status.getString("myStateStr")));
    }

    interface Asking<T> {
        T ask(MongoClient client);
    }

    /** Asks one mongod directly, whatever its state. */
    <T> T with(int ordinal, int seconds, Asking<T> asking) throws Unavailable, IOException {
        try (LocalPortForward forward = loaded.bench().kube().forward(loaded.namespace(), "db-" + ordinal, 27017);
                MongoClient client = MongoClients.create(MongoClientSettings.builder()
                        .applyToClusterSettings(c -> c.mode(ClusterConnectionMode.SINGLE)
                                .hosts(List.of(new ServerAddress("127.0.0.1", forward.getLocalPort())))
                                .serverSelectionTimeout(1_500, TimeUnit.MILLISECONDS))
                        .applyToSocketSettings(s -> s.connectTimeout(1_500, TimeUnit.MILLISECONDS).readTimeout(seconds, TimeUnit.SECONDS))
                        .retryWrites(false)
                        .build())) {
            return asking.ask(client);
        }
    }

    void until(String what, Bench.Condition condition) throws Exception {
        loaded.bench().until(what, condition);
    }

    /** Ends the process as the kernel would, freezes it, or pulls the pod's cable. */
    void disturb(ChaosPlan.Kind kind, String pod) throws Exception {
        if (kind == ChaosPlan.Kind.PARTITION) {
            disturbance.partition(loaded.namespace(), pod, true);
        } else {
            disturbance.signal(loaded.namespace(), pod, kind.name());
        }
    }

    void heal(ChaosPlan.Kind kind, String pod) throws Exception {
        if (kind == ChaosPlan.Kind.PARTITION) {
            disturbance.partition(loaded.namespace(), pod, false);
        } else {
            disturbance.signal(loaded.namespace(), pod, "CONT");
        }
    }

    /** Stops the writer, waits until all optimes agree, and answers how many writes some member has and another has not. */
    int membersDiffer() throws Exception {
        disturbance.signal(loaded.namespace(), Load.NAME, "STOP");
        try {
            loaded.bench().until("the members' optimes to agree", () -> {
                Map<Integer, Document> all = statuses();
                return all.size() == MEMBERS
                        && all.values().stream().map(s -> s.get("optimes", Document.class).get("appliedOpTime")).distinct().count() == 1;
            });
            Set<Object> all = new HashSet<>();
            Set<Object> common = null;
            for (int ordinal = 0; ordinal < MEMBERS; ordinal++) {
                Set<Object> ids = with(ordinal, 30, ChaosSet::ids);
                all.addAll(ids);
                if (common == null) {
                    common = new HashSet<>(ids);
                } else {
                    common.retainAll(ids);
                }
            }
            return all.size() - common.size();
        } finally {
            disturbance.signal(loaded.namespace(), Load.NAME, "CONT");
        }
    }

    static Set<Object> ids(MongoClient client) {
        Set<Object> ids = new HashSet<>();
        MongoDatabase load = client.getDatabase("load").withReadPreference(ReadPreference.secondaryPreferred());
        for (String name : load.listCollectionNames()) {
            load.getCollection(name).find().projection(new Document("_id", 1)).forEach(d -> ids.add(name + "/" + d.get("_id")));
        }
        return ids;
    }

    @Override
    public void close() throws Exception {
        asking.shutdownNow();
        loaded.close();
    }
}
