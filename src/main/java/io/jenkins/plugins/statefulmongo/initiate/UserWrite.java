package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.mongo.MemberClient;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import java.util.Collection;

/**
 * The one change of a user that a step makes. What the primary has written is not done before a majority has it: the next primary may not
 * know it. So until then it is written again, which changes nothing where it is there.
 */
final class UserWrite {
    private String open;
    private boolean done;

    /** Whether it was sent, and nobody knows whether a majority has it. */
    boolean open() {
        return open != null;
    }

    boolean done() {
        return done;
    }

    /**
     * Creates or changes the user, on the primary, and says so when a majority has it.
     *
     * @param known whether the set has the user
     * @param roles null: those that it has
     * @param line for the console
     * @throws Unavailable where it is to be called again
     */
    void write(MemberClient primary, boolean known, Login login, String database, Collection<Role> roles, String line, Console console)
            throws Failure, Unavailable {
        open = open == null ? line : open;
        if (known) {
            primary.updateUser(login, database, roles);
        } else {
            primary.createUser(login, database, roles);
        }
        console.line(open);
        open = null;
        done = true;
    }
}
