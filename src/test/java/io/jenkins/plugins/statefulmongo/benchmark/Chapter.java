package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;

/** What the chapter does by hand, as the fixed scripts beside its manifest in the test resources. */
final class Chapter {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final ReplicaSetBench set;
    private final String namespace;
    private final String arguments;

    /** @param kubeconfig the file with which kubectl and helm act, or null for the environment's */
    Chapter(Bench bench, Path kubeconfig) {
        set = new ReplicaSetBench(bench);
        namespace = bench.namespace();
        arguments = (kubeconfig == null ? "" : " --kubeconfig=" + kubeconfig + " --cache-dir=" + kubeconfig + ".cache") + " --namespace=" + namespace;
    }

    void apply(String image) throws Exception {
        script("apply.sh", image);
    }

    /** As {@link #apply}, with helm and a chart that holds the same. */
    void helm(String helm, String image, Path kubeconfig) throws Exception {
        run("export HELM_NAMESPACE=" + namespace + " KUBECONFIG=" + kubeconfig + "\n" + text("helm.sh"), image, helm);
    }

    /** Through the driver: the test bed's mongosh does not know rs.initiate. */
    void initiate() throws Exception {
        set.command(0, "admin", new Document("replSetInitiate", new Document("_id", "rs0").append("version", 1).append("members", IntStream.range(0, 3)
                .mapToObj(i -> new Document("_id", i).append("host", "db-" + i + ".db." + namespace + ".svc.cluster.local:27017"))
                .toList())));
    }

    /** Waits until db-0, which nobody else stands against, is primary. */
    void awaitPrimary() throws Exception {
        while (!Boolean.TRUE.equals(set.command(0, "admin", new Document("isMaster", 1)).get("ismaster"))) {
            Thread.sleep(50);
        }
    }

    /** The commands that {@link #initiate} stands in for, which the test bed's mongosh refuses; then what tells of the primary. */
    void shell() throws Exception {
        Shell.run(LIMIT, command(text("initiate.sh"), "{_id: 0, host: 'db-0.db:27017'}, {_id: 1, host: 'db-1.db:27017'}, {_id: 2, host: 'db-2.db:27017'}"));
        initiate();
        status();
    }

    void status() throws Exception {
        script("status.sh");
    }

    /** Lets kubectl find out what the API server has, as it has long since where somebody uses it. */
    void warmUp() throws Exception {
        run("kubectl get --raw=/version\nkubectl api-resources\nkubectl get pods", "");
    }

    private void script(String name, String... parameters) throws Exception {
        run(text(name), parameters);
    }

    private void run(String script, String... parameters) throws Exception {
        Shell.succeed(LIMIT, command(script, parameters).toArray(String[]::new));
    }

    private List<String> command(String script, String... parameters) throws Exception {
        String whole = "kubectl() { command kubectl" + arguments + " \"$@\"; }\nFOLDER=" + folder() + "\n" + script;
        List<String> command = new ArrayList<>(List.of("sh", "-ec", whole, "sh"));
        command.addAll(List.of(parameters));
        return command;
    }

    private static String text(String name) throws Exception {
        return Files.readString(folder().resolve(name));
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(Chapter.class.getResource("/benchmark/chapter").toURI());
    }
}
