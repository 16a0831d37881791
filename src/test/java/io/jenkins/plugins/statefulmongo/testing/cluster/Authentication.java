package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Set;

/**
 * Users, logins, and who may do what where mongod has a key file: the members themselves, users with the role root, the localhost
 * exception while there is no user; other users read and write. All with the lock held.
 */
final class Authentication {
    /** One connection. */
    static final class Session {
        private Scram login;
        /** As {@code user@database}; null before a login. */
        private String user;
    }

    private static final String MEMBER = "__system@local";
    private static final Set<String> OPEN = Set.of("hello", "isMaster", "ismaster", "ping", "buildInfo", "buildinfo", "saslStart",
            "saslContinue", "endSessions");
    private static final Set<String> ROLES = Set.of("read", "readWrite", "dbAdmin", "dbOwner", "userAdmin");
    private static final Set<String> ADMINISTRATORS = Set.of("root", "backup", "restore", "clusterMonitor", "clusterAdmin", "readAnyDatabase",
            "readWriteAnyDatabase", "userAdminAnyDatabase", "dbAdminAnyDatabase");
    private static final Set<String> BEFORE_THE_FIRST_USER = Set.of("replSetInitiate", "replSetReconfig", "replSetGetStatus", "createUser");

    private Authentication() {}

    /** @param session null: a program of the cluster itself */
    static void check(Member m, Session session, String database, String name) {
        if (session == null || !m.options.asksForLogin() || OPEN.contains(name)) {
            return;
        }
        boolean bypass = m.data.users.isEmpty();
        if (session.user == null && !bypass) {
            throw new CommandException(13, "command " + name + " requires authentication");
        }
        boolean may = session.user == null
                ? BEFORE_THE_FIRST_USER.contains(name)
                : session.user.equals(MEMBER) || !name.equals("replSetHeartbeat") && (isRoot(m, session.user) || Commands.isData(name));
        if (!may) {
            throw new CommandException(13, "not authorized on " + database + " to execute command { " + name + ": 1.0 }");
        }
    }

    private static boolean isRoot(Member m, String user) {
        return m.data.users.containsKey(user)
                && ((List<?>) m.data.users.get(user).get("roles")).contains(new Document("role", "root").append("db", "admin"));
    }

    /** As it is stored: a name alone is a role of the user's own database. */
    private static Document role(Object given, String database) {
        Document role = given instanceof Document d ? d : new Document("role", given).append("db", database);
        boolean foreign = ADMINISTRATORS.contains(role.get("role")) && !"admin".equals(role.get("db"));
        if (foreign || !ADMINISTRATORS.contains(role.get("role")) && !ROLES.contains(role.get("role"))) {
            throw new CommandException(31, "Could not find role: " + role.get("role") + "@" + role.get("db"));
        }
        return role;
    }

    static Document handle(Member m, Session session, String database, Document command, String name) {
        return switch (name) {
            case "saslStart" -> {
                if (!Scram.NAME.equals(command.get("mechanism"))) {
                    throw Scram.failed();
                }
                session.login = new Scram(user -> credentials(m, user + "@" + database));
                yield step(session, database, command);
            }
            case "saslContinue" -> {
                if (session.login == null) {
                    throw new CommandException(17, "No SASL session state found");
                }
                yield step(session, database, command);
            }
            case "usersInfo" -> new Document("users", m.data.users.keySet().stream()
                    .map(u -> new Document("_id", u).append("user", u.replaceAll("@.*", "")).append("db", u.replaceAll(".*@", ""))
                            .append("roles", m.data.users.get(u).get("roles")))
                    .toList());
            default -> write(m, database, command, name);
        };
    }

    /** What hello tells a driver that asks how a user may log in. */
    static void mechanisms(Member m, Document command, Document reply) {
        if (command.get("saslSupportedMechs") instanceof String asked && m.data.users.containsKey(asked.replaceFirst("^(.*?)\\.(.*)$", "$2@$1"))) {
            reply.append("saslSupportedMechs", List.of(Scram.NAME));
        }
    }

    private static Document credentials(Member m, String user) {
        if (user.equals(MEMBER)) {
            return m.key;
        }
        Document found = m.data.users.get(user);
        return found == null ? null : (Document) found.get("credentials");
    }

    private static Document step(Session session, String database, Document command) {
        byte[] answer = session.login.step(((BinData) command.get("payload")).getData());
        boolean done = session.login.user() != null;
        if (done) {
            session.user = session.login.user() + "@" + database;
            session.login = null;
        }
        return new Document("conversationId", 1).append("done", done).append("payload", new BinData(answer));
    }

    private static Document write(Member m, String database, Document command, String name) {
        Commands.requireWritable(m);
        String user = command.get(name) + "@" + database;
        boolean known = m.data.users.containsKey(user);
        if (name.equals("createUser") && known) {
            throw new CommandException(51003, "User \"" + user + "\" already exists");
        }
        if (name.equals("updateUser") && !known) {
            throw new CommandException(11, "User '" + user + "' not found");
        }
        Document stored = known ? m.data.users.get(user).clone() : new Document();
        if (command.get("roles") instanceof List<?> roles) {
            stored.put("roles", roles.stream().map(r -> role(r, database)).toList());
        }
        if (command.get("pwd") instanceof String password) {
            stored.put("credentials", Scram.store(password));
        }
        Replication.write(m, database, new Document(name, user).append("user", stored), "");
        return Commands.awaitConcern(m, command, new Document(), m.data.last());
    }
}
