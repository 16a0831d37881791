package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlTest {
    @Test
    void readsPlainTreesAndLeavesEmptyDocumentsOut() throws Failure {
        assertThat(Yaml.all("---\na: 1\n---\n# nothing\n---\nb: [x, {c: true}]\n", "m"))
                .isEqualTo(List.of(Map.of("a", 1), Map.of("b", List.of("x", Map.of("c", true)))));
    }

    @Test
    void saysWhereItIsNoYaml() {
        assertThat(refusal("a: 1\n b: 2\n")).matches("m is no valid YAML at line 2, column \\d+: .+\\.");
        assertThat(refusal("a: [1\n")).startsWith("m is no valid YAML at line ");
    }

    @Test
    void refusesDuplicateKeysTagsAndDocumentsThatAreNoObjects() {
        assertThat(refusal("a: 1\na: 2\n")).contains("duplicate key a");
        assertThat(refusal("just text")).isEqualTo("m holds a document that is no object: just text.");
        assertThat(refusal("a: !!java.net.URL [http://x]")).startsWith("m is no valid YAML");
    }

    @Test
    void refusesABillionLaughs() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ", ").repeat(9)).append("x]\n");
        }
        assertThat(refusal(bomb.toString())).startsWith("m is no valid YAML");
    }

    @Test
    void refusesWhatFewAliasesMakeLarge() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 24; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append("*a" + (i - 1) + ", *a" + (i - 1)).append("]\n");
        }
        assertThat(refusal(bomb.toString())).isEqualTo("m is too large: with its aliases written out it has more than 500000 values.");
    }

    @Test
    void refusesWhatContainsItselfOrIsNestedTooDeeply() {
        for (String text : List.of("a: &x [*x]", "a: &a {b: *a}", "a: " + "[".repeat(150) + "]".repeat(150), "a: " + "{a: ".repeat(50_000))) {
            assertThat(refusal(text)).isEqualTo("m is nested too deeply (more than 100 levels), or an alias in it refers to itself.");
        }
    }

    @Test
    void refusesKeysThatAreNoText() {
        assertThat(refusal("data: {1: a}")).isEqualTo("m has a key that is no text: 1.\n  Put it in quotes.");
        assertThat(refusal("data: {true: a}")).startsWith("m has a key that is no text: true.");
        assertThat(refusal("data: {? {q: r} : s}")).startsWith("m has a key that is no text: {q=r}.");
    }

    @Test
    void oneDocumentWhereOneIsWanted() {
        assertThat(catchThrowableOfType(Failure.class, () -> Yaml.one("a: 1\n---\nb: 2\n", "the kubeconfig")))
                .hasMessage("the kubeconfig should be one YAML document, but has 2.");
    }

    private static String refusal(String text) {
        return catchThrowableOfType(Failure.class, () -> Yaml.all(text, "m")).getMessage();
    }
}
