package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GapsTest {
    private final Gaps gaps = new Gaps(at(0));

    @Test
    void onlyGapsAboveTwentyMillisecondsAreSummed() {
        gaps.acknowledged(at(20));
        gaps.acknowledged(at(41));
        gaps.acknowledged(at(141));
        assertThat(gaps.summary(at(142))).isEqualTo(new Gaps.Summary(100, 121, List.of(21L, 100L)));
    }

    @Test
    void theGapThatIsStillOpenCounts() {
        gaps.acknowledged(at(5));
        assertThat(gaps.summary(at(5_005))).isEqualTo(new Gaps.Summary(5_000, 5_000, List.of(5_000L)));
        assertThat(gaps.summary(at(6_005)).longestMillis()).as("once, with what it has by now").isEqualTo(6_000);
    }

    @Test
    void aResetForgetsWhatWasBefore() {
        gaps.acknowledged(at(500));
        gaps.reset(at(1_000));
        gaps.acknowledged(at(1_030));
        assertThat(gaps.summary(at(1_030))).isEqualTo(new Gaps.Summary(30, 30, List.of(30L)));
    }

    @Test
    void aLaneThatComesLateOpensNoGap() {
        gaps.acknowledged(at(50));
        gaps.acknowledged(at(49));
        gaps.acknowledged(at(60));
        assertThat(gaps.summary(at(60)).millis()).containsExactly(50L);
    }

    private static long at(long millis) {
        return millis * 1_000_000;
    }
}
