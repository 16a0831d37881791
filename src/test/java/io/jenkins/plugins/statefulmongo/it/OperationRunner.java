package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs operations on the bare engine, without Jenkins: for tests of the operations themselves. */
public final class OperationRunner implements AutoCloseable {
    /** Makes an operation, as the steps do. */
    public interface Maker {
        Operation make(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException;
    }

    private final Engine engine = new Engine();
    private final Connection connection;
    private final String namespace;
    private final String holder;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    public OperationRunner(Connection connection, String namespace, String holder) {
        this.connection = connection;
        this.namespace = namespace;
        this.holder = holder;
    }

    /** The cluster of the environment variable KUBECONFIG. */
    public static Connection kubeconfig() throws IOException, Failure {
        return Kubeconfig.read(Files.readString(Path.of(System.getenv("KUBECONFIG"))), "test");
    }

    /** Runs to the end. */
    public Map<String, Object> run(Maker maker, Map<String, ?> parameters)
            throws Failure, InterruptedException, TimeoutException {
        return await(start(maker, parameters, Duration.ofMinutes(10)), Duration.ofMinutes(11));
    }

    /** A started operation: its task for wake and cancel, its end to await. */
    public record Started(Engine.Task task, CompletableFuture<LinkedHashMap<String, Object>> end) {}

    public Started start(Maker maker, Map<String, ?> parameters, Duration timeout) {
        CompletableFuture<LinkedHashMap<String, Object>> end = new CompletableFuture<>();
        Console console = new Console(new PrintStream(tee(), true, StandardCharsets.UTF_8));
        Engine.Task task = engine.submit(
                t -> {
                    Cluster cluster = Cluster.open(connection);
                    try {
                        return maker.make(new Scope(cluster, namespace, console, holder, t::wake), new Parameters(parameters));
                    } catch (Failure | RuntimeException e) {
                        cluster.close();
                        throw e;
                    }
                },
                System.currentTimeMillis() + timeout.toMillis(),
                false,
                new Engine.Listener() {
                    @Override
                    public void done(Outcome.Done done) {
                        end.complete(done.result());
                    }

                    @Override
                    public void failed(Failure failure) {
                        end.completeExceptionally(failure);
                    }
                });
        return new Started(task, end);
    }

    public static LinkedHashMap<String, Object> await(Started started, Duration patience)
            throws Failure, InterruptedException, TimeoutException {
        try {
            return started.end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure f) {
                throw f;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** All that was printed so far. */
    public String console() {
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        engine.shutdown();
    }

    private OutputStream tee() {
        return new OutputStream() {
            @Override
            public synchronized void write(int b) {
                text.write(b);
                System.out.write(b);
            }

            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                text.write(bytes, from, length);
                System.out.write(bytes, from, length);
            }
        };
    }
}
