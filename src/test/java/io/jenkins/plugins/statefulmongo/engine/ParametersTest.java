package io.jenkins.plugins.statefulmongo.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
    private interface Look {
        Object up(Parameters parameters) throws Failure;
    }

    @Test
    void whatIsNotGivenOrBlankHasItsDefault() throws Failure {
        for (Map<String, ?> values : List.<Map<String, ?>>of(Map.of(), Map.of("p", " "), Collections.singletonMap("p", null))) {
            Parameters p = new Parameters(values);
            assertThat(p.has("p")).isFalse();
            assertThat(p.text("p", "d")).isEqualTo("d");
            assertThat(p.flag("p", true)).isTrue();
            assertThat(p.number("p", 7, 1, 9)).isEqualTo(7);
            assertThat(p.label("p", "db")).isEqualTo("db");
            assertThat(p.quantity("p")).isEmpty();
            assertThat(p.objectNames("p")).isEmpty();
            assertThat(p.clusterDomain()).isEqualTo("cluster.local");
        }
    }

    @Test
    void whatIsGivenIsTaken() throws Failure {
        Parameters p = new Parameters(Map.of("text", " a ", "flag", false, "number", 9L, "label", "db-1", "size", "2.5Gi", "names", "a.b, c",
                "list", List.of("x", "y")));
        assertThat(p.text("text", null)).isEqualTo("a");
        assertThat(p.raw("text")).isEqualTo(" a ");
        assertThat(p.flag("flag", true)).isFalse();
        assertThat(p.number("number", 1, 1, 9)).isEqualTo(9);
        assertThat(p.label("label", null)).isEqualTo("db-1");
        assertThat(p.quantity("size")).contains("2.5Gi");
        assertThat(p.objectNames("names")).containsExactly("a.b", "c");
        assertThat(p.objectNames("list")).containsExactly("x", "y");
        assertThat(p.oneOf("text", "b", "a", "b")).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upper", "-a", "a-", "a_b", "a.b", "a/../b", "a b", "a;b", "ä",
        "a123456789012345678901234567890123456789012345678901234567890123"})
    void jenkins26_namesThatKubernetesDoesNotTakeAreRefusedBeforeAnythingRemote(String name) {
        assertThat(refusal(name, p -> p.label("p", null)))
                .isEqualTo("parameter 'p' must consist of at most 63 lower-case letters, digits and '-', and begin and end with a letter or digit, but is '"
                        + name + "'.");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("yes", (Look) p -> p.flag("p", true), "parameter 'p' must be true or false, but is 'yes'."),
                Arguments.of(1, (Look) p -> p.flag("p", true), "parameter 'p' must be true or false, but is '1'."),
                Arguments.of("3", (Look) p -> p.number("p", 1, 1, 9), "parameter 'p' must be a whole number, but is '3'."),
                Arguments.of(1.5, (Look) p -> p.number("p", 1, 1, 9), "parameter 'p' must be a whole number, but is '1.5'."),
                Arguments.of(0, (Look) p -> p.number("p", 1, 1, 9), "parameter 'p' must be from 1 to 9, but is 0."),
                Arguments.of(Long.MAX_VALUE, (Look) p -> p.number("p", 1, 1, 9), "parameter 'p' must be from 1 to 9, but is 9223372036854775807."),
                Arguments.of("none", (Look) p -> p.oneOf("p", "a", "a", "b"), "parameter 'p' must be one of a, b, but is 'none'."),
                Arguments.of("0Gi", (Look) p -> p.quantity("p"), "parameter 'p' must be a quantity greater than zero such as 2Gi or 500m, but is '0Gi'."),
                Arguments.of("2GB", (Look) p -> p.quantity("p"), "parameter 'p' must be a quantity greater than zero such as 2Gi or 500m, but is '2GB'."),
                Arguments.of("-1", (Look) p -> p.quantity("p"), "parameter 'p' must be a quantity greater than zero such as 2Gi or 500m, but is '-1'."),
                Arguments.of("a,B", (Look) p -> p.objectNames("p"), "parameter 'p' must consist of lower-case letters, digits, '-' and '.', but is 'B'."),
                Arguments.of("\n", (Look) p -> p.required("p", "x"), "parameter 'p' is missing: give it, for example p: 'x'."));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void jenkins26_otherBadInputIsRefusedByTheParametersName(Object value, Look look, String message) {
        assertThat(refusal(value, look)).isEqualTo(message);
    }

    @Test
    void whatContradictsIsRefused() {
        Failure refused = catchThrowableOfType(
                Failure.class, () -> new Parameters(Map.of("image", "x")).without("manifest", List.of("replicas", "image")));
        assertThat(refused).hasMessage("parameter 'image' cannot be given together with manifest.");
    }

    @Test
    void longValuesAreClippedInMessages() {
        assertThat(refusal("x y".repeat(100), p -> p.label("p", null))).hasSizeLessThan(260).endsWith("…'.");
    }

    @Test
    void messagesOfFailuresAreIndentedLineByLine() {
        assertThat(new Failure("what\nmore", "why", null, " ", "do\n   this")).hasMessage("what\n  more\n  why\n  do\n  this");
    }

    private static String refusal(Object value, Look look) {
        return catchThrowableOfType(Failure.class, () -> look.up(new Parameters(Map.of("p", value)))).getMessage();
    }
}
