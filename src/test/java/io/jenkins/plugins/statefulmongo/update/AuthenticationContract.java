package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import io.jenkins.plugins.statefulmongo.deploy.RemoveRelease;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replica sets that ask for authentication: the same on the embedded cluster and on a real one. */
public abstract class AuthenticationContract {
    protected static final Login ROOT = new Login("shop-mongo", "root", "planted-root-password");
    static final Login WRONG = new Login("shop-mongo", "root", "planted-other-password");
    private static final Object[] WITH = {"rootCredentialsId", "shop-mongo"};
    private static final String ASKS = "  Give parameter 'rootCredentialsId': the id of a user name with password in Jenkins' credentials.";

    ReplicaSetBench set;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        set = new ReplicaSetBench(kubeconfig());
        set.bench.login(ROOT);
    }

    @AfterEach
    void closeBench() throws Exception {
        set.close();
    }

    static Object[] with(Object... more) {
        List<Object> all = new ArrayList<>(List.of(WITH));
        all.addAll(List.of(more));
        return all.toArray();
    }

    /** A console and a failure never hold a password or a key. */
    Ended done(Ended ended) throws Exception {
        assertThat(ended.console()).doesNotContain("planted-").doesNotContain(key());
        assertThat(ended.failure()).isNull();
        return ended;
    }

    protected String refused(Ended ended) {
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.console()).doesNotContain("planted-");
        return ended.failure();
    }

    /** A set that others made, with all its pods Ready. */
    protected void apply(String yaml) throws Exception {
        set.bench.apply(yaml);
        set.ready(3);
    }

    protected Ended initiate() throws Exception {
        return set.initiate(WITH);
    }

    void deployed() throws Exception {
        done(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi")));
        set.ready(3);
    }

    void initiated() throws Exception {
        deployed();
        done(set.initiate(WITH));
    }

    Map<String, Object> secret() throws Exception {
        return set.bench.get(Kind.SECRET, "db-keyfile");
    }

    private String key() throws Exception {
        String data = Json.text(secret(), "data", "keyfile");
        return new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
    }

    private void deleteSecret() throws Exception {
        set.bench.kube().delete(Kind.SECRET, set.bench.namespace(), "db-keyfile", Json.text(secret(), "metadata", "uid"), Map.of());
    }

    /** A command that the localhost exception lets nobody in particular give. */
    void before(Document command) throws Exception {
        set.command(0, "admin", command);
    }

    void initiatedByHand() throws Exception {
        List<Document> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(new Document("_id", i).append("host", "db-" + i + ".db." + set.bench.namespace() + ".svc.cluster.local:27017")
                    .append("priority", i == 0 ? 2 : 1));
        }
        before(new Document("replSetInitiate", new Document("_id", "rs0").append("version", 1).append("members", members)));
        set.bench.until("db-0 to be primary", () ->
                Boolean.TRUE.equals(set.command(0, "admin", new Document("isMaster", 1)).get("ismaster")));
    }

    static Document user(String name, String password) {
        return new Document("createUser", name).append("pwd", password).append("roles", List.of("root"));
    }

    @Test
    void safety25_aNewSetAsksForAuthenticationAndHasItsRootUserWithoutSittingOutTheElectionTimeOut() throws Exception {
        Ended deployed = done(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi")));
        assertThat(deployed.console()).endsWith(
                "  + Secret db-keyfile (the members' key file, made once)\n"
                        + "  + Service db (headless, names before readiness)\n"
                        + "  + PodDisruptionBudget db\n"
                        + "  + StatefulSet db: mongo:4.4.28, 3 members of rs0, 1Gi each, with authentication\n"
                        + "  applied: 4 created, 0 changed, 0 unchanged\n");
        assertThat(key()).matches("[A-Za-z0-9+/=]{100,1024}");
        set.ready(3);

        Ended initiated = done(set.initiate(WITH));
        assertThat(initiated.console()).matches("initReplicaSet " + set.bench.namespace() + "/db as rs0\n"
                + "  asked db-0, db-1, db-2: none initiated, none has data\n"
                + "  initiated; db-\\d PRIMARY after \\d\\.\\d s \\(term \\d+\\)\n"
                + "  created user 'root' of credential 'shop-mongo', with the role root\n"
                + "  MEMBER  STATE      SYNCS FROM  LAG  VERSION\n"
                + "(  db-\\d    (PRIMARY    -    |SECONDARY  db-\\d ) +(-  |0 s)  4\\.4\\.28\n){3}");
        assertThat(initiated.result()).containsEntry("changed", true);

        assertThatThrownBy(() -> set.command(0, "admin", new Document("replSetGetConfig", 1)))
                .isInstanceOfSatisfying(MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(13));
        assertThat(set.command(0, "admin", new Document("replSetGetConfig", 1), ROOT)).containsKey("config");

        String before = key();
        assertThat(done(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi"))).console())
                .endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");
        assertThat(key()).isEqualTo(before);
        Ended again = done(set.initiate(WITH));
        assertThat(again.console()).contains("  asked db-0, db-1, db-2: all initiated\n").doesNotContain("created user");
        assertThat(again.result()).containsEntry("changed", false);
    }

    @Test
    void isUpdatedAndChangedWithOneElectionEach() throws Exception {
        initiated();
        assertThat(done(set.update(with("image", "mongo:4.4.29"))).result()).containsEntry("elections", 1L);
        assertThat(set.images().values()).containsOnly("mongo:4.4.29");
        Ended changed = done(set.deploy(with("image", "mongo:4.4.29", "storage", "1Gi", "memory", "640Mi")));
        assertThat(changed.result()).containsEntry("elections", 1L);
        assertThat(set.command(set.primary(), "admin", new Document("usersInfo", 1), ROOT).getList("users", Document.class)).hasSize(1);
    }

    @Test
    void withoutTheCredentialEachStepNamesTheParameter() throws Exception {
        initiated();
        set.bench.login(null);
        assertThat(refused(set.initiate())).matches("(?s)db-\\d asks for authentication\\.\n  mongod answers replSetGetStatus: .*\n\\Q" + ASKS + "\\E");
        assertThat(refused(set.update("image", "mongo:4.4.29"))).startsWith("db-").contains(" asks for authentication.\n").endsWith(ASKS);
        assertThat(refused(set.deploy("image", "mongo:4.4.28", "storage", "1Gi")))
                .isEqualTo("StatefulSet db: its members ask for authentication (--keyFile), and would no more.\n"
                        + "  Give parameter 'rootCredentialsId', or keep --keyFile in the manifest. With a manifest it is turned off in stages, each"
                        + " rolled by itself: --keyFile with --transitionToAuth, then neither. Nothing was touched.");
        assertThat(set.images().values()).containsOnly("mongo:4.4.28");
    }

    @Test
    void safety16_beforeInitiationTooNobodyIsTakenForEmptyUnasked() throws Exception {
        deployed();
        set.bench.login(null);
        assertThat(refused(set.initiate())).contains(" asks for authentication.\n").endsWith(ASKS);
    }

    @Test
    void aWrongPasswordIsRefusedByNameAndSetOnlyWhereAskedFor() throws Exception {
        initiated();
        set.bench.login(WRONG);
        assertThat(refused(set.update(with("image", "mongo:4.4.29")))).matches("(?s)db-\\d does not take user 'root' of credential 'shop-mongo'\\.\n"
                + "  Its password is another one, or there is no such user\\. Correct the credential, or parameter 'rootCredentialsId'; .*");
        assertThat(refused(set.initiate(WITH))).isEqualTo("user 'root' of credential 'shop-mongo' has another password in the set.\n"
                + "  Nothing was changed. Correct the credential that parameter 'rootCredentialsId' names.\n"
                + "  Should the set take the credential's password from now on, give rotateRootPassword: true.");

        Ended rotated = done(set.initiate(with("rotateRootPassword", true)));
        assertThat(rotated.console()).contains("  gave user 'root' of credential 'shop-mongo' the password of the credential\n");
        assertThat(rotated.result()).containsEntry("changed", true);
        assertThat(done(set.initiate(with("rotateRootPassword", true))).result()).containsEntry("changed", false);
        assertThat(set.command(0, "admin", new Document("replSetGetConfig", 1), WRONG)).containsKey("config");
        set.bench.login(ROOT);
        assertThat(refused(set.initiate(WITH))).startsWith("user 'root' of credential 'shop-mongo' has another password in the set.\n");
    }

    @Test
    void safety16_withoutTheMembersKeyASetWithoutUsersIsNotInitiated() throws Exception {
        deployed();
        Map<String, Object> kept = secret();
        deleteSecret();
        assertThat(refused(set.initiate(WITH))).isEqualTo("no member takes user 'root' of credential 'shop-mongo'.\n"
                + "  Its password is another one, or there is no such user. Correct the credential, or parameter 'rootCredentialsId'.\n"
                + "  Neither a first user nor rotateRootPassword goes without the members' own key, and there is no Secret db-keyfile.");
        assertThat(refused(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi"))))
                .startsWith("Secret db-keyfile is gone, and the members of StatefulSet db run with the key that it held.\n")
                .contains("exec db-0 -- cat ");

        set.bench.kube().create(Kind.SECRET, set.bench.namespace(), Map.of("apiVersion", "v1", "kind", "Secret",
                "metadata", Map.of("name", "db-keyfile"), "data", kept.get("data")));
        assertThat(done(set.initiate(WITH)).console()).contains("  created user 'root' ");
    }

    @Test
    void aSetWithItsUsersIsWorkedOnAsRootWhereTheKeyIsNotKnown() throws Exception {
        initiated();
        deleteSecret();
        Ended again = set.initiate(WITH);
        assertThat(again.failure()).isNull();
        assertThat(again.result()).containsEntry("changed", false);
        assertThat((List<?>) again.result().get("members")).hasSize(3);
    }

    @Test
    void goesOnWhereItWasKilledBeforeTheFirstUser() throws Exception {
        deployed();
        initiatedByHand();
        Ended ended = done(set.initiate(WITH));
        assertThat(ended.console()).contains("  asked db-0, db-1, db-2: all initiated\n  created user 'root' of credential 'shop-mongo', with the role root\n");
    }

    @Test
    void goesOnWhereItWasKilledAfterTheFirstUser() throws Exception {
        deployed();
        initiatedByHand();
        before(user("root", ROOT.password()));
        assertThat(done(set.initiate(WITH)).result()).containsEntry("changed", false);
    }

    @Test
    void aSetOfOtherUsersGetsNoSecondAdministrator() throws Exception {
        deployed();
        initiatedByHand();
        before(user("admin", "planted-third-password"));
        assertThat(refused(set.initiate(WITH))).isEqualTo("user 'root' of credential 'shop-mongo' is no user of the set, which has admin@admin.\n"
                + "  Nothing was changed: this step creates the first user of a set, no second one.\n"
                + "  Name the credential of a user with the role root, or create the user by hand.");
    }

    @Test
    void theKeyFileStaysAsLongAsTheVolumesAndOpensThemAgain() throws Exception {
        initiated();
        String before = key();
        Ended kept = done(remove());
        assertThat(kept.console()).contains("  keeps Secret db-keyfile with them: the members' key file\n");
        assertThat(kept.result().get("kept").toString()).contains("Secret db-keyfile");
        done(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi")));
        set.ready(3);
        assertThat(key()).isEqualTo(before);
        assertThat(done(set.initiate(WITH)).console()).doesNotContain("created user");

        Ended gone = remove("volumes", "delete");
        assertThat(gone.failure()).isNull();
        assertThat(gone.console()).contains("  - Secret db-keyfile\n");
        assertThat(set.bench.kube().get(Kind.SECRET, set.bench.namespace(), "db-keyfile")).isEmpty();
    }

    Ended remove(Object... pairs) throws Exception {
        Map<String, Object> parameters = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            parameters.put((String) pairs[i], pairs[i + 1]);
        }
        return set.bench.run(scope -> new RemoveRelease(scope, new Parameters(parameters)));
    }

    @Test
    void safety19_authenticationIsNotTurnedOnInOneStep() throws Exception {
        set.bench.login(null);
        Ended plain = set.deploy("image", "mongo:4.4.28", "storage", "1Gi");
        assertThat(plain.failure()).isNull();
        set.bench.login(ROOT);
        assertThat(refused(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi"))))
                .isEqualTo("StatefulSet db: its members run without authentication, and would ask for it (--keyFile).\n"
                        + "  A member that asks and one that does not are no set. With a manifest it is turned on in stages, each rolled by itself:"
                        + " --keyFile with --transitionToAuth, then, when all applications log in, --keyFile alone. Nothing was touched.");
        assertThat(set.bench.kube().get(Kind.SECRET, set.bench.namespace(), "db-keyfile")).isEmpty();
    }
}
