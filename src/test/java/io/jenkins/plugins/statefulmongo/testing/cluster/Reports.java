package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a member says of itself and its set: hello and replSetGetStatus. With the lock held. */
final class Reports {
    private Reports() {}

    static Document hello(Member m, String name, Document command) {
        if (m.quiescing) {
            throw new CommandException(91, "Node is in quiesce mode");
        }
        String primaryField = name.equals("hello") ? "isWritablePrimary" : "ismaster";
        Document d = new Document();
        if (Boolean.TRUE.equals(command.get("helloOk")) && m.release.hasHello()) {
            d.append("helloOk", true);
        }
        Authentication.mechanisms(m, command, d);
        SetConfig config = m.data.config;
        if (m.options.replSet().isEmpty()) {
            d.append(primaryField, true);
        } else if (config == null || m.self == null || m.state == State.STARTUP || m.state == State.REMOVED) {
            d.append(primaryField, false).append("secondary", false).append("info", "Does not have a valid replica set config")
                    .append("isreplicaset", true);
        } else {
            set(m, config, primaryField, d);
        }
        return d.append("maxBsonObjectSize", 16777216).append("maxMessageSizeBytes", 48000000).append("maxWriteBatchSize", 100000)
                .append("localTime", Instant.now()).append("logicalSessionTimeoutMinutes", 30).append("connectionId", 1)
                .append("minWireVersion", 0).append("maxWireVersion", m.release.wireVersion()).append("readOnly", false);
    }

    private static void set(Member m, SetConfig config, String primaryField, Document d) {
        List<String> hosts = new ArrayList<>();
        List<String> passives = new ArrayList<>();
        List<String> arbiters = new ArrayList<>();
        for (SetConfig.Node n : config.nodes()) {
            if (!n.hidden() && n.delay() == 0) {
                (n.arbiter() ? arbiters : n.priority() > 0 && !n.newlyAdded() ? hosts : passives).add(n.host());
            }
        }
        d.append("hosts", hosts);
        if (!passives.isEmpty()) {
            d.append("passives", passives);
        }
        if (!arbiters.isEmpty()) {
            d.append("arbiters", arbiters);
        }
        d.append("setName", config.name()).append("setVersion", (int) config.version()).append(primaryField, m.isWritable())
                .append("secondary", m.state == State.SECONDARY);
        Member primary = Replication.primaryOf(m);
        if (primary != null) {
            d.append("primary", primary.self.host());
        }
        if (m.self.arbiter()) {
            d.append("arbiterOnly", true);
        } else if (m.self.priority() == 0 || m.self.newlyAdded()) {
            d.append("passive", true);
        }
        if (m.self.hidden()) {
            d.append("hidden", true);
        }
        d.append("me", m.self.host());
        if (m.state == State.PRIMARY) {
            d.append("electionId", new ObjectId(ByteBuffer.allocate(12).putInt(0x7fffffff).putLong(m.data.term).array()));
        }
        d.append("lastWrite", new Document("opTime", m.data.last().document()).append("lastWriteDate", m.data.last().date())
                .append("majorityOpTime", m.committed.document()).append("majorityWriteDate", m.committed.date()));
    }

    static Document status(Member m) {
        if (m.self == null || m.state == State.REMOVED) {
            throw new CommandException(93, "Our replica set config is invalid or we are not a member of it");
        }
        SetConfig config = m.data.config;
        String source = source(m);
        Document d = new Document("set", config.name()).append("date", Instant.now()).append("myState", m.state.number)
                .append("term", m.data.term).append("syncSourceHost", source).append("syncSourceId", id(config, source))
                .append("heartbeatIntervalMillis", 2000L).append("majorityVoteCount", config.majority())
                .append("writeMajorityCount", config.writeMajority());
        if (m.release.atLeast(4, 4)) {
            d.append("votingMembersCount", config.voters()).append("writableVotingMembersCount", config.writableVoters());
        }
        Document applied = m.data.last().document();
        d.append("optimes", new Document("lastCommittedOpTime", m.committed.document()).append("lastCommittedWallTime", m.committed.date())
                .append("readConcernMajorityOpTime", m.committed.document()).append("appliedOpTime", applied).append("durableOpTime", applied)
                .append("lastAppliedWallTime", m.data.last().date()).append("lastDurableWallTime", m.data.last().date()));
        d.append("lastStableRecoveryTimestamp", m.committed.ts());
        if (m.state == State.STARTUP2) {
            d.append("initialSyncStatus", new Document("failedInitialSyncAttempts", 0).append("maxFailedInitialSyncAttempts", 10)
                    .append("appliedOps", m.data.oplog.size()));
        }
        List<Document> members = new ArrayList<>();
        for (SetConfig.Node n : config.nodes()) {
            members.add(n.id() == m.self.id() ? own(m, source) : other(m, n));
        }
        return d.append("members", members);
    }

