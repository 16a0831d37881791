package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseTest {
    @ParameterizedTest
    @CsvSource({"7.0.14, 7.0.14", "7.0, 7.0", "v5.0.1, 5.0.1", "7.0.14-jammy, 7.0.14", "4.4.29-focal, 4.4.29", "8.0.0-rc1, 8.0.0"})
    void readsReleases(String text, String release) {
        assertThat(Release.parse(text)).map(Release::toString).contains(release);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "latest", "", "seven.zero", "7.0.x", "7.0.14.1", "99999999999.0"})
    void readsNothingElse(String text) {
        assertThat(Release.parse(text)).isEmpty();
    }

    @Test
    void readsAnImagesTagOnly() {
        assertThat(Release.ofImage("registry.example:5000/library/mongo:7.0.14")).contains(new Release(7, 0, 14));
        assertThat(Release.ofImage("registry.example:5000/mongo")).isEmpty();
        assertThat(Release.ofImage("mongo:7.0.14@sha256:0123456789abcdef0123456789abcdef")).as("a digest tells, not the tag").isEmpty();
    }

    @Test
    void ordersAndMatches() {
        assertThat(new Release(6, 0, 20).olderThan(new Release(7, 0, 0))).isTrue();
        assertThat(new Release(7, 0, 2).olderThan(new Release(7, 0, 14))).isTrue();
        assertThat(new Release(7, 0, 14).olderThan(new Release(7, 0, 14))).isFalse();
        assertThat(new Release(7, 0, -1).matches(new Release(7, 0, 14))).isTrue();
        assertThat(new Release(7, 0, 13).matches(new Release(7, 0, 14))).isFalse();
        assertThat(new Release(5, 0, 1).nextIs(new Release(6, 0, 1))).isTrue();
        assertThat(new Release(4, 4, 1).nextIs(new Release(5, 0, 1))).isTrue();
        assertThat(new Release(5, 0, 1).nextIs(new Release(7, 0, 1))).isFalse();
        assertThat(new Release(8, 0, 1).nextSeries()).isEmpty();
        assertThat(new Release(4, 0, 28).reachable()).isFalse();
        assertThat(new Release(4, 2, 0).reachable()).isTrue();
    }
}
