package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Sees to it that the set has the root user of the step's credential:
 *
 * <ol>
 *   <li>Where members let the step in as that user itself, or the primary does when asked for it: nothing is to be done.
 *   <li>A set without any user gets this one, with the role root.
 *   <li>A user of that name with another password gets the credential's only where {@code rotateRootPassword} asks for it.
 *   <li>A set with other users alone is refused: a second administrator is nobody's wish by accident.
 * </ol>
 */
final class RootUser {
    private static final String ADMIN = Role.ROOT.database();

    private final Scope scope;
    private final boolean rotate;
    private final Members members;
    private final UserWrite write = new UserWrite();
    private boolean there;

    RootUser(Scope scope, Parameters parameters, Members members) throws Failure {
        this.scope = scope;
        this.members = members;
        rotate = parameters.flag("rotateRootPassword", false);
        if (rotate && !parameters.has(Login.ROOT)) {
            throw Parameters.bad("rotateRootPassword", "needs parameter '" + Login.ROOT + "', whose password is to be the new one");
        }
    }

    /**
     * One step towards the user, on a primary whose set is whole.
     *
     * @return empty when it is there
     */
    Optional<Outcome> ensure(SetState set, PodState primary, SetLease lease) throws Failure, Unavailable, InterruptedException {
        Login login = scope.login();
        there |= login == null || !members.byTheirKey() || members.takesRoot(set, primary) && !write.open();
        if (there) {
            return Optional.empty();
        }
        if (write.done()) {
            throw new Failure(primary.name() + " still does not take " + login.label() + ", whose password this step has set.",
                    "Look for restrictions of that user (db.getUser) and into mongod's log.");
        }
        Optional<Outcome> held = lease.hold(scope.console());
        if (held.isPresent()) {
            return held;
        }
        List<DatabaseUser> users = members.client(set, primary).users();
        boolean known = users.stream().anyMatch(u -> u.is(login.user(), ADMIN));
        if (!write.open()) {
            check(login, users, known);
        }
        if (!lease.outlastsACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        }
        write.write(members.client(set, primary), known, login, ADMIN, known ? null : List.of(Role.ROOT),
                known
                        ? "gave " + login.label() + " the password of the credential"
                        : "created " + login.label() + ", with the role root",
                scope.console());
        return Optional.of(Outcome.now("the root user to be let in"));
    }

    /** Whether the step has changed the set's users. */
    boolean changed() {
        return write.done();
    }

    private void check(Login login, List<DatabaseUser> users, boolean known) throws Failure {
        if (known && !rotate) {
            throw new Failure(
                    login.label() + " has another password in the set.",
                    "Nothing was changed. Correct the credential that parameter '" + Login.ROOT + "' names.",
                    "Should the set take the credential's password from now on, give rotateRootPassword: true.");
        }
        if (!known && !users.isEmpty()) {
            throw new Failure(
                    login.label() + " is no user of the set, which has "
                            + users.stream().map(DatabaseUser::label).collect(Collectors.joining(", ")) + ".",
                    "Nothing was changed: this step creates the first user of a set, no second one.",
                    "Name the credential of a user with the role root, or create the user by hand.");
        }
    }
}
