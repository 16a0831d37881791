package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost answers and other people's hands in the middle of an update. */
class UpdateFaultsTest {
    private EmbeddedCluster cluster;
    private ReplicaSetBench set;

    @BeforeEach
    void initiatedSet() throws Exception {
        cluster = EmbeddedCluster.start();
        set = new ReplicaSetBench(cluster.kubeconfig());
        set.initiated("mongo:7.0.14", "RollingUpdate");
    }

    @AfterEach
    void close() throws Exception {
        set.close();
        cluster.close();
    }

    /** Of the writes of the StatefulSet, the n-th loses its answer. */
    private void loseAnswer(int write) {
        int[] seen = {0};
        cluster.fault(r -> r.method().equals("PUT") && r.path().contains("/statefulsets/db") && ++seen[0] == write, Fault.DROP_ANSWER, 1);
    }

    @Test
    void safety21_theLastWriteMayLoseItsAnswer() throws Exception {
        loseAnswer(2);
        Ended ended = set.update("image", "mongo:7.0.16");
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains("  done in ").contains(": 1 election, ");
        assertThat(ended.result()).containsEntry("elections", 1L);
    }

    @Test
    void safety21_everyEvictionMayLoseItsAnswer() throws Exception {
        cluster.fault(r -> r.path().endsWith("/eviction"), Fault.DROP_ANSWER, 3);
        Ended ended = set.update("image", "mongo:7.0.16");
        assertThat(ended.failure()).isNull();
        assertThat((List<?>) ended.result().get("order")).hasSize(3);
    }

    @Test
    void safety13_aRollbackWhoseLastAnswerIsLostIsNoSuccess() throws Exception {
        loseAnswer(3);
        Ended ended = set.update("image", "mongo:missing-7.0.16", "version", "7.0.16");
        assertThat(ended.failure()).endsWith("Rolled back: every member runs mongo:7.0.14 again, the set is whole.");
        assertThat(set.journal()).isNull();
    }

    @Test
    void safety02_aJournalThatIsRemovedMeanwhileIsNoSuccess() throws Exception {
        Bench.Running update = set.begin("job/1", "image", "mongo:7.0.16");
        set.bench.until("a member to be replaced", () -> update.console().contains("  replaced"));
        annotate(annotations -> annotations.remove(Journal.ANNOTATION));
        assertThat(update.await().failure())
                .startsWith("somebody removed the journal of the update under way")
                .contains("the strategy is OnDelete now, replaced: db-");
        assertThat(set.begin("job/2", "image", "mongo:7.0.16").await().failure()).isNull();
        assertThat(set.images().values()).containsOnly("mongo:7.0.16").hasSize(3);
    }

