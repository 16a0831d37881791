package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger first = new Ledger();
    private final Ledger second = new Ledger();

    @Test
    void anAcknowledgedWriteThatIsNotThereIsLost() {
        IntStream.range(0, 10).forEach(first::acknowledged);
        IntStream.range(0, 10).forEach(second::acknowledged);
        Ledger.Verdict verdict = Ledger.Verdict.of(
                List.of(first, second), List.of(numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), numbers(0, 1, 2, 4, 5, 6, 7, 8)));
        assertThat(verdict).isEqualTo(new Ledger.Verdict(20, 18, List.of(1_000_000_003L, 1_000_000_009L), 0));
    }

    @Test
    void anUnclearWriteMayBeThereOrNot() {
        first.unclear(0);
        first.unclear(1);
        assertThat(Ledger.Verdict.of(List.of(first), List.of(numbers(1)))).isEqualTo(new Ledger.Verdict(0, 0, List.of(), 0));
    }

    @Test
    void aRefusedWriteMustNotBeThere() {
        first.refused(3);
        first.refused(4);
        assertThat(Ledger.Verdict.of(List.of(first), List.of(numbers(4))).ghosts()).isEqualTo(1);
    }

    @Test
    void anIdTellsLaneAndNumber() {
        long id = Ledger.id(3, 123_456);
        assertThat(Ledger.lane(id)).isEqualTo(3);
        assertThat(Ledger.number(id)).isEqualTo(123_456);
    }

    @Test
    void countsAddUpOverTheLanes() {
        first.acknowledged(0);
        second.acknowledged(0);
        second.unclear(1);
        second.refused(2);
        assertThat(Ledger.Count.of(List.of(first, second))).isEqualTo(new Ledger.Count(2, 1, 1));
    }

    private static BitSet numbers(int... numbers) {
        BitSet set = new BitSet();
        IntStream.of(numbers).forEach(set::set);
        return set;
    }
}
