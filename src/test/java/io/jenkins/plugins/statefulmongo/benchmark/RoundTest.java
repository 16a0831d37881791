package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTest {
    @Test
    void noPlaceOfThePrimaryCountsMoreThanAnother() {
        List<Round> rounds = List.of(of(new Contender.Ours(), 0, 100), of(new Contender.Ours(), 0, 300), of(new Contender.Ours(), 1, 50),
                of(new Contender.Kubectl(), 0, 7));
        assertThat(Round.places(rounds, "ours", r -> r.took().toMillis())).isEqualTo(250);
        assertThat(Round.sum(rounds, "ours", r -> r.took().toMillis())).isEqualTo(450);
    }

    private static Round of(Contender contender, int primary, long millis) {
        return new Round(contender, primary, 1, null, Duration.ofMillis(millis), Duration.ofMillis(millis));
    }
}
