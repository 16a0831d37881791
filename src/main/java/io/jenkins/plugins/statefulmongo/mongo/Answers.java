package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import java.util.List;
import java.util.Set;
import org.bson.BsonTimestamp;
import org.bson.Document;

/** Translates mongod's answers into the plain states that the deciders know. */
final class Answers {
    /** Stands for the status of a member that its own configuration no longer names: it refuses to tell one. */
    static final Document REMOVED = new Document("myStateStr", "REMOVED").append("members", List.of());

    private static final Set<String> COPIED =
            Set.of("approxTotalBytesCopied", "bytesCopied", "documentsCopied", "fetchedMissingDocs", "appliedOps");

    private Answers() {}

    static MemberState notInitiated(int ordinal, Document buildInfo, boolean data) {
        return new MemberState(
                ordinal, null, release(buildInfo), null, data, null, null, -1, OpTime.NONE, null, null, null, null, 0, List.of());
    }

    static MemberState initiated(int ordinal, Document buildInfo, Document config, Document status, Document parameter) {
        List<Document> members = status.getList("members", Document.class, List.of());
        Document self = members.stream()
                .filter(m -> Boolean.TRUE.equals(m.getBoolean("self")))
                .findFirst()
                .orElse(new Document());
        List<String> primaries = members.stream()
                .filter(m -> "PRIMARY".equals(m.getString("stateStr")))
                .map(m -> m.getString("name"))
                .toList();
        Document compatibility = parameter == null ? null : parameter.get("featureCompatibilityVersion", Document.class);
        String state = self.getString("stateStr");
        return new MemberState(
                ordinal,
                null,
                release(buildInfo),
                config(config),
                false,
                self.getString("name"),
                state != null ? state : status.get("myStateStr", "UNKNOWN"),
                number(status, "term", -1),
                opTime(status.get("optimes", new Document()).get("appliedOpTime")),
                // A member that still sees two is no witness for either.
                primaries.size() == 1 ? primaries.get(0) : null,
                blankToNull(status.getString("syncSourceHost")),
                compatibility == null ? null : compatibility.getString("version"),
                compatibility == null ? null : compatibility.getString("targetVersion"),
                copied(status.get("initialSyncStatus")),
                members.stream().map(Answers::peer).toList());
    }

    static Failure refused(String pod, Identity identity, String command, int code, String codeName, String message) {
        return switch (code) {
            case Codes.NO_REPLICATION_ENABLED -> new Failure(
                    pod + " runs without a replica set.",
                    "mongod answers " + command + ": " + message,
                    "Add --replSet NAME to mongod's command.");
            case Codes.UNAUTHORIZED -> identity == Identity.NOBODY
                    ? new Failure(
                            pod + " asks for authentication.",
                            "mongod answers " + command + ": " + message,
                            "Give parameter '" + Login.ROOT + "': the id of a user name with password in Jenkins' credentials.")
                    : new Failure(
                            pod + " lets " + identity.label() + " in, but not do what the step needs.",
                            "mongod answers " + command + ": " + message,
                            "Give the user the role root on admin.");
            default -> new MemberRefused(pod, command, code, codeName, message);
        };
    }

    static long seconds(Document oplogEntry) {
        return oplogEntry != null && oplogEntry.get("ts") instanceof BsonTimestamp ts ? Integer.toUnsignedLong(ts.getTime()) : 0;
    }

    /** The counters' names and places differ by release; each only grows. */
    private static long copied(Object status) {
        return status instanceof Document d
                ? d.entrySet().stream()
                        .mapToLong(e -> COPIED.contains(e.getKey()) && e.getValue() instanceof Number n ? n.longValue() : copied(e.getValue()))
                        .sum()
                : 0;
    }

    private static MemberState.Peer peer(Document member) {
        return new MemberState.Peer(
                member.getString("name"), number(member, "health", 0) == 1, member.getString("stateStr"), opTime(member.get("optime")));
    }

    private static ReplicaConfig config(Document config) {
        Object id = config.get("settings", new Document()).get("replicaSetId");
        return new ReplicaConfig(
                config.getString("_id"),
                id == null ? null : id.toString(),
                number(config, "version", 0),
                number(config, "term", -1),
                config.getList("members", Document.class).stream().map(Answers::configured).toList());
    }

    private static ReplicaConfig.Member configured(Document member) {
        // secondaryDelaySecs is 5.0's name for slaveDelay.
        return new ReplicaConfig.Member(
                (int) number(member, "_id", -1),
                member.getString("host"),
                (int) number(member, "votes", 1),
                member.get("priority") instanceof Number n ? n.doubleValue() : 1,
                Boolean.TRUE.equals(member.getBoolean("arbiterOnly")),
                Boolean.TRUE.equals(member.getBoolean("hidden")),
                Math.max(number(member, "secondaryDelaySecs", 0), number(member, "slaveDelay", 0)),
                Documents.joining(member));
    }

    private static Release release(Document buildInfo) {
        return Release.parse(buildInfo.getString("version")).orElse(null);
    }

    /** {ts, t} from protocol version 1 on; arbiters answer a bare zero. */
    private static OpTime opTime(Object value) {
        return value instanceof Document d && d.get("ts") instanceof BsonTimestamp ts
                ? new OpTime(number(d, "t", -1), Integer.toUnsignedLong(ts.getTime()), ts.getInc())
                : OpTime.NONE;
    }

    private static long number(Document document, String key, long otherwise) {
        return document.get(key) instanceof Number n ? n.longValue() : otherwise;
    }

    private static String blankToNull(String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
