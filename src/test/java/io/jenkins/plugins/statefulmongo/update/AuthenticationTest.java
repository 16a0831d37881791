package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the embedded cluster. */
class AuthenticationTest extends AuthenticationContract {
    private static final Bench.Making DEPLOYS = scope -> new DeployStatefulMongo(
            scope, new Parameters(Map.of("image", "mongo:4.4.28", "rootCredentialsId", "shop-mongo")));
    private static final Bench.Making INITIATES = scope -> new InitReplicaSet(scope, new Parameters(Map.of("rootCredentialsId", "shop-mongo")));

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Override
    protected String kubeconfig() {
        return cluster.kubeconfig();
    }

    /** Kills the process of an operation at each call that changes something, every other time before the answer, and begins anew. */
    private void killed(boolean deployed, Bench.Making making) throws Exception {
        Cut cut;
        int point = 0;
        do {
            try (ReplicaSetBench lane = new ReplicaSetBench(cluster.kubeconfig())) {
                lane.bench.login(ROOT);
                if (deployed) {
                    assertThat(lane.bench.run(DEPLOYS).failure()).isNull();
                    lane.ready(3);
                }
                cut = new DyingClient(cluster, lane.bench).kill(1 + point, DyingClient.MUTATING, point % 2 == 0, "bench/1", making);
                if (!deployed) {
                    assertThat(lane.bench.run(DEPLOYS).failure()).as("%s", cut).isNull();
                    lane.ready(3);
                }
                Ended ended = lane.bench.run(INITIATES);
                assertThat(ended.failure()).as("%s%s", cut, ended.console()).isNull();
                assertThat(lane.command(0, "admin", new Document("usersInfo", 1), ROOT).getList("users", Document.class)).hasSize(1);
                point++;
            }
        } while (cut != null);
        assertThat(point).as("points").isGreaterThan(4);
    }

    @Test
    void goesOnAfterEveryCallOfADeploymentWhoseProcessDied() throws Exception {
        killed(false, DEPLOYS);
    }

    @Test
    void goesOnAfterEveryCallOfAnInitiationWhoseProcessDied() throws Exception {
        killed(true, INITIATES);
    }

    @Test
    void safety07_whoeverMadeAUserWhileTheLeaseWasAwaitedIsSeen() throws Exception {
        deployed();
        initiatedByHand();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        cluster.delay(r -> r.path().contains(set.bench.namespace() + "/leases") && asked.complete(null), Duration.ofSeconds(5), 1);
        Bench.Running initiating = set.bench.begin(INITIATES, "bench/1");
        asked.get(30, TimeUnit.SECONDS);
        before(user("admin", "planted-third-password"));
        assertThat(refused(initiating.await())).startsWith("user 'root' of credential 'shop-mongo' is no user of the set, which has admin@admin.\n");
    }

    @Test
    void theKeyFileStaysWhereNobodyCanTellWhetherItsVolumesAreGone() throws Exception {
        deployed();
        cluster.deny("list", "persistentvolumeclaims");
        try {
            Ended removed = remove("volumes", "delete");
            assertThat(removed.failure()).isNull();
            assertThat(removed.console())
                    .contains("  persistentvolumeclaims not looked for: this connection cannot list persistentvolumeclaims\n")
                    .contains("  keeps Secret db-keyfile: the members' key file, which volumes need that this connection cannot list\n");
            assertThat(removed.result().get("kept").toString()).contains("Secret db-keyfile");
            assertThat(secret()).isNotEmpty();
        } finally {
            cluster.allow("list", "persistentvolumeclaims");
        }
    }

    @Test
    void withoutTheRightToTheKeyTheStepsWorkAsRoot() throws Exception {
        initiated();
        cluster.deny("get", "secrets");
        try {
            assertThat(refused(set.deploy(with("image", "mongo:4.4.28", "storage", "1Gi"))))
                    .startsWith("cannot read Secret db-keyfile: secrets \"db-keyfile\" is forbidden: ")
                    .endsWith("docs/production.md has the Role that is enough.");
            Ended asRoot = set.initiate(with());
            assertThat(asRoot.failure()).isNull();
            set.bench.login(WRONG);
            assertThat(refused(set.initiate(with("rotateRootPassword", true)))).isEqualTo("no member takes user 'root' of credential 'shop-mongo'.\n"
                    + "  Its password is another one, or there is no such user. Correct the credential, or parameter 'rootCredentialsId'.\n"
                    + "  Neither a first user nor rotateRootPassword goes without the members' own key, and this connection cannot get secrets:"
                    + " db-keyfile holds it.");
        } finally {
            cluster.allow("get", "secrets");
        }
    }
}
