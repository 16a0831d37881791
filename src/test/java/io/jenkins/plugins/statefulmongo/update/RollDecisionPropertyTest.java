package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whole updates of small sets to which things happen: what must never be done is never done, and every update ends in the wanted state, in
 * the old one, or in a refusal whose reason is true.
 */
class RollDecisionPropertyTest {
    static final int HISTORIES = 10_000;
    private static final Map<String, Integer> EXERCISED = new TreeMap<>();

    @Provide
    Arbitrary<History> histories() {
        return History.all();
    }

    @Property(tries = HISTORIES, edgeCases = EdgeCasesMode.NONE, afterFailure = AfterFailureMode.RANDOM_SEED)
    void safety22_neverTwoDownNeverWithoutAMajorityNeverThePrimaryAndAlwaysAnEnd(@ForAll("histories") History history) {
        Set<String> exercised = new HashSet<>();
        new ModelledUpdate(history, new Decider(), exercised).go();
        exercised.forEach(rule -> EXERCISED.merge(rule, 1, Integer::sum));
    }

    @AfterContainer
    static void jenkins24_reportHowManyHistoriesExercisedEachRule() {
        System.out.println("RollDecision, " + HISTORIES + " histories:");
        EXERCISED.forEach((rule, count) -> System.out.printf("  %5d  %s%n", count, rule));
        assertThat(EXERCISED).hasSizeGreaterThanOrEqualTo(20).allSatisfy((rule, count) -> assertThat(count).as(rule).isGreaterThan(4));
    }
}
