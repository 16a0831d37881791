package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoSecurityException;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Bench.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The users of applications beside the root user: the same on the embedded cluster and on a real one. */
public abstract class UsersContract {
    private static final Login ROOT = new Login("shop-mongo", "root", "planted-root-password");
    private static final Login SHOP = new Login("shop-app", "shop", "planted-shop-password");
    private static final Login REPORT = new Login("shop-report", "report", "planted-report-password", true);
    private static final String BOTH = "shop-app: {database: shop, roles: readWrite}\nshop-report: {database: report, roles: [read, read@shop]}\n";

    private ReplicaSetBench set;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void deploy() throws Exception {
        set = new ReplicaSetBench(kubeconfig());
        set.bench.login(ROOT);
        set.bench.user(SHOP);
        set.bench.user(REPORT);
        Ended deployed = set.deploy("image", "mongo:4.4.28", "storage", "1Gi", "rootCredentialsId", "shop-mongo");
        assertThat(deployed.failure()).isNull();
        set.ready(3);
    }

    @AfterEach
    void closeBench() throws Exception {
        set.close();
    }

    private static Object[] with(String users, Object... more) {
        List<Object> all = new ArrayList<>(List.of("rootCredentialsId", "shop-mongo", "users", users));
        all.addAll(List.of(more));
        return all.toArray();
    }

    /** A console and a failure never hold a password, nor a name that its credential keeps secret. */
    private static Ended silent(Ended ended) {
        assertThat(ended.console()).doesNotContain("planted-").doesNotContain("user 'report'");
        return ended;
    }

    private Ended done(String users, Object... more) throws Exception {
        Ended ended = silent(set.initiate(with(users, more)));
        assertThat(ended.failure()).isNull();
        return ended;
    }

    private Document as(Login user, String home, String database, Document command) throws Exception {
        return set.command(set.primary(), database, command, user, home);
    }

    /** {@code user@database: role@database ...} */
    private Set<String> users() throws Exception {
        Set<String> users = new TreeSet<>();
        for (Document user : as(ROOT, "admin", "admin", new Document("usersInfo", new Document("forAllDBs", true))).getList("users", Document.class)) {
            Set<String> roles = new TreeSet<>();
            user.getList("roles", Document.class).forEach(r -> roles.add(r.getString("role") + "@" + r.getString("db")));
            users.add(user.getString("user") + "@" + user.getString("db") + ": " + String.join(" ", roles));
        }
        return users;
    }

    private static Document insert() {
        return new Document("insert", "orders").append("documents", List.of(new Document("_id", 1)));
    }

    @Test
    void eachIsCreatedInItsOwnDatabaseBesideRootAndOnlyOnce() throws Exception {
        Ended first = done(BOTH);
        assertThat(first.console()).contains("  created user 'root' of credential 'shop-mongo', with the role root\n"
                + "  created user 'shop' of credential 'shop-app' in database shop: readWrite\n"
                + "  created the user of credential 'shop-report' in database report: read, read@shop\n");
        assertThat(first.result()).containsEntry("changed", true);
        assertThat(users()).containsExactly(
                "report@report: read@report read@shop", "root@admin: root@admin", "shop@shop: readWrite@shop");
        as(SHOP, "shop", "shop", insert());
        assertThatThrownBy(() -> as(SHOP, "shop", "admin", new Document("replSetGetConfig", 1)))
                .isInstanceOfSatisfying(MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(13));

        Ended again = done(BOTH);
        assertThat(again.console()).doesNotContain("created").doesNotContain("gave");
        assertThat(again.result()).containsEntry("changed", false);
    }

    @Test
    void oneThatIsThereGetsThePasswordAndTheRolesAndOthersStay() throws Exception {
        done(BOTH);
        Login renewed = new Login("shop-app", "shop", "planted-renewed-password");
        set.bench.user(renewed);
        Ended password = done("shop-app: {database: shop, roles: readWrite}");
        assertThat(password.console()).contains("  gave user 'shop' of credential 'shop-app' in database shop the password of the credential\n");
        assertThat(password.result()).containsEntry("changed", true);
        as(renewed, "shop", "shop", insert());
        assertThatThrownBy(() -> as(SHOP, "shop", "shop", insert())).isInstanceOf(MongoSecurityException.class);

        Ended roles = done("shop-app: {database: shop, roles: [read, dbAdmin]}");
        assertThat(roles.console()).contains(
                "  gave user 'shop' of credential 'shop-app' in database shop its password and roles: dbAdmin, read (had readWrite)\n");
        assertThat(users()).containsExactly(
                "report@report: read@report read@shop", "root@admin: root@admin", "shop@shop: dbAdmin@shop read@shop");
        assertThat(done("shop-app: {database: shop, roles: [dbAdmin, read]}").result()).containsEntry("changed", false);
    }

    @Test
    void aRoleThatTheSetDoesNotKnowIsToldWithTheParameter() throws Exception {
        assertThat(silent(set.initiate(with("shop-app: {database: shop, roles: clusterMonitor}"))).failure()).isEqualTo(
                "parameter 'users' has for credential 'shop-app' a role that the set does not know: Could not find role: clusterMonitor@shop.\n"
                        + "  Create that role first, or name one of MongoDB's own. The replica set itself is complete.");
        assertThat(done("shop-app: {database: shop, roles: clusterMonitor@admin}").console())
                .contains("  created user 'shop' of credential 'shop-app' in database shop: clusterMonitor@admin\n");
    }

    /** Secondaries that are locked take no writes, and answer all else. */
    @Test
    void whatNoMajorityHasIsNotDone() throws Exception {
        done("shop-app: {database: shop, roles: readWrite}");
        Login rotated = new Login("shop-mongo", "root", "planted-rotated-password");
        set.bench.login(rotated);
        List<Integer> locked = new ArrayList<>(List.of(0, 1, 2));
        locked.remove((Integer) set.primary());
        for (int ordinal : locked) {
            set.command(ordinal, "admin", new Document("fsync", 1).append("lock", true), ROOT);
        }
        Running rotating = set.bench.begin(set.initiating(with(BOTH, "rotateRootPassword", true)), "bench/1");
        set.bench.until("the primary to have it alone", () -> rotating.waitingFor() != null
                && rotating.waitingFor().contains("has done updateUser, but no majority has confirmed it"));
        as(rotated, "admin", "admin", new Document("replSetGetConfig", 1));
        assertThat(rotating.console()).doesNotContain("gave").doesNotContain("created");
        for (int ordinal : locked) {
            set.command(ordinal, "admin", new Document("fsyncUnlock", 1), ROOT);
        }
        Ended ended = silent(rotating.await());
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).containsOnlyOnce("  gave user 'root' of credential 'shop-mongo' the password of the credential\n")
                .containsOnlyOnce("  created the user of credential 'shop-report' in database report: read, read@shop\n");
    }
}
