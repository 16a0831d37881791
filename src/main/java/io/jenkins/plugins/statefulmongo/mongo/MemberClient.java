package io.jenkins.plugins.statefulmongo.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerMonitoringMode;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.bson.Document;

/**
 * One mongod, reached through a port-forward of its pod and asked directly: it answers in every state, initiated or not. Made for
 * one pod's uid: a replaced pod needs a new one. Every command is bounded by {@link #CALL}.
 */
public final class MemberClient implements AutoCloseable {
    /** How long one command may take. */
    static final Duration CALL = Duration.ofSeconds(8);

    /** Told of every member that ends as it was asked to, with a stack trace each: nothing that an administrator should read. */
    private static final List<Logger> CHATTY = List.of(
            Logger.getLogger("org.mongodb.driver"),
            Logger.getLogger("io.fabric8.kubernetes.client.jdkhttp"),
            Logger.getLogger("io.fabric8.kubernetes.client.dsl.internal.PortForwarderWebsocketListener"));

    static {
        // Whoever set a level himself keeps it. The references keep the loggers, and with them the level, from being collected.
        CHATTY.stream().filter(l -> l.getLevel() == null).forEach(l -> l.setLevel(Level.SEVERE));
    }

    private final String pod;
    private final LocalPortForward forward;
    private final Identity identity;
    private final MongoClient client;

