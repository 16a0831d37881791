package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A replica set's configuration: parsed, checked and shown as mongod does. Immutable. */
record SetConfig(String name, long version, long term, List<Node> nodes, ObjectId id, long electionTimeoutMillis) {
    /** One member. */
    record Node(int id, String host, boolean arbiter, boolean hidden, double priority, int votes, long delay, Document tags,
            boolean newlyAdded) {
        boolean isVoter() {
            return votes > 0 && !newlyAdded;
        }

        boolean isElectable() {
            return isVoter() && !arbiter && priority > 0;
        }

        Node withNewlyAdded(boolean value) {
            return new Node(id, host, arbiter, hidden, priority, votes, delay, tags, value);
        }
    }

    static SetConfig parse(Document d, long defaultElectionTimeout) {
        List<Node> nodes = new ArrayList<>();
        if (!(d.get("_id") instanceof String name) || !(d.get("members") instanceof List<?> members)) {
            throw invalid("BSON field 'ReplSetConfig." + (d.get("_id") instanceof String ? "members" : "_id")
                    + "' is missing but a required field");
        }
        for (Object member : members) {
            nodes.add(node((Document) member));
        }
        Document settings = d.get("settings") instanceof Document s ? s : new Document();
        SetConfig config = new SetConfig(name, number(d, "version", 1), number(d, "term", -1), List.copyOf(nodes),
                settings.get("replicaSetId") instanceof ObjectId id ? id : null,
                number(settings, "electionTimeoutMillis", defaultElectionTimeout));
        config.check();
        return config;
    }

    private static Node node(Document m) {
        if (!(m.get("host") instanceof String host) || !(m.get("_id") instanceof Number)) {
            throw invalid("BSON field 'MemberConfig." + (m.get("host") instanceof String ? "_id" : "host") + "' is missing but a required field");
        }
        boolean arbiter = Boolean.TRUE.equals(m.get("arbiterOnly"));
        boolean hidden = Boolean.TRUE.equals(m.get("hidden"));
        double priority = m.get("priority") instanceof Number n && !arbiter ? n.doubleValue() : arbiter ? 0 : 1;
        int votes = (int) number(m, "votes", 1);
        long delay = number(m, "secondaryDelaySecs", number(m, "slaveDelay", 0));
        if (votes != 0 && votes != 1) {
            throw invalid("votes field value is " + votes + " but must be 0 or 1");
        }
        if (votes == 0 && priority > 0) {
            throw invalid("priority must be 0 when non-voting (votes:0)");
        }
        if (hidden && priority > 0) {
            throw invalid("priority must be 0 when hidden=true");
        }
        if (delay > 0 && priority > 0) {
            throw invalid("secondaryDelaySecs: priority must be 0 when secondaryDelaySecs is used");
        }
        String withPort = host.contains(":") ? host : host + ":27017";
        return new Node((int) number(m, "_id", 0), withPort, arbiter, hidden, priority, votes, delay,
                m.get("tags") instanceof Document tags ? tags : new Document(), Boolean.TRUE.equals(m.get("newlyAdded")));
    }

    private static long number(Document d, String name, long otherwise) {
        return d.get(name) instanceof Number n ? n.longValue() : otherwise;
    }

    private static CommandException invalid(String why) {
        return new CommandException(93, why);
    }

