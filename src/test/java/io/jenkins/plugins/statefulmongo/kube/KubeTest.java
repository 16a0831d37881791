package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a call that is not answered as it should be. */
class KubeTest {
    private EmbeddedCluster cluster;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.start();
        bench = new Bench(cluster.kubeconfig());
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        cluster.close();
    }

    private void create() throws Exception {
        bench.kube().create(Kind.CONFIG_MAP, bench.namespace(), Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Map.of("name", "m")));
    }

    @ParameterizedTest
    @EnumSource(names = {"STATUS_409", "STATUS_410", "STATUS_429", "STATUS_500", "STATUS_503"})
    void jenkins25_aQuestionIsAskedAgainWhateverWasAnswered(Fault fault) {
        cluster.fault(r -> r.path().contains("/configmaps/m"), fault, 1);
        assertThatThrownBy(() -> bench.kube().get(Kind.CONFIG_MAP, bench.namespace(), "m"))
                .isInstanceOf(Unavailable.class)
                .hasMessage("cannot read ConfigMap m: the API server answered " + fault.name().substring(7) + " (a fault that the test asked for)");
    }

    @Test
    void jenkins25_aConflictSaysWhatToDo() {
        cluster.fault(r -> r.verb().equals("create"), Fault.STATUS_409, 1);
        assertThatThrownBy(this::create)
                .isInstanceOf(Refused.class)
                .hasMessage("cannot create ConfigMap m: a fault that the test asked for.\n"
                        + "  Somebody else wrote it at the same moment: run the step again, which looks anew.");
    }

    @Test
    void safety04_whatChangedSinceItWasSeenIsNotDeletedAsSeen() throws Exception {
        create();
        Map<String, Object> seen = bench.get(Kind.CONFIG_MAP, "m");
        bench.kube().patch(Kind.CONFIG_MAP, bench.namespace(), "m", Map.of("data", Map.of("by", "hand")));
        assertThatThrownBy(() -> bench.kube().deleteAsSeen(Kind.CONFIG_MAP, bench.namespace(), "m", Json.text(seen, "metadata", "uid"),
                        Json.text(seen, "metadata", "resourceVersion"), Map.of()))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.outdated()).isTrue());
        assertThat(Json.text(bench.get(Kind.CONFIG_MAP, "m"), "data", "by")).isEqualTo("hand");
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP", "DROP_ANSWER"})
    void jenkins25_aConnectionThatEndsIsToldInWords(Fault fault) {
        cluster.fault(r -> r.verb().equals("create"), fault, 1);
        assertThatThrownBy(this::create)
                .isInstanceOf(Unavailable.class)
                .hasMessage("cannot reach the API server of bench (" + cluster.url() + "): the connection ended without an answer");
    }

    @Test
    void anAddressWhereNobodyListensIsToldInWords() throws Exception {
        try (Kube nobody = new Kube(new Connection("prod", "http://127.0.0.1:1", null, "token", null, null, null))) {
            assertThatThrownBy(nobody::version).isInstanceOf(Unavailable.class).hasMessageStartingWith("cannot reach the API server of prod (http://127.0.0.1:1): no connection");
        }
    }
}
