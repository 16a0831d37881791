package io.jenkins.plugins.statefulmongo.testing;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A namespace of its own on some cluster, and engines that run operations in it as a step would. */
public final class Bench implements AutoCloseable {
    private final Connection connection;
    private final Kube kube;
    private final List<Engine> engines = new CopyOnWriteArrayList<>();
    private final List<Cluster> cancelled = new ArrayList<>();
    private final String namespace = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final Duration limit;
    private volatile Login login;
    private final Map<String, Login> users = new ConcurrentHashMap<>();

    /** @param kubeconfig the kubeconfig's text */
    public Bench(String kubeconfig) throws Exception {
        this(kubeconfig, Duration.ofMinutes(5));
    }

    /** @param limit how long an operation may take */
    public Bench(String kubeconfig, Duration limit) throws Exception {
        this(limit, kubeconfig);
        apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}");
    }

    private Bench(Duration limit, String kubeconfig) throws Exception {
        this.limit = limit;
        connection = Kubeconfig.read(kubeconfig, "bench");
        kube = new Kube(connection);
    }

    /** Its namespace is an operation's to create; it is deleted all the same. */
    public static Bench withoutNamespace(String kubeconfig, Duration limit) throws Exception {
        return new Bench(limit, kubeconfig);
    }

    /** On the cluster that the environment's KUBECONFIG names. */
    public static Bench environment() throws Exception {
        return new Bench(Files.readString(Path.of(System.getenv("KUBECONFIG"))));
    }

    public String namespace() {
        return namespace;
    }

    public Kube kube() {
        return kube;
    }

    /** As whom operations that start from now on work with the database; null: as nobody. */
    public void login(Login user) {
        login = user;
    }

    /** A credential that operations that start from now on find for parameter {@code users}. */
    public void user(Login user) {
        users.put(user.credentialsId(), user);
    }

    public void apply(String yaml) throws Exception {
        for (Map<String, Object> object : Yaml.all(yaml, "test")) {
            kube.apply(object, namespace, false);
        }
    }

    public Map<String, Object> get(Kind kind, String name) throws Exception {
        return kube.get(kind, namespace, name).orElseThrow();
    }

    /** Makes an operation of a scope. */
    public interface Making {
        Operation make(Scope scope) throws Failure, Unavailable, InterruptedException;
    }

    /** What became of an operation: its result or its failure's message, and all that it printed. */
    public record Ended(Map<String, Object> result, String failure, String console, Duration took) {}

    public Ended run(Making making) throws Exception {
        return begin(making, "bench/1").await();
    }

    /** Starts an operation and returns. */
    public Running begin(Making making, String holder) throws Exception {
        return begin(making, holder, connection);
    }

    /** Starts an operation whose calls go over a connection of its own. */
    public Running begin(Making making, String holder, Connection over) throws Exception {
        return new Running(making, holder, over);
    }

    /** Tells when an operation is closed. */
    private record Watched(Operation operation, CompletableFuture<Void> closed) implements Operation {
        @Override
        public Outcome tick() throws Failure, Unavailable, InterruptedException {
            return operation.tick();
        }

        @Override
        public String leftBehind() {
            return operation.leftBehind();
        }

        @Override
        public void close() {
            operation.close();
            closed.complete(null);
        }
    }

    /** An operation under way. */
    public final class Running {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final CompletableFuture<Ended> ended = new CompletableFuture<>();
        private final AtomicReference<Engine.Task> task = new AtomicReference<>();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();
        private final Engine engine = new Engine();
        private final Cluster cluster;
        private final long begun = System.nanoTime();

        private Running(Making making, String holder, Connection over) throws Exception {
            cluster = Cluster.open(over);
            engines.add(engine);
            Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8));
            task.set(engine.submit(
                    t -> new Watched(making.make(new Scope(cluster, namespace, console, holder, t::wake, login, Map.copyOf(users))), closed),
                    System.currentTimeMillis() + limit.toMillis(),
                    false,
                    new Engine.Listener() {
                        @Override
                        public void done(Outcome.Done done) {
                            end(new LinkedHashMap<>(done.result()), null);
                        }

                        @Override
                        public void failed(Failure failure) {
                            end(null, failure.getMessage());
                        }
                    }));
        }

        public Ended await() throws Exception {
            return ended.get(limit.toSeconds() + 10, TimeUnit.SECONDS);
        }

        public CompletableFuture<Ended> ended() {
            return ended;
        }

        public String console() {
            return out.toString(StandardCharsets.UTF_8);
        }

        /** What its last tick waits for; null before the first one. */
        public String waitingFor() {
            return task.get().waitingFor();
        }

        /** As an abort would end it. */
        public String cancel() {
            cancelled.add(cluster); // its operation may still be on its way out
            return task.get().cancel();
        }

        /** Waits until a cancelled operation has let go of everything. */
        public void awaitClosed() throws Exception {
            closed.get(30, TimeUnit.SECONDS);
        }

        /** As the death of the process would end it: nothing is given back, nobody is told. */
        public void die() {
            cancelled.add(cluster);
            engine.shutdown();
        }

        private void end(Map<String, Object> result, String failure) {
            cluster.close();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            String text = console() + (failure == null ? "" : "ERROR: " + failure + "\n");
            if (System.getProperty("bench.print") != null) {
                System.out.print(text + "[" + took.toMillis() + " ms] " + (result == null ? "" : result) + "\n\n");
            }
            ended.complete(new Ended(result, failure, text, took));
        }
    }

    /** Waits until an object of the cluster is as wanted, for a minute at most. */
    public void until(String what, Condition condition) throws Exception {
        until(what, Duration.ofMinutes(1), condition);
    }

    public void until(String what, Duration patience, Condition condition) throws Exception {
        await(what, patience, condition);
    }

    /** The same without a namespace of its own. */
    public static void await(String what, Duration patience, Condition condition) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Something to wait for. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    @Override
    public void close() throws Exception {
        engines.forEach(Engine::shutdown);
        cancelled.forEach(Cluster::close);
        String uid = Json.text(kube.get(Kind.NAMESPACE, null, namespace).orElse(Map.of()), "metadata", "uid");
        if (uid != null) {
            kube.delete(Kind.NAMESPACE, null, namespace, uid, Map.of());
        }
        kube.close();
    }
}
