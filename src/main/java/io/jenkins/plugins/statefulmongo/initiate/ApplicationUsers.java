package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.mongo.Codes;
import io.jenkins.plugins.statefulmongo.mongo.MemberClient;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees to it that a set has the users that parameter {@code users} describes, one after the other:
 *
 * <ol>
 *   <li>One that has these roles, no others, and is let in with the credential's password is left alone.
 *   <li>One that is missing is created; any other gets the roles and the password.
 *   <li>Users that the parameter does not name are nobody's business here.
 * </ol>
 */
final class ApplicationUsers {
    private final Scope scope;
    private final Members members;
    private final Map<WantedUser, UserWrite> wanted = new LinkedHashMap<>();
    private final Set<WantedUser> there = new LinkedHashSet<>();

    /** @throws Failure where the parameter, or what its credentials hold, is bad */
    ApplicationUsers(Scope scope, Parameters parameters, Members members) throws Failure {
        this.scope = scope;
        this.members = members;
        for (WantedUser user : WantedUser.of(parameters)) {
            wanted.put(user, new UserWrite());
        }
        distinct();
    }

    /** Two descriptions of one user would be at odds in every run, and the root user is described elsewhere. */
    private void distinct() throws Failure {
        Map<String, String> known = new LinkedHashMap<>();
        if (scope.login() != null) {
            known.put(scope.login().user() + "@" + Role.ROOT.database(), "parameter '" + Login.ROOT + "'");
        }
        for (WantedUser user : wanted.keySet()) {
            Login login = login(user);
            String other = login == null ? null : known.put(login.user() + "@" + user.database(), "credential '" + user.credentialsId() + "'");
            if (other != null) {
                throw Parameters.bad(WantedUser.PARAMETER,
                        "has for credential '" + user.credentialsId() + "' the user and the database of " + other,
                        "Each user of a database is described once, by a credential of its own.");
            }
        }
    }

    /** Null where the operation is made for a form. */
    private Login login(WantedUser user) {
        return scope.users().get(user.credentialsId());
    }

    /**
     * One step towards the users, on a primary whose set is whole.
     *
     * @return empty when they are all there
     */
    Optional<Outcome> ensure(SetState set, PodState primary, SetLease lease) throws Failure, Unavailable, InterruptedException {
        for (Map.Entry<WantedUser, UserWrite> user : wanted.entrySet()) {
            Optional<Outcome> next = there.contains(user.getKey())
                    ? Optional.empty()
                    : ensure(user.getKey(), user.getValue(), set, primary, lease);
            if (next.isPresent()) {
                return next;
            }
            there.add(user.getKey());
        }
        return Optional.empty();
    }

    /** Whether the step has changed any. */
    boolean changed() {
        return wanted.values().stream().anyMatch(UserWrite::done);
    }

    private Optional<Outcome> ensure(WantedUser user, UserWrite write, SetState set, PodState primary, SetLease lease)
            throws Failure, Unavailable, InterruptedException {
        Login login = login(user);
        MemberClient client = members.client(set, primary);
        Optional<DatabaseUser> found = client.users().stream().filter(u -> u.is(login.user(), user.database())).findFirst();
        boolean roles = found.isPresent() && found.get().roles().equals(user.roles());
        if (roles && !write.open() && members.takes(set, primary, login, user.database())) {
            return Optional.empty();
        }
        String label = login.label() + " in database " + user.database();
        String text = DatabaseUser.text(user.roles(), user.database());
        if (write.done()) {
            throw new Failure(primary.name() + " still does not take " + label + " with " + text + ", as this step has written it.",
                    "Somebody else changes it at the same time, or the user has restrictions (db.getUser): look there and into mongod's log.");
        }
        Optional<Outcome> held = lease.hold(scope.console());
        if (held.isPresent()) {
            return held;
        }
        if (!lease.outlastsACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        }
        try {
            write.write(client, found.isPresent(), login, user.database(), user.roles(),
                    found.isEmpty() ? "created " + label + ": " + text
                            : roles ? "gave " + label + " the password of the credential"
                            : "gave " + label + " its password and roles: " + text + " (had "
                                    + DatabaseUser.text(found.get().roles(), user.database()) + ")",
                    scope.console());
        } catch (MemberRefused e) {
            if (e.code() == Codes.ROLE_NOT_FOUND) {
                throw Parameters.bad(WantedUser.PARAMETER,
                        "has for credential '" + user.credentialsId() + "' a role that the set does not know: " + e.serverMessage(),
                        "Create that role first, or name one of MongoDB's own. The replica set itself is complete.");
            }
            throw e;
        }
        return Optional.of(Outcome.now("the user to be let in"));
    }
}