    private void check() {
        if (nodes.isEmpty() || nodes.size() > 50) {
            throw invalid("Replica set configuration contains " + nodes.size() + " members, but must have at least 1 and no more than  50");
        }
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = i + 1; j < nodes.size(); j++) {
                if (nodes.get(i).id == nodes.get(j).id) {
                    throw invalid("Found two member configurations with same _id field, members." + i + "._id == members." + j + "._id == " + nodes.get(i).id);
                }
                if (nodes.get(i).host.equals(nodes.get(j).host)) {
                    throw invalid("Found two member configurations with same host field, members." + i + ".host == members." + j
                            + ".host == " + nodes.get(i).host);
                }
            }
        }
        long local = nodes.stream().filter(n -> n.host.matches("(localhost|127\\..*):\\d+")).count();
        if (local != 0 && local != nodes.size()) {
            throw invalid("Either all host names in a replica set configuration must be localhost references, or none must be; found "
                    + local + " out of " + nodes.size());
        }
        long voters = nodes.stream().filter(Node::isVoter).count();
        if (voters == 0 || voters > 7) {
            throw invalid("Replica set configuration contains " + voters + " voting members, but must be at least 1 and no more than 7");
        }
        if (nodes.stream().noneMatch(n -> !n.arbiter && n.priority > 0)) {
            throw invalid("Replica set configuration must contain at least one non-arbiter member with priority > 0");
        }
    }

    /** Whether this configuration may follow {@code old} without force. */
    void checkSuccessorOf(SetConfig old, Release release) {
        if (!isNewerThan(old)) {
            throw new CommandException(103, release.atLeast(4, 4)
                    ? "New replica set configuration version and term must be greater than old, but " + versionAndTerm()
                            + " is not greater than " + old.versionAndTerm() + " for replica set " + name
                    : "New replica set configuration version must be greater than old, but " + version + " is not greater than "
                            + old.version + " for replica set " + name);
        }
        if (!old.name.equals(name)) {
            throw new CommandException(103, "New and old configurations differ in replica set name; old was " + old.name + ", and new is " + name);
        }
        for (Node n : nodes) {
            for (Node o : old.nodes) {
                if (n.host.equals(o.host) && n.id != o.id) {
                    throw new CommandException(103, "New and old configurations both have members with host of " + o.host
                            + " but in the new configuration the _id field is " + n.id + " and in the old configuration it is " + o.id
                            + " for replica set " + name);
                }
            }
        }
        Set<Integer> difference = new HashSet<>(voterIds());
        Set<Integer> kept = old.voterIds();
        kept.forEach(id -> {
            if (!difference.remove(id)) {
                difference.add(id);
            }
        });
        if (release.atLeast(4, 4) && difference.size() > 1) {
            throw invalid("Non force replica set reconfig can only add or remove at most 1 voting member.");
        }
    }

    private Set<Integer> voterIds() {
        return nodes.stream().filter(Node::isVoter).map(Node::id).collect(Collectors.toCollection(HashSet::new));
    }

    boolean isNewerThan(SetConfig o) {
        return term == o.term || term < 0 || o.term < 0 ? version > o.version : term > o.term;
    }

    String versionAndTerm() {
        return "{version: " + version + ", term: " + term + "}";
    }

    int voters() {
        return (int) nodes.stream().filter(Node::isVoter).count();
    }

    int writableVoters() {
        return (int) nodes.stream().filter(n -> n.isVoter() && !n.arbiter).count();
    }

    int majority() {
        return voters() / 2 + 1;
    }

    int writeMajority() {
        return Math.min(majority(), writableVoters());
    }

    SetConfig with(long newVersion, long newTerm, List<Node> newNodes, ObjectId newId) {
        return new SetConfig(name, newVersion, newTerm, List.copyOf(newNodes), newId, electionTimeoutMillis);
    }

    Document document(Release release) {
        List<Document> members = new ArrayList<>();
        for (Node n : nodes) {
            members.add(new Document("_id", n.id).append("host", n.host).append("arbiterOnly", n.arbiter).append("buildIndexes", true)
                    .append("hidden", n.hidden).append("priority", n.priority).append("tags", n.tags)
                    .append(release.atLeast(5, 0) ? "secondaryDelaySecs" : "slaveDelay", n.delay).append("votes", n.votes));
        }
        Document d = new Document("_id", name).append("version", (int) version);
        if (release.atLeast(4, 4)) {
            d.append("term", (int) term);
        }
        return d.append("members", members).append("protocolVersion", 1L).append("writeConcernMajorityJournalDefault", true)
                .append("settings", new Document("chainingAllowed", true).append("heartbeatIntervalMillis", 2000)
                        .append("heartbeatTimeoutSecs", 10).append("electionTimeoutMillis", (int) electionTimeoutMillis)
                        .append("catchUpTimeoutMillis", -1).append("catchUpTakeoverDelayMillis", 30000)
                        .append("getLastErrorModes", new Document())
                        .append("getLastErrorDefaults", new Document("w", 1).append("wtimeout", 0)).append("replicaSetId", id));
    }
}
