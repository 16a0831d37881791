package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a member keeps in its data folder. The oplog is the truth: its entries are whole commands, the same objects on every member, and the
 * documents are what comes of carrying them out in order. It never shrinks, so initial sync and rollback are the same replay.
 */
final class Data {
    /** A command, or (with {@code command} null) a note in the oplog. */
    record Entry(OpTime at, Instant wall, String database, Document command, String note) {}

    final List<Entry> oplog = new ArrayList<>();
    /** Replies by session and transaction number, so that a write that a driver repeats is not carried out twice. */
    final Map<String, Document> replies = new HashMap<>();
    /** By {@code user@database}: what a createUser or updateUser left of a password, and the roles. */
    final Map<String, Document> users = new TreeMap<>();
    private final Channel channel = new EmbeddedChannel();
    private MongoBackend backend = new MemoryBackend();
    SetConfig config;
    long term;
    String compatibility = "";
    boolean open;

    OpTime last() {
        return oplog.isEmpty() ? OpTime.NONE : oplog.get(oplog.size() - 1).at;
    }

    /** Appends an entry and carries it out. */
    Document apply(Entry entry) {
        oplog.add(entry);
        return carryOut(entry);
    }

    private Document carryOut(Entry entry) {
        if (entry.command == null) {
            return null;
        }
        if (entry.command.containsKey("setFeatureCompatibilityVersion")) {
            compatibility = (String) entry.command.get("setFeatureCompatibilityVersion");
            return new Document("ok", 1.0);
        }
        if (entry.command.get("user") instanceof Document user) {
            users.put((String) entry.command.values().iterator().next(), user);
            return new Document("ok", 1.0);
        }
        Document reply;
        try {
            reply = query(entry.database, entry.command.cloneDeeply());
        } catch (RuntimeException e) {
            reply = Commands.error(e);
        }
        if (retryKey(entry.command) != null) {
            replies.put(retryKey(entry.command), reply);
        }
        return reply;
    }

    Document query(String database, Document command) {
        String name = command.keySet().iterator().next();
        // The backend knows a few administrative commands in admin only; collections there are the database's own matter.
        return database.equals("admin")
                ? backend.resolveDatabase(database).handleCommand(channel, name, command, backend::resolveDatabase, NoopOplog.get())
                : backend.handleCommand(channel, database, name, command);
    }

    static String retryKey(Document command) {
        return command.get("txnNumber") == null ? null : command.get("lsid") + "/" + command.get("txnNumber");
    }

    /** Throws away what follows the first {@code size} entries. */
    void rollBack(int size) {
        oplog.subList(size, oplog.size()).clear();
        backend = new MemoryBackend();
        replies.clear();
        users.clear();
        oplog.forEach(this::carryOut);
    }

    boolean hasDocuments() {
        return oplog.stream().anyMatch(entry -> entry.command != null && !entry.command.containsKey("setFeatureCompatibilityVersion"));
    }

    Set<String> databases() {
        Set<String> names = new TreeSet<>(Set.of("admin", "config", "local"));
        oplog.stream().filter(entry -> entry.command != null).forEach(entry -> names.add(entry.database));
        return names;
    }
}
