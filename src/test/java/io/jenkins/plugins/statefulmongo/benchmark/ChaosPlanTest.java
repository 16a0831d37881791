package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Ending;
import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Fault;
import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Kind;
import io.jenkins.plugins.statefulmongo.benchmark.ChaosPlan.Target;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {
    private final List<ChaosPlan> plans = draw(new Random(7));

    @Test
    void aSeedDrawsTheSameAgain() {
        assertThat(draw(new Random(7))).isEqualTo(plans);
        assertThat(draw(new Random(8))).isNotEqualTo(plans);
    }

    @Test
    void safety20_everyFaultComesAfterAMemberWasReplaced() {
        assertThat(plans).allMatch(p -> p.membersBack() >= 1 && p.membersBack() < LoadedSet.MEMBERS);
    }

    @Test
    void everyKindMeetsEveryTarget() {
        assertThat(faults().map(f -> f.kind() + " " + f.target()).distinct()).hasSize(Kind.values().length * Target.values().length);
        assertThat(plans).extracting(ChaosPlan::ending).contains(Ending.values());
        assertThat(plans).extracting(p -> p.faults().size()).contains(1, 2);
    }

    @Test
    void safety20_faultsHealWellWithinTheTimeOutOrOutlastIt() {
        for (ChaosPlan plan : plans) {
            int timeout = plan.memberTimeoutSeconds() * 1_000;
            assertThat(plan.faults()).filteredOn(Fault::heals).allMatch(f -> plan.lasting() ? f.lastsMillis() > timeout + 20_000 : f.lastsMillis() < timeout - 15_000);
            assertThat(!plan.lasting() || plan.faults().get(0).heals() && plan.ending() == Ending.NONE).isTrue();
        }
        assertThat(plans).filteredOn(ChaosPlan::lasting).hasSizeBetween(30, 100);
    }

    private Stream<Fault> faults() {
        return plans.stream().flatMap(p -> p.faults().stream());
    }

    private static List<ChaosPlan> draw(Random random) {
        return Stream.generate(() -> ChaosPlan.draw(random)).limit(500).toList();
    }
}
