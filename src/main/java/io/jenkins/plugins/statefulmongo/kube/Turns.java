package io.jenkins.plugins.statefulmongo.kube;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets so many calls go on at once, and the others follow in the order in which they came. No thread waits. A call that is cancelled
 * before its turn is never made.
 */
final class Turns {
    private final int most;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int going;

    Turns(int most) {
        this.most = most;
    }

    /** @return as the call ends, once it has had its turn */
    <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> turn = new CompletableFuture<>();
        Runnable begin = () -> CompletableFuture.completedFuture(null) // a call that throws fails the turn
                .thenCompose(nothing -> call.get())
                .whenComplete((value, failure) -> {
                    next();
                    if (failure == null) {
                        turn.complete(value);
                    } else {
                        turn.completeExceptionally(failure);
                    }
                });
        synchronized (this) {
            if (going == most) {
                waiting.add(new Waiting(turn, begin));
                return turn;
            }
            going++;
        }
        begin.run();
        return turn;
    }

    private void next() {
        Waiting next;
        synchronized (this) {
            do {
                next = waiting.poll();
            } while (next != null && next.turn().isDone());
            if (next == null) {
                going--;
                return;
            }
        }
        next.begin().run();
    }

    private record Waiting(CompletableFuture<?> turn, Runnable begin) {}
}
