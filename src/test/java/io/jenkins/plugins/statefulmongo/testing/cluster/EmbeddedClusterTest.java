package io.jenkins.plugins.statefulmongo.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedClusterTest {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void threeMembersAreDeployedWatchedAndInitiated() throws Exception {
        try (Scene scene = new Scene(cluster, "initiate")) {
            CountDownLatch three = new CountDownLatch(3);
            try (SharedIndexInformer<Pod> pods = scene.client.pods().inNamespace("initiate").inform(new ResourceEventHandler<>() {
                @Override
                public void onAdd(Pod pod) {
                    three.countDown();
                }

                @Override
                public void onUpdate(Pod before, Pod pod) {}

                @Override
                public void onDelete(Pod pod, boolean unknown) {}
            })) {
                scene.apply(Scene.database("mongo:7.0.14", 3));
                assertThat(three.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(pods.isRunning()).isTrue();
            }
            for (String pod : List.of("db-0", "db-1", "db-2")) {
                scene.awaitRunning(pod);
            }
            try (Scene.Forwarded db0 = scene.open("db-0")) {
                assertThat(db0.admin("hello")).containsEntry("isreplicaset", true).containsEntry("maxWireVersion", 21);
                assertThat(db0.admin(new Document("replSetInitiate", Scene.config(3))).getDouble("ok")).isEqualTo(1.0);
                scene.awaitReady("db-2");
                db0.admin("replSetStepUp");
                Document status = db0.admin("replSetGetStatus");
                assertThat(status).containsEntry("myState", 1).containsEntry("majorityVoteCount", 2);
                assertThat(status.getList("members", Document.class)).extracting(m -> m.getString("name") + " " + m.getString("stateStr"))
                        .containsExactly("db-0.db:27017 PRIMARY", "db-1.db:27017 SECONDARY", "db-2.db:27017 SECONDARY");
                db0.client().getDatabase("test").getCollection("people").insertOne(new Document("name", "Viktor"));
            }
            try (Scene.Forwarded db1 = scene.open("db-1")) {
                assertThat(db1.client().getDatabase("test").getCollection("people").find().first()).containsEntry("name", "Viktor");
            }
        }
    }
}
