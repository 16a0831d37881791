package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a step, and what it returns. */
class RequestTest {
    @Test
    void aProbeMayTakeAsLongAsItIsAskedToAndNoTimeOutCutsItOff() throws Exception {
        assertThat(new Request("probeService", Map.of("withinSeconds", 600, "forSeconds", 60), "", 0).deadlineMillis()).isEqualTo(960_000);
        assertThat(new Request("probeService", Map.of(), "", 0).deadlineMillis()).isEqualTo(300_000);
        assertThatThrownBy(() -> Operations.PROBE.create(new Parameters(Map.of("service", "api", "forSeconds", 60, "timeoutSeconds", 60))))
                .hasMessageStartingWith("parameter 'timeoutSeconds' must be more than withinSeconds and forSeconds together, but is '60'");
    }


    @Test
    void jenkins03_aRequestIsTheSameAfterItWasStored() throws Exception {
        Request request = new Request("waitOrdinals", Map.of("name", "shop", "stuckSeconds", 30), "jenkins job#1 x", 1000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(request);
        }
        Request read = (Request) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(read.function()).isEqualTo("waitOrdinals");
        assertThat(read.parameters().text("name", null)).isEqualTo("shop");
        assertThat(read.parameters().number("stuckSeconds", 0, 1, 100)).isEqualTo(30);
        assertThat(read.holder()).isEqualTo("jenkins job#1 x");
        assertThat(read.startMillis()).isEqualTo(1000);
        assertThat(read.deadlineMillis()).isEqualTo(1000 + 600_000);
    }

    @Test
    void theDeadlineIsTheStepsOwnUnlessOneIsGiven() throws Failure {
        assertThat(new Request("rollingImageUpdate", Map.of(), "", 0).deadlineMillis()).isEqualTo(3_600_000);
        assertThat(new Request("rollingImageUpdate", Map.of("timeoutSeconds", 5), "", 0).deadlineMillis()).isEqualTo(5_000);
        assertThatThrownBy(() -> new Request("probeService", Map.of("timeoutSeconds", -1), "", 0))
                .hasMessage("parameter 'timeoutSeconds' must be from 1 to 604800, but is -1.");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: x}}",
        "{kind: ConfigMap}\n---\n{kind: Secret, data: {password: eA==}}",
        "{kind: List, items: [{kind: Service}, {kind: Secret, metadata: {name: s}, data: {password: eA==}}]}"
    })
    void jenkins14_aManifestWithASecretIsRefusedBeforeItIsStored(String manifest) {
        for (String function : List.of("applyManifest", "deployStatefulMongo")) {
            assertThatThrownBy(() -> new Request(function, Map.of("manifest", manifest), "", 0))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(" holds a secret's data, which a step's arguments must not: Jenkins stores them with the build.\n  Take it out.")
                    .hasMessageNotContainingAny("password", "eA==");
        }
        assertThatThrownBy(() -> new Request("applyManifest", Map.of("manifest", "kind: Secret\ndata: {password: [}"), "", 0))
                .hasMessage("the manifest is no valid YAML at line 2, column 19: expected the node content, but found '}'.");
    }

    @Test
    void aMessageNamesWhatTheStepIsAbout() throws Failure {
        assertThat(new Request("waitOrdinals", Map.of(), "", 0).title(null)).isEqualTo("waitOrdinals db");
        assertThat(new Request("waitOrdinals", Map.of("name", "shop"), "", 0).title("n")).isEqualTo("waitOrdinals n/shop");
        assertThat(new Request("probeService", Map.of("service", "api", "namespace", "n"), "", 0).title(null))
                .isEqualTo("probeService n/api");
        assertThat(new Request("applyManifest", Map.of(), "", 0).title("n")).isEqualTo("applyManifest n");
        assertThat(new Request("applyManifest", Map.of(), "", 0).title(null)).isEqualTo("applyManifest");
    }

    @Test
    void jenkins02_resultsAreMadeOfTypesThatASandboxKnows() {
        Object plain = PlainData.of(new TreeMap<>(Map.of(
                "map", new TreeMap<>(Map.of("a", 1)), "set", new TreeSet<>(Set.of("x")), "long", 5L, "decimal", new BigDecimal("1.5"),
                "enum", Thread.State.NEW, "builder", new StringBuilder("text"), "flag", true)));
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("builder", "text");
        expected.put("decimal", 1.5);
        expected.put("enum", "NEW");
        expected.put("flag", true);
        expected.put("long", 5L);
        expected.put("map", new LinkedHashMap<>(Map.of("a", 1)));
        expected.put("set", new ArrayList<>(List.of("x")));
        assertThat(plain).isEqualTo(expected).isExactlyInstanceOf(LinkedHashMap.class);
        assertThat(((Map<?, ?>) plain).get("map")).isExactlyInstanceOf(LinkedHashMap.class);
        assertThat(((Map<?, ?>) plain).get("set")).isExactlyInstanceOf(ArrayList.class);
        assertThat(((Map<?, ?>) plain).get("builder")).isExactlyInstanceOf(String.class);
        assertThat(((Map<?, ?>) plain).get("decimal")).isExactlyInstanceOf(Double.class);
    }

    @Test
    void jenkins18_onlyWhatDiffersFromTheDefaultIsKept() {
        ApplyManifestStep step = new ApplyManifestStep("kind: Service");
        step.setName(" ");
        step.setWait(true);
        step.setDryRun(false);
        assertThat(step.getName()).isNull();
        assertThat(step.isWait()).isTrue();
        step.setWait(false);
        assertThat(step.isWait()).isFalse();
        assertThat(step.isDryRun()).isFalse();
        assertThat(step.getManifest()).isEqualTo("kind: Service");
    }
}
