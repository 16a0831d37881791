package io.jenkins.plugins.statefulmongo.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Engine engine = new Engine();
    private final Told told = new Told();

    @AfterEach
    void shutDown() {
        engine.shutdown();
    }

    @Test
    void ticksUntilDoneAndClosesOnce() throws Exception {
        Script script = new Script() {
            @Override
            public Outcome tick() {
                return ticks.incrementAndGet() < 3 ? Outcome.now("more") : Outcome.done(Map.of("ticks", ticks.get()));
            }
        };
        submit(script, LONG);
        assertThat(told.result()).containsEntry("ticks", 3);
        assertThat(script.closed.get()).isEqualTo(1);
    }

    @Test
    void aWaitingTaskHoldsNoThread() throws Exception {
        Semaphore waiting = new Semaphore(0);
        int tasks = 200;
        for (int i = 0; i < tasks; i++) {
            engine.submit(task -> () -> {
                waiting.release();
                return Outcome.after(LONG, "nothing");
            }, System.currentTimeMillis() + LONG.toMillis(), false, new Told());
        }
        assertThat(waiting.tryAcquire(tasks, 30, TimeUnit.SECONDS)).as("all of them ticked").isTrue();
        assertThat(Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("stateful-mongo-")).count())
                .isLessThanOrEqualTo(16);
    }

    @Test
    void aWakeUpTicksAtOnce() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CompletableFuture<Engine.Task> self = new CompletableFuture<>();
        engine.submit(task -> {
            self.complete(task);
            return () -> {
                if (first.getCount() == 0) {
                    return Outcome.done(Map.of());
                }
                first.countDown();
                return Outcome.after(LONG, "a change");
            };
        }, System.currentTimeMillis() + LONG.toMillis(), false, told);
        first.await();
        self.get().wake();
        assertThat(told.result()).isEmpty();
    }

    @Test
    void aTaskThatIsWokenAgainKeepsItsPlaceAmongThoseThatWaitForAThread() throws Exception {
        CountDownLatch busy = new CountDownLatch(Engine.THREADS);
        Semaphore free = new Semaphore(0);
        for (int i = 0; i < Engine.THREADS; i++) {
            submit(() -> {
                busy.countDown();
                free.acquire();
                return Outcome.done(Map.of());
            });
        }
        busy.await();
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch both = new CountDownLatch(2);
        Engine.Task first = submit(() -> ticked("first", order, both));
        submit(() -> ticked("second", order, both));
        first.wake();
        free.release();
        both.await();
        assertThat(order).containsExactly("first", "second");
        free.release(Engine.THREADS);
    }

    private Engine.Task submit(Operation operation) {
        return engine.submit(task -> operation, System.currentTimeMillis() + LONG.toMillis(), false, new Told());
    }

    private static Outcome ticked(String name, List<String> order, CountDownLatch ticks) {
        order.add(name);
        ticks.countDown();
        return Outcome.done(Map.of());
    }

    @Test
    void aWakeUpDuringATickIsRememberedAndTicksNeverOverlap() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger ticks = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch woken = new CountDownLatch(1);
        CompletableFuture<Engine.Task> self = new CompletableFuture<>();
        engine.submit(task -> {
            self.complete(task);
            return () -> {
                assertThat(running.incrementAndGet()).isEqualTo(1);
                inside.countDown();
                woken.await();
                running.decrementAndGet();
                return ticks.incrementAndGet() == 2 ? Outcome.done(Map.of()) : Outcome.after(LONG, "a change");
            };
        }, System.currentTimeMillis() + LONG.toMillis(), false, told);
        inside.await();
        self.get().wake();
        self.get().wake();
        woken.countDown();
        told.result();
        assertThat(ticks.get()).isEqualTo(2);
    }

    @Test
    void jenkins03_theDeadlineIsJudgedAfterALookNeverBefore() throws Exception {
        submit(new Script() {
            @Override
            public Outcome tick() {
                return Outcome.done(Map.of("looked", true));
            }
        }, Duration.ofHours(-1));
        assertThat(told.result()).containsEntry("looked", true);
    }

    @Test
    void aTimeOutSaysWhatForWhatIsLeftBehindAndWhatToDo() throws Exception {
        submit(new Script() {
            @Override
            public Outcome tick() {
                return Outcome.after(LONG, "db-2 to be Ready");
            }

            @Override
            public String leftBehind() {
                return "one pod is new";
            }
        }, Duration.ofMillis(50));
        assertThat(told.failure()).isEqualTo("timed out waiting for db-2 to be Ready\n  one pod is new\n"
                + "  Raise timeoutSeconds if this is only slow; running the step again continues from here.");
    }

    @Test
    void safety21_aCallThatDidNotGetThroughIsTriedAgain() throws Exception {
        submit(new Script() {
            @Override
            public Outcome tick() throws Unavailable {
                if (ticks.incrementAndGet() == 1) {
                    throw new Unavailable("the API server is away");
                }
                return Outcome.done(Map.of());
            }
        }, LONG);
        assertThat(told.result()).isEmpty();
    }

    @Test
    void aClusterThatNeverAnswersFailsWithinSeconds() throws Exception {
        long begun = System.nanoTime();
        submit(new Script() {
            @Override
            public Outcome tick() throws Unavailable {
                throw new Unavailable("cannot reach the API server of bench (https://10.0.0.1)");
            }
        }, LONG);
        assertThat(told.failure()).isEqualTo("cannot reach the API server of bench (https://10.0.0.1)\n  No call got through for 4 s.");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whomTheClusterDoesNotKnowAnyMoreIsMadeAnewWithTheCredentialOfToday() throws Exception {
        AtomicInteger credential = new AtomicInteger();
        Script first = new Refusing(1);
        Script second = new Refusing(Integer.MAX_VALUE);
        engine.submit(task -> credential.incrementAndGet() == 1 ? first : second, System.currentTimeMillis() + LONG.toMillis(), false, told);
        assertThat(told.result()).containsEntry("ticks", 2);
        assertThat(first.closed.get()).isEqualTo(1);
        assertThat(second.closed.get()).isEqualTo(1);
    }

    @Test
    void aCredentialThatIsNeverAcceptedFailsWithinSeconds() throws Exception {
        long begun = System.nanoTime();
        Script script = new Refusing(0);
        submit(script, LONG);
        assertThat(told.failure()).isEqualTo("cannot get pods: Unauthorized\n  Renew it.");
        assertThat(script.ticks.get()).as("ticks").isGreaterThan(2);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anUnexpectedExceptionIsNamedAsADefect() throws Exception {
        submit(new Script() {
            @Override
            public Outcome tick() {
                throw new IllegalStateException("no such thing");
            }
        }, LONG);
        assertThat(told.failure()).isEqualTo("unexpected IllegalStateException: no such thing\n"
                + "  This is a defect of the plugin: please report it with the stack trace in Jenkins' system log.");
    }

    @Test
    void cancellingAWaitingTaskTellsWhatItLeavesAndClosesIt() throws Exception {
        CountDownLatch ticked = new CountDownLatch(1);
        Script script = new Script() {
            @Override
            public Outcome tick() {
                ticked.countDown();
                return Outcome.after(LONG, "nothing");
            }

            @Override
            public String leftBehind() {
                return "half of it";
            }
        };
        Engine.Task task = submit(script, LONG);
        ticked.await();
        assertThat(task.cancel()).isEqualTo("half of it");
        script.closing.await();
        assertThat(task.cancel()).as("the second time there is nothing to end").isNull();
        assertThat(told.ended).isNotDone();
        assertThat(script.closed.get()).isEqualTo(1);
    }

    @Test
    void shutdownClosesWhatWaitsAndWhatRunsAndTellsNobody() throws Exception {
        CountDownLatch ticked = new CountDownLatch(2);
        Script waits = new Script() {
            @Override
            public Outcome tick() {
                ticked.countDown();
                return Outcome.after(LONG, "nothing");
            }
        };
        Script runs = new Script() {
            @Override
            public Outcome tick() throws InterruptedException {
                ticked.countDown();
                new CountDownLatch(1).await();
                return Outcome.now("nothing");
            }
        };
        submit(waits, LONG);
        submit(runs, LONG);
        ticked.await();
        engine.shutdown();
        assertThat(List.of(waits.closed.get(), runs.closed.get())).as("closed when it returns").containsExactly(1, 1);
        assertThat(told.ended).isNotDone();
    }

    @Test
    void aCancelledTickIsInterruptedAndItsClosingIsNot() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptedInClose = new CompletableFuture<>();
        Engine.Task task = submit(new Script() {
            @Override
            public Outcome tick() {
                inside.countDown();
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                return Outcome.now("a tick that leaves the interrupt standing");
            }

            @Override
            public void close() {
                interruptedInClose.complete(Thread.currentThread().isInterrupted());
            }
        }, LONG);
        inside.await();
        task.cancel();
        assertThat(interruptedInClose.get(20, TimeUnit.SECONDS)).as("else the Lease could not be given back").isFalse();
    }

    @Test
    void aStepThatCannotSayWhatItLeavesBehindStillEnds() throws Exception {
        submit(new Script() {
            @Override
            public Outcome tick() {
                return Outcome.now("what never comes");
            }

            @Override
            public String leftBehind() {
                throw new IllegalStateException("no idea");
            }
        }, Duration.ZERO);
        assertThat(told.failure()).startsWith("timed out waiting for what never comes");
    }

    private Engine.Task submit(Script script, Duration time) {
        return engine.submit(task -> script, System.currentTimeMillis() + time.toMillis(), false, told);
    }

    private abstract static class Script implements Operation {
        final AtomicInteger ticks = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final CountDownLatch closing = new CountDownLatch(1);

        @Override
        public void close() {
            closed.incrementAndGet();
            closing.countDown();
        }
    }

    /** Is known for some ticks, and no more from then on. Where it is known for good, it is done at its second one. */
    private static final class Refusing extends Script {
        private final int known;

        Refusing(int known) {
            this.known = known;
        }

        @Override
        public Outcome tick() throws Failure {
            if (ticks.incrementAndGet() > known) {
                throw new Failure(true, "cannot get pods: Unauthorized").and("Renew it.");
            }
            return known == 1 || ticks.get() < 2 ? Outcome.now("more") : Outcome.done(Map.of("ticks", ticks.get()));
        }
    }

    private static final class Told implements Engine.Listener {
        private final CompletableFuture<Object> ended = new CompletableFuture<>();

        @Override
        public void done(Outcome.Done done) {
            ended.complete(done.result());
        }

        @Override
        public void failed(Failure failure) {
            ended.complete(failure.getMessage());
        }

        @SuppressWarnings("unchecked")
        LinkedHashMap<String, Object> result() throws Exception {
            return (LinkedHashMap<String, Object>) ended.get(30, TimeUnit.SECONDS);
        }

        String failure() throws Exception {
            return (String) ended.get(30, TimeUnit.SECONDS);
        }
    }
}
