package io.jenkins.plugins.statefulmongo.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.WriteConcern;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedMemberTest {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static int code(Scene scene, String pod, Document command) {
        MongoCommandException e = catchThrowableOfType(MongoCommandException.class, () -> scene.admin(pod, command));
        return e == null ? 0 : e.getCode();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static EmbeddedMember member(Scene scene, int i) {
        return cluster.member(scene.namespace, "db-" + i);
    }

    @Test
    void initiationRefusesWithMongodbsCodes() throws Exception {
        try (Scene scene = new Scene(cluster, "codes")) {
            scene.apply(Scene.database("mongo:7.0", 2));
            scene.awaitRunning("db-0");
            scene.awaitRunning("db-1");
            assertThat(code(scene, "db-0", new Document("replSetGetStatus", 1))).isEqualTo(94);
            assertThat(code(scene, "db-0", new Document("replSetInitiate", Scene.config(3)))).isEqualTo(74);
            assertThat(code(scene, "db-0", new Document("replSetInitiate", Scene.config(2).append("_id", "other")))).isEqualTo(93);
            scene.admin("db-1", new Document("replSetInitiate", new Document("_id", "rs0").append("members",
                    List.of(new Document("_id", 0).append("host", "db-1.db:27017")))));
            await(() -> member(scene, 1).state().equals("PRIMARY"));
            assertThat(code(scene, "db-0", new Document("replSetInitiate", Scene.config(2)))).isEqualTo(103);
            assertThat(code(scene, "db-1", new Document("replSetInitiate", Scene.config(2)))).isEqualTo(23);
        }
    }

    @Test
    void aMemberOnLoopbackAloneIsReachedByAForwardButNotByOthers() throws Exception {
        try (Scene scene = new Scene(cluster, "loopback")) {
            scene.apply(Scene.database("mongo:7.0", 2).replace("args: [mongod", "command: [mongod"));
            scene.awaitRunning("db-0");
            scene.awaitRunning("db-1");
            assertThat(scene.admin("db-0", new Document("ping", 1))).containsEntry("ok", 1.0);
            assertThat(code(scene, "db-0", new Document("replSetInitiate", Scene.config(2)))).isEqualTo(93);
        }
    }

    @Test
    void afterInitiationTheElectionTimeoutElectsAPrimary() throws Exception {
        try (Scene scene = new Scene(cluster, "timeout")) {
            scene.apply(Scene.database("mongo:4.4.20", 3));
            for (int i = 0; i < 3; i++) {
                scene.awaitRunning("db-" + i);
            }
            scene.admin("db-0", new Document("replSetInitiate", Scene.config(3)));
            assertThat(member(scene, 0).state()).isEqualTo("SECONDARY");
            await(() -> List.of(member(scene, 0).state(), member(scene, 1).state(), member(scene, 2).state()).contains("PRIMARY"));
            assertThat(member(scene, 0).term()).isEqualTo(1);
        }
    }

    @Test
    void steppingDownHandsOverAtOnceUnlessNobodyHasCaughtUp() throws Exception {
        try (Scene scene = new Scene(cluster, "stepdown")) {
            scene.deployAndInitiate("mongo:8.0", 3);
            member(scene, 1).holdReplication(true);
            member(scene, 2).lagSeconds(600);
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                db0.client().getDatabase("test").getCollection("c").withWriteConcern(WriteConcern.W1).insertOne(new Document("a", 1));
                MongoException e = catchThrowableOfType(MongoException.class, () -> db0.client().getDatabase("test").getCollection("c")
                        .withWriteConcern(WriteConcern.MAJORITY.withWTimeout(50, TimeUnit.MILLISECONDS)).insertOne(new Document("a", 2)));
                assertThat(e.getCode()).isEqualTo(64);
                assertThat(code(scene, "db-0", new Document("replSetStepDown", 60).append("secondaryCatchUpPeriodSecs", 0))).isEqualTo(262);
                Document behind = db0.admin("replSetGetStatus").getList("members", Document.class).get(2);
                assertThat(behind.get("optime")).isNotEqualTo(db0.admin("replSetGetStatus").get("optimes", Document.class).get("appliedOpTime"));
                member(scene, 1).holdReplication(false);
                db0.admin(new Document("replSetStepDown", 60));
            }
            assertThat(member(scene, 1).state()).isEqualTo("PRIMARY");
            assertThat(member(scene, 1).term()).isEqualTo(2);
            assertThat(code(scene, "db-0", new Document("replSetStepUp", 1))).isEqualTo(125);
            try (Scene.Forwarded db1 = scene.open("db-1")) {
                assertThat(db1.client().getDatabase("test").getCollection("c").countDocuments()).isEqualTo(2);
            }
        }
    }

    @Test
    void aDeadPrimaryIsReplacedAndComesBackWithItsData() throws Exception {
        try (Scene scene = new Scene(cluster, "failover")) {
            scene.deployAndInitiate("mongo:7.0", 3);
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                db0.client().getDatabase("test").getCollection("c").insertOne(new Document("a", 1));
            }
            member(scene, 0).kill();
            await(() -> member(scene, 1).state().equals("PRIMARY") || member(scene, 2).state().equals("PRIMARY"));
            Pod pod = scene.await("db-0", p -> p.getStatus().getContainerStatuses().get(0).getRestartCount() == 1
                    && p.getStatus().getContainerStatuses().get(0).getReady());
            assertThat(pod.getStatus().getContainerStatuses().get(0).getLastState().getTerminated().getExitCode()).isEqualTo(137);
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                assertThat(db0.client().getDatabase("test").getCollection("c").find().first()).containsEntry("a", 1);
                MongoException e = catchThrowableOfType(MongoException.class,
                        () -> db0.client().getDatabase("test").getCollection("c").insertOne(new Document("a", 2)));
                assertThat(e).isNotNull();
            }
        }
    }

    @Test
    void aCutOffPrimaryLosesWhatNoMajorityHas() throws Exception {
        try (Scene scene = new Scene(cluster, "rollback")) {
            scene.deployAndInitiate("mongo:7.0", 3);
            member(scene, 0).isolate(true);
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                db0.client().getDatabase("test").getCollection("c").withWriteConcern(WriteConcern.W1).insertOne(new Document("lost", true));
            }
            await(() -> member(scene, 1).state().equals("PRIMARY") || member(scene, 2).state().equals("PRIMARY"));
            member(scene, 0).isolate(false);
            assertThat(member(scene, 0).state()).isEqualTo("SECONDARY");
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                assertThat(db0.client().getDatabase("test").getCollection("c").find().first()).isNull();
            }
        }
    }

    @Test
    void aFrozenMemberAnswersNothingUntilItIsThawed() throws Exception {
        try (Scene scene = new Scene(cluster, "frozen")) {
            scene.deployAndInitiate("mongo:7.0", 3);
            member(scene, 2).freeze();
            scene.await("db-2", p -> !p.getStatus().getContainerStatuses().get(0).getReady());
            assertThat(scene.admin("db-0", new Document("replSetGetStatus", 1)).getList("members", Document.class).get(2))
                    .containsEntry("stateStr", "(not reachable/healthy)").containsEntry("health", 0.0);
            member(scene, 2).thaw();
            scene.awaitReady("db-2");
        }
    }

    @Test
    void membersAreAddedOneAtATimeAndLearnOfTheirRemoval() throws Exception {
        try (Scene scene = new Scene(cluster, "resize")) {
            scene.deployAndInitiate("mongo:7.0", 1);
            scene.client.apps().statefulSets().inNamespace("resize").withName("db").patch(PatchContext.of(PatchType.JSON_MERGE),
                    "{\"spec\":{\"replicas\":3}}");
            scene.awaitRunning("db-1");
            scene.awaitRunning("db-2");
            assertThat(code(scene, "db-0", new Document("replSetReconfig", Scene.config(3).append("version", 2)))).isEqualTo(93);
            for (int members = 2; members <= 3; members++) {
                Document config = scene.admin("db-0", new Document("replSetGetConfig", 1)).get("config", Document.class);
                List<Document> all = new ArrayList<>(config.getList("members", Document.class));
                all.add(new Document("_id", members - 1).append("host", "db-" + (members - 1) + ".db:27017"));
                scene.admin("db-0", new Document("replSetReconfig", config.append("members", all).append("version", config.getInteger("version") + 1)));
                int added = members - 1;
                await(() -> member(scene, added).state().equals("SECONDARY"));
            }
            Document config = scene.admin("db-0", new Document("replSetGetConfig", 1)).get("config", Document.class);
            scene.admin("db-0", new Document("replSetReconfig", config.append("members", config.getList("members", Document.class).subList(0, 2))
                    .append("version", config.getInteger("version") + 1)));
            assertThat(member(scene, 2).state()).isEqualTo("REMOVED");
        }
    }

    @Test
    void compatibilityAndTheOplogWindowAreRead() throws Exception {
        try (Scene scene = new Scene(cluster, "fcv")) {
            scene.deployAndInitiate("mongo:6.0", 1);
            scene.apply(Scene.database("mongo:7.0", 1));
            Pod old = scene.pod("db-0");
            scene.client.pods().inNamespace("fcv").withName("db-0").delete();
            scene.await("db-0", p -> !p.getMetadata().getUid().equals(old.getMetadata().getUid())
                    && io.fabric8.kubernetes.client.readiness.Readiness.isPodReady(p));
            await(() -> member(scene, 0).state().equals("PRIMARY"));
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                Document asked = new Document("getParameter", 1).append("featureCompatibilityVersion", 1);
                assertThat(db0.admin(asked).get("featureCompatibilityVersion", Document.class)).containsEntry("version", "6.0");
                assertThat(code(scene, "db-0", new Document("setFeatureCompatibilityVersion", "7.0"))).isEqualTo(7369100);
                db0.admin(new Document("setFeatureCompatibilityVersion", "7.0").append("confirm", true));
                assertThat(db0.admin(asked).get("featureCompatibilityVersion", Document.class)).containsEntry("version", "7.0");
                Document first = db0.client().getDatabase("local").getCollection("oplog.rs").find().sort(new Document("$natural", 1)).limit(1).first();
                assertThat(first.get("o", Document.class)).containsEntry("msg", "initiating set");
            }
            scene.apply(Scene.database("mongo:6.0", 1));
            scene.client.pods().inNamespace("fcv").withName("db-0").delete();
            Pod tooOld = scene.await("db-0", p -> p.getStatus().getContainerStatuses().stream().anyMatch(c -> c.getLastState().getTerminated() != null));
            assertThat(tooOld.getStatus().getContainerStatuses().get(0).getLastState().getTerminated().getExitCode()).isEqualTo(62);
        }
    }
}
