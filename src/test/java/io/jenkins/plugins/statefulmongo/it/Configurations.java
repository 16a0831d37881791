package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/** Asks every member for its configuration, all the time, and keeps who votes by each version that any of them was seen with. */
final class Configurations implements AutoCloseable {
    private final Bench bench;
    private final SortedMap<Long, Set<String>> voters = new TreeMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /** @param members ordinals that may ever be members; those that are not there are asked when they are */
    Configurations(Bench bench, int members) {
        this.bench = bench;
        for (int i = 0; i < members; i++) {
            String pod = "db-" + i;
            Thread thread = new Thread(() -> follow(pod), "configurations of " + pod);
            threads.add(thread);
            thread.start();
        }
    }

    private void follow(String pod) {
        try {
            while (!over) {
                try (LocalPortForward forward = bench.kube().forward(bench.namespace(), pod, 27017);
                        MongoClient client = MongoClients.create(MongoClientSettings.builder()
                                .applyToClusterSettings(c -> c.mode(ClusterConnectionMode.SINGLE)
                                        .hosts(List.of(new ServerAddress("127.0.0.1", forward.getLocalPort())))
                                        .serverSelectionTimeout(1, TimeUnit.SECONDS))
                                .applyToSocketSettings(s -> s.readTimeout(2, TimeUnit.SECONDS))
                                .build())) {
                    while (!over) {
                        see(client.getDatabase("admin").runCommand(new Document("replSetGetConfig", 1)).get("config", Document.class));
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                } catch (MongoException | Unavailable | IOException e) {
                    TimeUnit.MILLISECONDS.sleep(500); // it is gone, or not there yet
                }
            }
        } catch (InterruptedException e) {
            // It is over.
        }
    }

    private synchronized void see(Document config) {
        voters.computeIfAbsent(config.get("version", Number.class).longValue(), v -> votersOf(config));
    }

    /** A member that is to get its vote when it has copied the data has none yet. */
    private static Set<String> votersOf(Document config) {
        Set<String> names = new TreeSet<>();
        for (Document member : config.getList("members", Document.class)) {
            if (member.get("votes", Number.class).intValue() > 0 && !member.getBoolean("newlyAdded", false)) {
                names.add(member.getString("host").replaceFirst("\\..*", ""));
            }
        }
        return names;
    }

    /** Asserts that no change of a configuration changed more than one vote; of those between two looks, no more than there were changes. */
    synchronized void changedOneVoteAtATime() {
        long version = voters.firstKey();
        for (Map.Entry<Long, Set<String>> next : voters.tailMap(version + 1).entrySet()) {
            Set<String> changed = new TreeSet<>(next.getValue());
            changed.removeAll(voters.get(version));
            Set<String> gone = new TreeSet<>(voters.get(version));
            gone.removeAll(next.getValue());
            changed.addAll(gone);
            assertThat((long) changed.size()).as("changed from version %s to %s: %s of %s", version, next.getKey(), changed, voters)
                    .isLessThanOrEqualTo(next.getKey() - version);
            version = next.getKey();
        }
    }

    /** How many there were, and how many of them were seen. */
    synchronized String told() {
        return (voters.lastKey() - voters.firstKey() + 1) + " configurations, " + voters.size() + " of them seen: " + voters.values();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }
}
