package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A way to wait until a StatefulSet's pods are Ready. */
interface Waiter {
    String name();

    /** Begins to wait for a set of three whose last pod is not Ready. */
    Waiting start(Bench bench, String set) throws Exception;

    /**
     * Somebody waits.
     *
     * @param waits done as soon as only the pod is missing
     * @param ended when it went on
     */
    record Waiting(CompletableFuture<?> waits, CompletableFuture<Instant> ended) {
        Instant await() throws Exception {
            return ended.get(1, TimeUnit.MINUTES);
        }
    }

    /** Our operation on the engine. */
    record Ours() implements Waiter {
        @Override
        public String name() {
            return "ours";
        }

        @Override
        public Waiting start(Bench bench, String set) throws Exception {
            Bench.Running running = bench.begin(scope -> new WaitOrdinals(scope, new Parameters(Map.of("name", set))), "bench/1");
            CompletableFuture<Instant> ended = running.ended().thenApply(e -> {
                Instant now = Instant.now();
                if (e.failure() != null) {
                    throw new AssertionError(e.failure());
                }
                return now;
            });
            bench.until("the title", () -> !running.console().isEmpty() || ended.isDone());
            return new Waiting(CompletableFuture.completedFuture(null), ended);
        }
    }

    /** Our step in a pipeline: from Jenkins' side, but without Jenkins. */
    record Step() implements Waiter {
        @Override
        public String name() {
            return "step";
        }

        @Override
        public Waiting start(Bench bench, String set) throws Exception {
            String script = "waitOrdinals namespace: '" + bench.namespace() + "', name: '" + set + "'\necho 'it goes on'\n";
            CompletableFuture<Void> waits = new CompletableFuture<>();
            CompletableFuture<Instant> ended = new CompletableFuture<>();
            PrintStream console = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) {
                @Override
                public void println(String line) {
                    if (line.startsWith("waitOrdinals ")) {
                        waits.complete(null);
                    } else if (line.equals("it goes on")) {
                        ended.complete(Instant.now());
                    }
                }
            };
            daemon(ended, () -> {
                Build build = new Pipeline(bench.kube().connection()).console(console).run(script);
                ended.completeExceptionally(new AssertionError(build)); // where it did not go on
            });
            return new Waiting(CompletableFuture.anyOf(waits, ended), ended);
        }
    }

    /** {@code kubectl wait} for the pod. */
    record KubectlWait() implements Waiter {
        @Override
        public String name() {
            return "kubectl-wait";
        }

        @Override
        public Waiting start(Bench bench, String set) throws Exception {
            return process("watch=true", "exec kubectl -n " + bench.namespace() + " wait --for=condition=Ready pod/" + set + "-2 --timeout=60s -v=6");
        }
    }

    /** {@code kubectl rollout status} of the set. */
    record RolloutStatus() implements Waiter {
        @Override
        public String name() {
            return "rollout-status";
        }

        @Override
        public Waiting start(Bench bench, String set) throws Exception {
            return process("watch=true", "exec kubectl -n " + bench.namespace() + " rollout status statefulset/" + set + " --timeout=60s -v=6");
        }
    }

    /** A script that looks every five seconds. */
    record Loop() implements Waiter {
        @Override
        public String name() {
            return "loop";
        }

        @Override
        public Waiting start(Bench bench, String set) throws Exception {
            return process("asleep", """
                    until [ "$(kubectl -n %1$s get statefulset %2$s -o jsonpath='{.status.readyReplicas}')" = 3 ]; do
                      echo asleep
                      sleep 5
                    done
                    """.formatted(bench.namespace(), set));
        }
    }

    /** @param sign what the script prints when it waits */
    private static Waiting process(String sign, String script) throws IOException {
        Process process = new ProcessBuilder(List.of("sh", "-ec", script)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<Void> waits = new CompletableFuture<>();
        CompletableFuture<Instant> ended = new CompletableFuture<>();
        daemon(ended, () -> {
            StringBuilder said = new StringBuilder();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    said.append(line).append('\n');
                    if (line.contains(sign)) {
                        waits.complete(null);
                    }
                }
                int code = process.waitFor();
                Instant now = Instant.now();
                if (code != 0) {
                    throw new IOException("ended with " + code + ": " + said);
                }
                ended.complete(now);
            } finally {
                process.destroyForcibly();
            }
        });
        return new Waiting(CompletableFuture.anyOf(waits, ended), ended);
    }

    /** Something that may throw. */
    interface Work {
        void run() throws Exception;
    }

    private static void daemon(CompletableFuture<?> ended, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception | Error e) {
                ended.completeExceptionally(e);
            }
        }, "waiter");
        thread.setDaemon(true);
        thread.start();
    }
}
