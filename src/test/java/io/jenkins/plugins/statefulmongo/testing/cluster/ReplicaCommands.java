package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import io.jenkins.plugins.statefulmongo.testing.cluster.Member.State;
import java.util.ArrayList;
import java.util.List;

/** The commands that make, change and steer a replica set. All with the lock held. */
final class ReplicaCommands {
    private ReplicaCommands() {}

    static Document handle(Member m, String name, Document command) {
        if (name.equals("replSetInitiate")) {
            return initiate(m, command);
        }
        if (m.options.replSet().isEmpty()) {
            throw new CommandException(76, "not running with --replSet");
        }
        if (name.equals("replSetHeartbeat") && Boolean.TRUE.equals(command.get("checkEmpty"))) {
            if (!m.options.replSet().equals(command.get("replSetHeartbeat"))) {
                throw new CommandException(118, "replica set names do not match, ours: " + m.options.replSet() + "; remote node's: "
                        + command.get("replSetHeartbeat"));
            }
            return new Document("set", m.options.replSet()).append("hasData", m.data.hasDocuments()); // what an initiation asks every other member
        }
        if (m.data.config == null) {
            throw new CommandException(94, "no replset config has been received");
        }
        switch (name) {
            case "replSetGetConfig":
                return new Document("config", m.data.config.document(m.release));
            case "replSetGetStatus":
                return Reports.status(m);
            case "replSetReconfig":
                return reconfig(m, command);
            case "replSetStepDown":
                return stepDown(m, command);
            case "replSetStepUp":
                return stepUp(m);
            case "replSetFreeze":
                return freeze(m, command);
            default:
                throw new CommandException(59, "no such command: '" + name + "'");
        }
    }

    private static Document initiate(Member m, Document command) {
        if (m.options.replSet().isEmpty()) {
            throw new CommandException(76, "This node was not started with the replSet option");
        }
        if (m.data.config != null) {
            throw new CommandException(23, "already initialized");
        }
        Document wanted = command.get("replSetInitiate") instanceof Document d && !d.isEmpty() ? d
                : new Document("_id", m.options.replSet()).append("version", 1).append("members",
                        List.of(new Document("_id", 0).append("host", m.hostname() + ":" + m.options.port())));
        SetConfig config = SetConfig.parse(wanted, m.mongo.electionTimeoutMillis);
        if (!config.name().equals(m.options.replSet())) {
            throw new CommandException(93, "Attempting to initiate a replica set with name " + config.name() + ", but command line reports "
                    + m.options.replSet() + "; rejecting");
        }
        if (config.version() != 1) {
            throw new CommandException(93, "Configuration used to initiate a replica set must  have version 1, but found " + config.version());
        }
        SetConfig fresh = config.with(1, m.release.atLeast(4, 4) ? 0 : -1, config.nodes(), new ObjectId());
        SetConfig.Node self = Replication.findSelf(m, fresh);
        if (self == null) {
            throw new CommandException(93, "No host described in new configuration with " + fresh.versionAndTerm() + " for replica set "
                    + fresh.name() + " maps to this node");
        }
        if (!self.isElectable()) {
            throw new CommandException(93, "This node, " + self.host() + ", with _id " + self.id()
                    + " is not electable under the new configuration with " + fresh.versionAndTerm() + " for replica set " + fresh.name());
        }
        askAll(m, fresh);
        m.data.term = 0;
        Replication.write(m, "", null, "initiating set");
        Replication.write(m, "admin", new Document("setFeatureCompatibilityVersion", m.data.compatibility), "");
        m.committed = m.data.last();
        for (SetConfig.Node node : fresh.nodes()) {
            Membership.install(m.reach(node.host()), fresh);
        }
        m.become(self.arbiter() ? State.ARBITER : State.SECONDARY);
        // Until there is a primary the others have nothing to copy but these first entries.
        for (SetConfig.Node node : fresh.nodes()) {
            Member other = m.reach(node.host());
            if (other != m && other.state == State.STARTUP2) {
                m.data.oplog.forEach(other.data::apply);
                other.become(State.SECONDARY);
            }
        }
        m.mongo.settle();
        return new Document();
    }

    /** Every other member has to be there, of the same name, without a configuration and without data. */
    private static void askAll(Member m, SetConfig config) {
        List<String> failed = new ArrayList<>();
        for (SetConfig.Node node : config.nodes()) {
            Member other = m.reach(node.host());
            if (other == m) {
                continue;
            }
            if (other == null) {
                failed.add(unreachable(m, node.host()));
            } else if (other.options.replSet().isEmpty()) {
                failed.add(node.host() + " failed with not running with --replSet");
            } else if (!other.options.replSet().equals(config.name())) {
                throw new CommandException(103, "Our set name did not match that of " + node.host());
            } else if (other.data.config != null) {
                SetConfig theirs = other.data.config;
                throw new CommandException(103, "Our config (version, term) of (" + config.version() + ", " + config.term()
                        + ") is no larger than the (version, term) of (" + theirs.version() + ", " + theirs.term() + ") on " + node.host());
            } else if (other.data.hasDocuments()) {
                throw new CommandException(110, "'" + node.host() + "' has data already, cannot initiate set.");
            }
        }
        if (!failed.isEmpty()) {
            throw new CommandException(74, "replSetInitiate quorum check failed because not all proposed set members responded affirmatively: "
                    + String.join(", ", failed));
        }
    }

