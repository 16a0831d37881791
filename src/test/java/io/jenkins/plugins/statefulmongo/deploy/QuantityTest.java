package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class QuantityTest {
    @Test
    void readsEveryFormThatKubernetesWrites() {
        assertThat(Quantity.of("2Gi")).hasValueSatisfying(q -> assertThat(q).isEqualByComparingTo("2147483648"));
        assertThat(Quantity.of("500m")).hasValueSatisfying(q -> assertThat(q).isEqualByComparingTo("0.5"));
        assertThat(Quantity.of("1.5k")).hasValueSatisfying(q -> assertThat(q).isEqualByComparingTo("1500"));
        assertThat(Quantity.of("1e3")).hasValueSatisfying(q -> assertThat(q).isEqualByComparingTo("1000"));
        assertThat(Quantity.of(0.5)).hasValueSatisfying(q -> assertThat(q).isEqualByComparingTo("0.5"));
        assertThat(Quantity.of("2 Gi")).isEmpty();
        assertThat(Quantity.of("Gi")).isEmpty();
        assertThat(Quantity.of(null)).isEmpty();
    }

    @Property
    void aThousandAndTwentyFourOfOneUnitAreOneOfTheNext(@ForAll @LongRange(min = 1, max = 1_000_000) long n) {
        BigDecimal mebibytes = Quantity.of(n * 1024 + "Mi").orElseThrow();
        assertThat(mebibytes).isEqualByComparingTo(Quantity.of(n + "Gi").orElseThrow());
        assertThat(Quantity.of(n * 1000 + "m").orElseThrow()).isEqualByComparingTo(BigDecimal.valueOf(n));
    }
}
