package io.jenkins.plugins.statefulmongo.initiate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OldClaimsTest {
    /** As {@link MongoSet} was made. */
    private static final String BORN = "2026-01-02T00:00:00Z";

    private static final String BEFORE = "2026-01-01T23:59:59Z";
    private final MongoSet set = new MongoSet(3);

    @Test
    void safety16_claimsOlderThanTheStatefulSetCountAsData() {
        assertThat(found(claim("mongo-data-db-0", BORN), claim("mongo-data-db-1", BEFORE))).containsExactly("mongo-data-db-1");
    }

    @Test
    void safety16_claimsBeyondTheReplicasCountAsData() {
        assertThat(found(claim("mongo-data-db-2", BORN), claim("mongo-data-db-3", BORN))).containsExactly("mongo-data-db-3");
    }

    @Test
    void claimsOfOthersDoNotCount() {
        assertThat(found(
                        claim("mongo-data-other-1", BEFORE),
                        claim("mongo-data-db-x", BEFORE),
                        claim("mongo-data-db-1-copy", BEFORE),
                        claim("logs-db-1", BEFORE)))
                .isEmpty();
    }

    private List<String> found(Object... claims) {
        return OldClaims.of(set.set(), java.util.Arrays.stream(claims).map(OldClaimsTest::map).toList());
    }

    private static Object claim(String name, String created) {
        return Map.of("metadata", Map.of("name", name, "creationTimestamp", created));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object claim) {
        return (Map<String, Object>) claim;
    }
}