    private static String unreachable(Member m, String host) {
        return host + " failed with Error connecting to " + host + " :: caused by :: " + (m.knowsName(host) ? "Connection refused"
                : "Could not find address for " + host + ": SocketException: onInvoke :: caused by :: Host not found (authoritative)");
    }

    private static Document reconfig(Member m, Document command) {
        boolean force = Boolean.TRUE.equals(command.get("force"));
        if (!(command.get("replSetReconfig") instanceof Document wanted)) {
            throw new CommandException(2, "no configuration specified");
        }
        if (!force && !m.isWritable()) {
            throw new CommandException(10107, "New config is rejected :: caused by :: replSetReconfig should only be run on a writable PRIMARY."
                    + " Current state " + m.state + ";");
        }
        SetConfig old = m.data.config;
        SetConfig parsed = SetConfig.parse(wanted, m.mongo.electionTimeoutMillis);
        List<SetConfig.Node> nodes = new ArrayList<>();
        for (SetConfig.Node n : parsed.nodes()) {
            SetConfig.Node before = old.nodes().stream().filter(o -> o.id() == n.id()).findFirst().orElse(null);
            nodes.add(n.withNewlyAdded(before != null && before.newlyAdded() && n.votes() > 0));
        }
        long version = force ? Math.max(parsed.version(), old.version()) + 10_000 : parsed.version();
        long term = force || !m.release.atLeast(4, 4) ? -1 : m.data.term;
        SetConfig next = parsed.with(version, term, nodes, old.id());
        if (!force) {
            next.checkSuccessorOf(old, m.release);
            if (m.release.atLeast(5, 0)) {
                nodes.replaceAll(n -> old.nodes().stream().noneMatch(o -> o.id() == n.id()) && n.votes() > 0 && !n.arbiter()
                        ? n.withNewlyAdded(true) : n);
                next = next.with(version, term, nodes, old.id());
            }
            checkQuorum(m, next);
        }
        Membership.install(m, next);
        if (m.state == State.PRIMARY) {
            Replication.write(m, "", null, "Reconfig set");
        }
        m.mongo.settle();
        return new Document();
    }

    private static void checkQuorum(Member m, SetConfig config) {
        if (Replication.findSelf(m, config) == null) {
            throw new CommandException(74, "No host described in new configuration with " + config.versionAndTerm() + " for replica set "
                    + config.name() + " maps to this node");
        }
        List<String> answered = config.nodes().stream().filter(n -> n.isVoter() && m.reach(n.host()) != null).map(SetConfig.Node::host).toList();
        List<String> silent = config.nodes().stream().filter(n -> m.reach(n.host()) == null)
                .map(n -> unreachable(m, n.host())).toList();
        if (answered.size() < config.majority()) {
            throw new CommandException(74, "Quorum check failed because not enough voting nodes responded; required " + config.majority()
                    + " but only the following " + answered.size() + " voting nodes responded: " + String.join(", ", answered)
                    + "; the following nodes did not respond affirmatively: " + String.join(", ", silent));
        }
    }

    private static Document stepDown(Member m, Document command) {
        boolean force = Boolean.TRUE.equals(command.get("force"));
        long period = command.get("replSetStepDown") instanceof Number n && n.longValue() != 0 ? n.longValue() : 60;
        long catchUp = command.get("secondaryCatchUpPeriodSecs") instanceof Number n ? n.longValue() : force ? 0 : 10;
        if (period < 0) {
            throw new CommandException(2, "stepdown period must be a positive integer");
        }
        if (period < catchUp) {
            throw new CommandException(2, "stepdown period must be longer than secondaryCatchUpPeriodSecs");
        }
        Elections.stepDown(m, force, catchUp * 1000, period * 1000);
        return new Document();
    }

    private static Document stepUp(Member m) {
        if (m.state == State.PRIMARY) {
            return new Document();
        }
        String why = m.state != State.SECONDARY ? "member is not currently a secondary (mask 0x8)"
                : !m.self.isElectable() ? "member has zero priority (mask 0x4)"
                        : System.nanoTime() < m.mayStandFrom ? "I am still waiting for stepdown period to end" : "";
        if (!why.isEmpty()) {
            throw new CommandException(125, "Not starting an election for a replSetStepUp request, since we are not electable due to: " + why);
        }
        if (!Elections.stand(m)) {
            throw new CommandException(125, "Election failed.");
        }
        return new Document();
    }

    private static Document freeze(Member m, Document command) {
        if (m.state == State.PRIMARY) {
            throw new CommandException(95, "cannot freeze node when primary or running for election. state: Primary");
        }
        long seconds = ((Number) command.get("replSetFreeze")).longValue();
        m.mayStandFrom = Mongo.in(seconds * 1000);
        if (m.electionTimer != null) {
            m.electionTimer.run();
            m.electionTimer = null;
        }
        m.mongo.settle();
        return seconds == 0 ? new Document("info", "unfreezing") : new Document();
    }
}