    private static String source(Member m) {
        return m.state == State.PRIMARY || m.source == null || m.source.self == null ? "" : m.source.self.host();
    }

    private static int id(SetConfig config, String host) {
        return config.nodes().stream().filter(n -> n.host().equals(host)).mapToInt(SetConfig.Node::id).findFirst().orElse(-1);
    }

    private static Document own(Member m, String source) {
        Document d = new Document("_id", m.self.id()).append("name", m.self.host()).append("health", 1.0).append("state", m.state.number)
                .append("stateStr", m.state.name()).append("uptime", (int) Duration.between(m.started, Instant.now()).toSeconds());
        if (!m.self.arbiter()) {
            d.append("optime", m.data.last().document()).append("optimeDate", m.data.last().date());
            wallTimes(m, m.data.last(), d);
        }
        d.append("syncSourceHost", source).append("syncSourceId", id(m.data.config, source))
                .append("infoMessage", m.state == State.SECONDARY && source.isEmpty() ? "Could not find member to sync from" : "");
        return end(m, m, d).append("self", true).append("lastHeartbeatMessage", "");
    }

    private static Document other(Member m, SetConfig.Node n) {
        Member o = m.reach(n.host());
        boolean up = o != null && o.data != null && !(o.self == null && o.state == State.STARTUP && o.data.config != null);
        Document d = new Document("_id", n.id()).append("name", n.host()).append("health", up ? 1.0 : 0.0)
                .append("state", up ? o.state.number : 8).append("stateStr", up ? o.state.name() : "(not reachable/healthy)")
                .append("uptime", up ? (int) Duration.between(o.started, Instant.now()).toSeconds() : 0);
        if (!n.arbiter()) {
            OpTime last = up ? o.data.last() : OpTime.NONE;
            d.append("optime", last.document()).append("optimeDurable", last.document()).append("optimeDate", last.date())
                    .append("optimeDurableDate", last.date());
            wallTimes(m, last, d);
        }
        String source = up ? source(o) : "";
        d.append("lastHeartbeat", Instant.now()).append("lastHeartbeatRecv", up ? Instant.now() : Instant.EPOCH).append("pingMs", 0L)
                .append("lastHeartbeatMessage", up ? "" : "Error connecting to " + n.host() + " :: caused by :: Connection refused")
                .append("syncSourceHost", source).append("syncSourceId", id(m.data.config, source)).append("infoMessage", "");
        return end(m, up ? o : null, d);
    }

    private static void wallTimes(Member m, OpTime last, Document d) {
        if (m.release.atLeast(5, 0)) {
            d.append("lastAppliedWallTime", last.date()).append("lastDurableWallTime", last.date());
        }
    }

    private static Document end(Member m, Member o, Document d) {
        if (o != null && o.state == State.PRIMARY) {
            d.append("electionTime", new BsonTimestamp(o.electedAt, 1)).append("electionDate", o.electedAt);
        }
        SetConfig known = o == null ? null : o.data.config;
        d.append("configVersion", known == null ? -1 : (int) known.version());
        if (m.release.atLeast(4, 4)) {
            d.append("configTerm", known == null ? -1 : (int) known.term());
        }
        return d;
    }
}