    /** @param host its stable name and port */
    MemberClient(String pod, String host, LocalPortForward forward, Identity identity, Encryption encryption) {
        this.pod = pod;
        this.forward = forward;
        this.identity = identity;
        int millis = (int) CALL.toMillis();
        MongoClientSettings.Builder settings = MongoClientSettings.builder();
        if (identity.credential() != null) {
            settings.credential(identity.credential());
        }
        if (encryption.context() != null) {
            settings.inetAddressResolver(Encryption.TO_THE_FORWARD)
                    .applyToSslSettings(b -> b.enabled(true).context(encryption.context()));
        }
        client = MongoClients.create(settings
                .applicationName("stateful-mongo")
                .applyToClusterSettings(b -> b.mode(ClusterConnectionMode.SINGLE)
                        .hosts(List.of(encryption.address(host, forward.getLocalPort())))
                        .serverSelectionTimeout(millis / 2, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(b -> b.connectTimeout(millis / 2, TimeUnit.MILLISECONDS)
                        .readTimeout(millis, TimeUnit.MILLISECONDS))
                .applyToServerSettings(b -> b.serverMonitoringMode(ServerMonitoringMode.POLL)
                        // Each attempt is a port-forward of its own: one that crashes again and again is not asked without end.
                        .minHeartbeatFrequency(200, TimeUnit.MILLISECONDS))
                .applyToConnectionPoolSettings(b -> b.maxSize(2))
                .retryReads(false)
                .retryWrites(false)
                .build());
    }

    /** All that the deciders need to know of this member, or why it does not answer. */
    public MemberState ask(int ordinal) throws Failure {
        try {
            Document status = optional("replSetGetStatus", "initialSync");
            if (status == null) {
                return Answers.notInitiated(ordinal, run("buildInfo"), holdsData());
            }
            Document config = run("replSetGetConfig").get("config", Document.class);
            return Answers.initiated(ordinal, run("buildInfo"), config, status, optional("getParameter", "featureCompatibilityVersion"));
        } catch (Unavailable e) {
            return MemberState.unreachable(ordinal, e.getMessage());
        }
    }

    /**
     * Initiates a set of these members, in one command. The member itself asks every other one first.
     *
     * @param hosts by ordinal; the index is the member's {@code _id}
     */
    public void initiate(String replicaSet, List<String> hosts) throws Failure, Unavailable {
        List<Document> members = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            members.add(Documents.member(i, hosts.get(i), i < Documents.MAX_VOTERS));
        }
        Document config = new Document("_id", replicaSet).append("version", 1).append("members", members);
        run(new Document("replSetInitiate", config));
    }

    /**
     * Adds one member to the configuration that this primary has now.
     *
     * @param joining it gets its vote later, by {@link #giveVote}
     */
    public void add(String host, boolean vote, boolean joining) throws Failure, Unavailable {
        reconfigure(Documents.withMember(currentConfig(), host, vote, joining));
    }

    /** Gives a member that was added without a vote its vote and priority 1. */
    public void giveVote(String host) throws Failure, Unavailable {
        reconfigure(Documents.withVote(currentConfig(), host));
    }

    /**
     * Removes one member from the configuration that this primary has now, if that still is the version that was looked at: else nothing is
     * done.
     */
    public void remove(String host, long version) throws Failure, Unavailable {
        Document config = currentConfig();
        if (config.get("version", Number.class).longValue() == version) {
            reconfigure(Documents.withoutMember(config, host));
        }
    }

    /** Asks this member to stand for election now, instead of after the election time-out. */
    public void stepUp() throws Failure, Unavailable {
        run(new Document("replSetStepUp", 1));
    }

    /**
     * Asks this primary to hand over: it waits for an electable secondary to catch up, and answers 262 where none does. Never with
     * force.
     *
     * @param seconds how long it will not stand again
     * @param catchUpSeconds how long it waits; shorter than a call may take
     */
    public void stepDown(int seconds, int catchUpSeconds) throws Failure, Unavailable {
        run(new Document("replSetStepDown", seconds).append("secondaryCatchUpPeriodSecs", catchUpSeconds));
    }

    /** Sets featureCompatibilityVersion for the whole set; on the primary only. */
    public void setCompatibility(String series, boolean confirm) throws Failure, Unavailable {
        Document command = new Document("setFeatureCompatibilityVersion", series);
        run(confirm ? command.append("confirm", true) : command);
    }

    /**
     * How many seconds of writes this member's oplog holds before it drops the oldest; {@link Long#MAX_VALUE} while it has room for
     * more.
     */
    public long oplogWindowSeconds() throws Failure, Unavailable {
        Document stats = call("collStats", () -> client.getDatabase("local").runCommand(new Document("collStats", "oplog.rs")));
        double size = stats.get("size", Number.class).doubleValue();
        double limit = stats.get("maxSize", Number.class).doubleValue();
        return size < 0.9 * limit ? Long.MAX_VALUE : Answers.seconds(oplogEnd(-1)) - Answers.seconds(oplogEnd(1));
    }

    /** Asks for nothing but to be let in. */
    void knock() throws Failure, Unavailable {
        run("ping");
    }

    /** All users of all databases. */
    public List<DatabaseUser> users() throws Failure, Unavailable {
        return run(UserCommands.ALL).getList("users", Document.class).stream().map(UserCommands::user).toList();
    }

    /**
     * Creates a user; on the primary only.
     *
     * @throws Unavailable also where it was written, but no majority is known to have it: it may be lost again
     */
    public void createUser(Login login, String database, Collection<Role> roles) throws Failure, Unavailable {
        write(database, UserCommands.write("createUser", login, roles));
    }

    /**
     * Gives a user its password and its roles; on the primary only.
     *
     * @param roles null: those that it has
     * @throws Unavailable also where it was written, but no majority is known to have it
     */
    public void updateUser(Login login, String database, Collection<Role> roles) throws Failure, Unavailable {
        write(database, UserCommands.write("updateUser", login, roles));
    }

    private void write(String database, Document command) throws Failure, Unavailable {
        String name = command.keySet().iterator().next();
        Document reply = call(name, () -> client.getDatabase(database).runCommand(command));
        if (reply.get("writeConcernError") instanceof Document error) {
            throw new Unavailable(pod + " has done " + name + ", but no majority has confirmed it: " + error.getString("errmsg"));
        }
    }

    /** Closes the client before the port-forward under it. */
    @Override
    public void close() {
        client.close();
        try {
            forward.close();
        } catch (IOException e) {
            // Nothing depends on it any more.
        }
    }

    private Document oplogEnd(int direction) throws Failure, Unavailable {
        return call("find", () -> client.getDatabase("local")
                .getCollection("oplog.rs")
                .find()
                .sort(new Document("$natural", direction))
                .projection(new Document("ts", 1))
                .first());
    }

    /**
     * A member that is not initiated refuses to list its databases. This is the question by which replSetInitiate itself finds out whether
     * another member holds any (mongod's check_quorum_for_config_change.cpp); without a sender it changes nothing. Only members may ask it
     * where there are users, and who has been let in as one need not: that user is data.
     */
    private boolean holdsData() throws Failure, Unavailable {
        if (identity.user()) {
            return true;
        }
        Document replication = run("getCmdLineOpts").get("parsed", new Document()).get("replication", new Document());
        Object name = replication.getOrDefault("replSet", replication.get("replSetName"));
        return run(new Document("replSetHeartbeat", name)
                        .append("configVersion", 0)
                        .append("hbv", 1)
                        .append("from", "")
                        .append("fromId", -1)
                        .append("term", -1L)
                        .append("checkEmpty", true))
                .getBoolean("hasData", false);
    }

    private Document currentConfig() throws Failure, Unavailable {
        return run("replSetGetConfig").get("config", Document.class);
    }

    private void reconfigure(Document config) throws Failure, Unavailable {
        // maxTimeMS: without it the command waits for a majority to have the configuration, however long that takes.
        run(new Document("replSetReconfig", config).append("maxTimeMS", CALL.toMillis() - 1_000));
    }

    private Document run(String command) throws Failure, Unavailable {
        return run(new Document(command, 1));
    }

    /** Null where the member is not initiated. */
    private Document optional(String command, String... parameters) throws Failure, Unavailable {
        Document whole = new Document(command, 1);
        for (String parameter : parameters) {
            whole.append(parameter, 1);
        }
        try {
            return run(whole);
        } catch (MemberRefused e) {
            if (e.code() == Codes.NOT_YET_INITIALIZED) {
                return null;
            }
            if (e.code() == Codes.INVALID_REPLICA_SET_CONFIG) {
                return Answers.REMOVED;
            }
            throw e;
        }
    }

    private Document run(Document command) throws Failure, Unavailable {
        return call(command.keySet().iterator().next(), () -> client.getDatabase("admin").runCommand(command));
    }

    private interface Call<T> {
        T get();
    }

    private <T> T call(String command, Call<T> call) throws Failure, Unavailable {
        try {
            return call.get();
        } catch (MongoCommandException e) {
            if (e.getErrorCode() == Codes.SHUTDOWN_IN_PROGRESS) {
                throw new Unavailable(pod + " is shutting down");
            }
            throw Answers.refused(pod, identity, command, e.getErrorCode(), e.getErrorCodeName(), e.getErrorMessage());
        } catch (MongoSecurityException e) {
            if (e.getCause() instanceof MongoCommandException c && c.getErrorCode() == Codes.AUTHENTICATION_FAILED) {
                throw new LoginRefused(pod, identity);
            }
            throw new Unavailable(pod + " does not answer " + command + ": the login broke off");
        } catch (MongoException e) {
            throw new Unavailable(pod + " does not answer " + command + ": " + reason(e));
        } catch (IllegalStateException e) {
            throw new Unavailable(pod + " does not answer " + command + ": its client is closed");
        }
    }

    /** The port-forward knows why (no such pod, connection refused); the driver only that the connection ended. */
    private String reason(MongoException e) {
        return forward.getServerThrowables().stream()
                .map(Throwable::getMessage)
                .filter(m -> m != null && !m.isBlank())
                .reduce((first, last) -> last)
                // A MongoTimeoutException tells the driver's view of the cluster, which is this one member.
                .orElseGet(() -> e instanceof MongoTimeoutException
                        ? handshake().orElse("no answer in time")
                        : e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }

    /** Why TLS did not come about, if that is what the driver last met. */
    private Optional<String> handshake() {
        return client.getClusterDescription().getServerDescriptions().stream()
                .map(ServerDescription::getException)
                .flatMap(e -> Stream.iterate(e, Objects::nonNull, Throwable::getCause))
                .filter(SSLException.class::isInstance)
                .map(e -> "TLS: " + e.getMessage())
                .findFirst();
    }
}
