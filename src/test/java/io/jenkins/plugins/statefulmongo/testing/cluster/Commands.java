package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.jenkins.plugins.statefulmongo.testing.cluster.Data.Entry;
import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A member's answers to commands; reads and writes themselves are mongo-java-server's. */
final class Commands {
    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "findAndModify", "findandmodify", "create", "drop",
            "dropDatabase", "createIndexes", "dropIndexes");
    private static final Set<String> READS = Set.of("find", "getMore", "count", "distinct", "aggregate", "dbStats", "dbstats", "collStats",
            "collstats", "killCursors", "listCollections", "listIndexes", "listDatabases");

    private Commands() {}

    /** @param session null: asked from inside the cluster, by somebody who may */
    static Document handle(Member m, Authentication.Session session, String database, Document command) {
        m.awaitThaw();
        m.mongo.lock.lock();
        Document reply;
        try {
            reply = m.isOver() ? null : answer(m, session, database, command);
        } finally {
            m.mongo.lock.unlock();
        }
        m.awaitThaw();
        return m.isOver() ? null : reply;
    }

    private static Document answer(Member m, Authentication.Session session, String database, Document command) {
        try {
            Document reply = dispatch(m, session, database, command, command.keySet().iterator().next());
            if (!reply.containsKey("ok")) {
                reply.append("ok", 1.0);
            }
            return m.options.replSet().isEmpty() || m.data.oplog.isEmpty() ? reply : reply.append("operationTime", m.data.last().ts());
        } catch (RuntimeException e) {
            Document reply = error(e);
            if (e instanceof CommandException failure && failure.isRetryable() && command.containsKey("txnNumber")) {
                reply.append("errorLabels", List.of("RetryableWriteError"));
            }
            return reply;
        }
    }

    static Document error(RuntimeException e) {
        int code = e instanceof CommandException c ? c.code : e instanceof MongoServerError s ? s.getCode() : 1;
        String name = e instanceof CommandException c ? c.codeName() : e instanceof MongoServerError s ? s.getCodeName() : "InternalError";
        String message = e instanceof MongoServerError s ? s.getMessageWithoutErrorCode() : String.valueOf(e.getMessage());
        return new Document("ok", 0.0).append("errmsg", message).append("code", code).append("codeName", name);
    }

    static boolean isOk(Document reply) {
        return reply != null && reply.get("ok") instanceof Number ok && ok.intValue() == 1;
    }

    /** Whether the command only reads or writes documents. */
    static boolean isData(String name) {
        return WRITES.contains(name) || READS.contains(name);
    }

    private static Document dispatch(Member m, Authentication.Session session, String database, Document command, String name) {
        Authentication.check(m, session, database, name);
        if (name.startsWith("replSet")) {
            return ReplicaCommands.handle(m, name, command);
        }
        if (WRITES.contains(name) && !"local".equals(database)) {
            return write(m, database, command);
        }
        if (READS.contains(name)) {
            return read(m, database, command, name);
        }
        switch (name) {
            case "hello", "isMaster", "ismaster":
                if (name.equals("hello") && !m.release.hasHello()) {
                    throw new CommandException(59, "no such command: 'hello'");
                }
                return Reports.hello(m, name, command);
            case "ping", "endSessions", "killSessions", "refreshSessions":
                return new Document();
            case "buildInfo", "buildinfo":
                return new Document("version", m.release.full()).append("gitVersion", "embedded").append("versionArray",
                        List.of(m.release.major(), m.release.minor(), m.release.patch(), 0)).append("bits", 64).append("maxBsonObjectSize", 16777216);
            case "getParameter":
                return parameter(m, command);
            case "setFeatureCompatibilityVersion":
                return setCompatibility(m, command);
            case "serverStatus":
                long up = Duration.between(m.started, Instant.now()).toMillis();
                return new Document("host", m.hostname() + ":" + m.options.port()).append("version", m.release.full()).append("process", "mongod")
                        .append("uptime", up / 1000.0).append("uptimeMillis", up).append("localTime", Instant.now())
                        .append("connections", new Document("current", 1)).append("storageEngine", new Document("name", "wiredTiger"));
            case "getCmdLineOpts":
                return new Document("argv", List.of("mongod")).append("parsed",
                        m.options.replSet().isEmpty() ? new Document()
                                : new Document("replication", new Document("replSet", m.options.replSet())));
            case "saslStart", "saslContinue", "usersInfo", "createUser", "updateUser":
                return Authentication.handle(m, session, database, command, name);
            case "fsync":
                m.fsyncLocks += Boolean.TRUE.equals(command.get("lock")) ? 1 : 0;
                return new Document("info", "now locked against writes, use db.fsyncUnlock() to unlock").append("lockCount", (long) m.fsyncLocks);
            case "fsyncUnlock":
                if (m.fsyncLocks == 0) {
                    throw new CommandException(20, "fsyncUnlock called when not locked");
                }
                m.fsyncLocks--;
                m.mongo.settle();
                return new Document("info", "fsyncUnlock completed").append("lockCount", (long) m.fsyncLocks);
            case "shutdown":
                m.terminate();
                return new Document();
            default:
                throw new CommandException(59, "no such command: '" + name + "'");
        }
    }

    private static Document read(Member m, String database, Document command, String name) {
        boolean anySet = !m.options.replSet().isEmpty() && !"local".equals(database) && !m.isWritable();
        if (anySet) {
            boolean secondaryOk = command.get("$readPreference") instanceof Document p && !"primary".equals(p.get("mode"));
            if (!secondaryOk) {
                throw new CommandException(13435, m.release.atLeast(5, 0) ? "not primary and secondaryOk=false" : "not master and slaveOk=false");
            }
            if (m.state != State.SECONDARY && m.state != State.PRIMARY) {
                throw new CommandException(13436, "node is not in primary or recovering state");
            }
        }
        String namespace = database + "." + command.get(name);
        if (name.equals("listDatabases")) {
            List<Document> list = new ArrayList<>();
            m.data.databases().forEach(db -> list.add(new Document("name", db).append("sizeOnDisk", 40960L).append("empty", false)));
            return new Document("databases", list).append("totalSize", 40960L * list.size());
        }
        if (namespace.equals("local.oplog.rs")) {
            return name.equals("find") ? oplog(m, command) : new Document("ns", namespace).append("count", m.data.oplog.size())
                    .append("size", 256L * m.data.oplog.size()).append("maxSize", 1L << 30).append("capped", true);
        }
        if (namespace.equals("admin.system.version") && name.equals("find")) {
            return cursor(namespace, List.of(new Document("_id", "featureCompatibilityVersion").append("version", m.data.compatibility)));
        }
        return m.data.query(database, command);
    }

    private static Document cursor(String namespace, List<Document> documents) {
        return new Document("cursor", new Document("firstBatch", documents).append("id", 0L).append("ns", namespace));
    }

    /** The oplog from its beginning or (sort $natural -1) from its end. */
    private static Document oplog(Member m, Document command) {
        List<Document> entries = new ArrayList<>();
        for (Entry e : m.data.oplog) {
            entries.add(new Document("op", e.command() == null ? "n" : "c").append("ns", e.command() == null ? "" : e.database() + ".$cmd")
                    .append("o", e.command() == null ? new Document("msg", e.note()) : new Document())
                    .append("ts", e.at().ts()).append("t", e.at().term()).append("v", 2L).append("wall", e.wall()));
        }
        if (command.get("sort") instanceof Document sort && sort.get("$natural") instanceof Number n && n.intValue() < 0) {
            Collections.reverse(entries);
        }
        int limit = command.get("limit") instanceof Number n && n.intValue() != 0 ? Math.abs(n.intValue()) : entries.size();
        return cursor("local.oplog.rs", entries.subList(0, Math.min(limit, entries.size())));
    }

    private static Document write(Member m, String database, Document command) {
        requireWritable(m);
        String retry = Data.retryKey(command);
        Document known = retry == null ? null : m.data.replies.get(retry);
        Document reply = known != null ? known : Replication.write(m, database, command, "");
        OpTime at = m.data.last();
        return isOk(reply) ? awaitConcern(m, command, reply.clone(), at) : reply.clone();
    }

    static void requireWritable(Member m) {
        if (!m.isWritable()) {
            throw new CommandException(10107, m.release.atLeast(5, 0) ? "not primary" : "not master");
        }
    }

    /** Waits until as many members have the write as its write concern asks for; from 5.0 a majority is the default. */
    static Document awaitConcern(Member m, Document command, Document reply, OpTime at) {
        Document concern = command.get("writeConcern") instanceof Document d ? d : new Document();
        Object w = concern.getOrDefault("w", m.release.atLeast(5, 0) ? "majority" : 1);
        long timeout = concern.get("wtimeout") instanceof Number n ? n.longValue() : 0;
        if (m.options.replSet().isEmpty() || w instanceof Number n && n.intValue() <= 1) {
            return reply;
        }
        long deadline = Mongo.in(timeout == 0 ? Duration.ofDays(1).toMillis() : timeout);
        long term = m.data.term;
        while (!has(m, w, at)) {
            if (m.isOver() || m.state != State.PRIMARY || m.data.term != term) {
                return reply.append("writeConcernError", new Document("code", 11602).append("codeName", "InterruptedDueToReplStateChange")
                        .append("errmsg", "operation was interrupted")).append("errorLabels", List.of("RetryableWriteError"));
            }
            if (!m.mongo.await(deadline) && !has(m, w, at)) {
                return reply.append("writeConcernError", new Document("code", 64).append("codeName", "WriteConcernFailed")
                        .append("errmsg", "waiting for replication timed out").append("errInfo", new Document("wtimeout", true)));
            }
        }
        return reply;
    }

    private static boolean has(Member m, Object w, OpTime at) {
        if (w instanceof Number n) {
            return Replication.visible(m).stream().filter(o -> o.data.last().compareTo(at) >= 0).count() >= n.intValue();
        }
        return m.committed.compareTo(at) >= 0;
    }

    private static Document parameter(Member m, Document command) {
        Document reply = new Document();
        boolean all = "*".equals(command.get("getParameter"));
        if (all || command.containsKey("featureCompatibilityVersion")) {
            reply.append("featureCompatibilityVersion", new Document("version", m.data.compatibility));
        }
        m.options.parameters.forEach((name, value) -> {
            if (all || command.containsKey(name)) {
                reply.append(name, value);
            }
        });
        if (reply.isEmpty()) {
            throw new CommandException(72, "no option found to get");
        }
        return reply;
    }

    private static Document setCompatibility(Member m, Document command) {
        String wanted = String.valueOf(command.get("setFeatureCompatibilityVersion"));
        if (!wanted.equals(m.release.series()) && !wanted.equals(m.release.previous())) {
            throw new CommandException(m.release.atLeast(5, 0) ? 4926900 : 2, "Invalid feature compatibility version value '" + wanted
                    + "'; expected '" + m.release.previous() + "' or '" + m.release.series() + "'.");
        }
        if (m.release.atLeast(7, 0) && !Boolean.TRUE.equals(command.get("confirm"))) {
            throw new CommandException(7369100, "Once you have upgraded to " + wanted + ", you will not be able to downgrade FCV and binary"
                    + " version without support assistance. Please re-run this command with 'confirm: true' to acknowledge this and continue"
                    + " with the FCV upgrade.");
        }
        requireWritable(m);
        Document reply = wanted.equals(m.data.compatibility) ? new Document() : Replication.write(m, "admin", command, "");
        return awaitConcern(m, command, reply, m.data.last());
    }
}
