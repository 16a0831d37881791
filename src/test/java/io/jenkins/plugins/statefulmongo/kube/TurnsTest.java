package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns(2);
    private final List<CompletableFuture<String>> calls = new ArrayList<>();

    @Test
    void theThirdWaitsForOneOfTwo() {
        CompletableFuture<String> first = take();
        CompletableFuture<String> second = take();
        CompletableFuture<String> third = take();
        assertThat(calls).hasSize(2);
        calls.get(1).complete("b");
        assertThat(second).isCompletedWithValue("b");
        assertThat(calls).hasSize(3);
        calls.get(2).complete("c");
        calls.get(0).complete("a");
        assertThat(third).isCompletedWithValue("c");
        assertThat(first).isCompletedWithValue("a");
    }

    @Test
    void failuresGiveTheirTurnAway() {
        take();
        CompletableFuture<String> thrown = turns.take(() -> {
            throw new IllegalStateException("closed");
        });
        assertThat(thrown).isCompletedExceptionally();
        CompletableFuture<String> failed = take();
        CompletableFuture<String> last = take();
        calls.get(1).completeExceptionally(new IllegalStateException("no route"));
        assertThat(failed).isCompletedExceptionally();
        calls.get(2).complete("d");
        assertThat(last).isCompletedWithValue("d");
    }

    @Test
    void whoIsCancelledBeforeItsTurnIsNotCalled() {
        take();
        take();
        take().cancel(true);
        CompletableFuture<String> fourth = take();
        calls.get(0).complete("a");
        assertThat(calls).hasSize(3);
        calls.get(2).complete("d");
        assertThat(fourth).isCompletedWithValue("d");
    }

    @Test
    void turnsThatAreOverAreThereAgain() {
        for (int i = 0; i < 5; i++) {
            take();
            calls.get(i).complete("done");
        }
        take();
        take();
        take();
        assertThat(calls).hasSize(7);
    }

    private CompletableFuture<String> take() {
        return turns.take(() -> {
            calls.add(new CompletableFuture<>());
            return calls.get(calls.size() - 1);
        });
    }
}
