package io.jenkins.plugins.statefulmongo.mongo;

import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** Builds replica-set configurations from those that a member gave: whatever somebody configured in them stays. */
final class Documents {
    /** https://www.mongodb.com/docs/manual/reference/limits/: at most 7 of up to 50 members vote. */
    static final int MAX_VOTERS = 7;

    /** The tag of a member that we added without a vote: a later run knows it from one that somebody wants so. */
    private static final Document JOINING = new Document("statefulMongo", "joining");

    private Documents() {}

    static boolean joining(Document member) {
        return JOINING.equals(member.get("tags"));
    }

    static Document member(int id, String host, boolean vote) {
        Document member = new Document("_id", id).append("host", host);
        // A member without a vote must have priority 0.
        return vote ? member : member.append("votes", 0).append("priority", 0);
    }

    /** The configuration with one member more, under the lowest free {@code _id}. */
    static Document withMember(Document config, String host, boolean vote, boolean joining) {
        List<Document> members = members(config);
        int id = 0;
        for (int free = 0; ids(members).contains(free); free++) {
            id = free + 1;
        }
        Document member = member(id, host, vote);
        members.add(joining ? member.append("tags", JOINING) : member);
        return next(config, members);
    }

    static Document withVote(Document config, String host) {
        List<Document> members = members(config);
        for (Document member : members) {
            if (host.equals(member.getString("host"))) {
                member.put("votes", 1);
                member.put("priority", 1);
                member.remove("tags");
            }
        }
        return next(config, members);
    }

    static Document withoutMember(Document config, String host) {
        List<Document> members = members(config);
        members.removeIf(m -> host.equals(m.getString("host")));
        return next(config, members);
    }

    private static List<Document> members(Document config) {
        return new ArrayList<>(config.getList("members", Document.class).stream().map(Document::new).toList());
    }

    private static List<Integer> ids(List<Document> members) {
        return members.stream().map(m -> ((Number) m.get("_id")).intValue()).toList();
    }

    private static Document next(Document config, List<Document> members) {
        Document next = new Document(config);
        next.put("version", ((Number) config.get("version")).intValue() + 1);
        next.put("members", members);
        next.remove("term"); // the primary puts its own
        return next;
    }
}
