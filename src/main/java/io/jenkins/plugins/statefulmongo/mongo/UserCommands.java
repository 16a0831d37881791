package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.bson.Document;

/** The commands about users, and what they answer. */
final class UserCommands {
    static final Document ALL = new Document("usersInfo", new Document("forAllDBs", true));

    private UserCommands() {}

    /**
     * A majority is waited for, a second less than a call may take.
     *
     * @param roles null: not named
     */
    static Document write(String command, Login login, Collection<Role> roles) {
        Document whole = new Document(command, login.user()).append("pwd", login.password());
        if (roles != null) {
            whole.append("roles", roles.stream().map(r -> new Document("role", r.name()).append("db", r.database())).toList());
        }
        return whole.append("writeConcern", new Document("w", "majority").append("wtimeout", MemberClient.CALL.toMillis() - 1_000));
    }

    static DatabaseUser user(Document user) {
        return new DatabaseUser(
                user.getString("user"),
                user.getString("db"),
                new HashSet<>(user.getList("roles", Document.class, List.of()).stream()
                        .map(r -> new Role(r.getString("role"), r.getString("db")))
                        .toList()));
    }
}