    @Test
    void safety03_aTemplateThatWasChangedBeforeIsToldSinceTheWayBackKeepsIt() throws Exception {
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("spec", Map.of(
                "updateStrategy", Map.of("type", "OnDelete"),
                "template", Map.of("metadata", Map.of("annotations", Map.of("edited", "by hand"))))));
        Ended ended = set.update("image", "mongo:7.0.16");
        assertThat(ended.failure()).isNull();
        assertThat(ended.console()).contains(
                "  the template was changed after db-0, db-1, db-2 came up: this update brings that change along, and keeps it on the way back\n");
    }

    @Test
    void aRightThatIsMissingInTheMiddleIsSaidWithWhatStands() throws Exception {
        cluster.deny("create", "pods/eviction");
        assertThat(set.update("image", "mongo:7.0.16").failure())
                .contains("cannot create resource \"pods/eviction\"")
                .contains("\n  StatefulSet db stays at OnDelete with the template of mongo:7.0.16, so nothing is replaced by itself;");
    }

    @Test
    void aCredentialThatMayNotForwardIsNotTakenForMembersThatAreDown() throws Exception {
        cluster.deny("*", "pods/portforward");
        assertThat(set.update("image", "mongo:7.0.16").failure())
                .isEqualTo("no mongod can be asked: the connection's identity cannot get pods/portforward, create pods/portforward in namespace "
                        + set.bench.namespace() + ".\n  Grant it; docs/production.md has the Role that is enough.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mongo:7.0.16", "mongo:7.0.14"})
    void anotherClusterDomainIsNotWaitedFor(String image) throws Exception {
        assertThat(set.update("image", image, "clusterDomain", "example.org").failure())
                .startsWith("no member of rs0 has the name of a pod of StatefulSet db: its members are db-0.db." + set.bench.namespace() + ".svc.cluster.local:27017, ")
                .endsWith("Nothing was touched. If the cluster's DNS domain is another one than example.org, name it with the parameter 'clusterDomain'.");
        assertThat(set.journal()).isNull();
    }

    @ParameterizedTest
    @MethodSource("hands")
    void safety02_aStatefulSetThatSomebodyElseChangesMeanwhileLosesNoFurtherPod(Map<String, Object> change, String what) throws Exception {
        Bench.Running update = set.begin("job/1", "image", "mongo:7.0.16");
        set.bench.until("a member to be replaced", () -> update.console().contains("  replaced"));
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("spec", change));
        assertThat(update.await().failure())
                .startsWith("somebody changed StatefulSet db while this step brought it to mongo:7.0.16: its " + what + " now.\n  This step replaces no further pod")
                .endsWith("Run the step again with the image that is wanted: it continues from here.");
        Ended again = set.begin("job/2", "image", "mongo:7.0.16").await();
        assertThat(again.failure()).isNull();
        assertThat(again.console()).contains("continues the update that job/1 began");
        assertThat(set.images().values()).containsOnly("mongo:7.0.16").hasSize(3);
        assertThat(set.strategy()).isEqualTo("RollingUpdate");
    }

    static Stream<Arguments> hands() {
        return Stream.of(
                Arguments.of(Map.of("updateStrategy", Map.of("type", "RollingUpdate")), "updateStrategy is RollingUpdate"),
                Arguments.of(Map.of("template", Map.of("metadata", Map.of("annotations", Map.of("restarted", "now")))), "template is another one"));
    }

    @Test
    void safety02_aStatefulSetThatIsDeletedMeanwhileIsSaidToBeGone() throws Exception {
        Bench.Running update = set.begin("job/1", "image", "mongo:7.0.16");
        set.bench.until("a member to be replaced", () -> update.console().contains("  replaced"));
        set.bench.kube().delete(
                Kind.STATEFUL_SET, set.bench.namespace(), "db", Json.text(set.set(), "metadata", "uid"), Map.of("propagationPolicy", "Orphan"));
        assertThat(update.await().failure()).startsWith("StatefulSet db is gone: somebody deleted it, or its namespace, while this step was at work.\n  Where only the StatefulSet went, ");
    }

    @Test
    void safety02_aJournalThatIsDamagedMeanwhileEndsTheUpdate() throws Exception {
        Bench.Running update = set.begin("job/1", "image", "mongo:7.0.16");
        set.bench.until("a member to be replaced", () -> update.console().contains("  replaced"));
        annotate(annotations -> annotations.put(Journal.ANNOTATION, "garbage"));
        assertThat(update.await().failure()).contains("its journal (annotation stateful-mongo.jenkins.io/update) is damaged.");
        assertThat(set.strategy()).isEqualTo("OnDelete");
    }

    @Test
    void safety02_aStepThatResumesItsRollbackDoesNotGoForwardAgain() throws Exception {
        Bench.Running update = set.begin("job/1", "image", "mongo:missing-7.0.16", "version", "7.0.16");
        set.bench.until("it to go back", () -> update.console().contains("  rolling back"));
        set.bench.until("the journal to say so", () -> set.journal().contains("\"failure\""));
        update.cancel();
        Ended resumed = set.begin("job/1", "image", "mongo:missing-7.0.16", "version", "7.0.16").await();
        assertThat(resumed.failure()).endsWith("Rolled back: every member runs mongo:7.0.14 again, the set is whole.");
        assertThat(resumed.console()).doesNotContain("  rolling back");
    }

    @Test
    void safety07_theLeaseIsRenewedWhileTheUpdateWaits() throws Exception {
        int frozen = set.primary() == 0 ? 1 : 0;
        cluster.member(set.bench.namespace(), "db-" + frozen).freeze();
        Bench.Running update = set.begin("job/1", "image", "mongo:7.0.16");
        set.bench.until("the update to begin", () -> set.journal() != null);
        String acquired = renewed();
        set.bench.until("the Lease to be renewed", () -> !renewed().equals(acquired));
        cluster.member(set.bench.namespace(), "db-" + frozen).thaw();
        assertThat(update.await().failure()).isNull();
    }

    private String renewed() throws Exception {
        return Json.text(set.bench.get(Kind.LEASE, "stateful-mongo-db"), "spec", "renewTime");
    }

    private void annotate(Consumer<Map<String, Object>> change) throws Exception {
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put(Journal.ANNOTATION, null);
        change.accept(annotations);
        annotations.putIfAbsent(Journal.ANNOTATION, null);
        set.bench.kube().patch(Kind.STATEFUL_SET, set.bench.namespace(), "db", Map.of("metadata", Map.of("annotations", annotations)));
    }
}
