package io.jenkins.plugins.statefulmongo.demo;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs the repository's Jenkinsfile and prints its console: on the cluster of KUBECONFIG, or on an embedded one. Where there is no database
 * yet and no parameter is given, a first build deploys the release before, so that the second one shows an update.
 */
final class Demo {
    private static final String BEFORE = "mongo:4.4.29";

    private final Connection connection;
    private final Map<String, String> parameters;
    private final PrintStream out;
    private int builds;

    Demo(Connection connection, Map<String, String> parameters, PrintStream out) {
        this.connection = connection;
        this.parameters = parameters;
        this.out = out;
    }

    /** @param args none, or one: {@code NAME=value,NAME=value} */
    public static void main(String[] args) throws Exception {
        String kubeconfig = System.getenv("KUBECONFIG");
        boolean successful;
        try {
            Map<String, String> parameters = parse(String.join(",", args));
            if (kubeconfig != null && !kubeconfig.isBlank()) {
                successful = new Demo(connection(kubeconfig), parameters, System.out).run();
            } else {
                try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
                    successful = new Demo(Kubeconfig.read(cluster.kubeconfig(), "embedded"), parameters, System.out).run();
                }
            }
        } catch (Failure | Unavailable | IllegalArgumentException e) {
            System.err.println("ERROR: " + e.getMessage());
            successful = false;
        }
        System.exit(successful ? 0 : 1);
    }

    static Connection connection(String kubeconfig) throws Failure {
        String text;
        try {
            text = Files.readString(Path.of(kubeconfig));
        } catch (IOException | InvalidPathException e) {
            throw new Failure(
                    "KUBECONFIG is '" + kubeconfig + "', which cannot be read as one file.",
                    "Name one kubeconfig with inline data, as `kubectl config view --minify --flatten` prints it."
                            + " Without KUBECONFIG the build runs on an embedded cluster.");
        }
        return Kubeconfig.read(text, "kubeconfig");
    }

    boolean run() throws Failure, Unavailable, InterruptedException, IOException {
        if (parameters.isEmpty() && !deployed()) {
            return build(Map.of("MONGO_IMAGE", BEFORE)) && build(Map.of());
        }
        return build(parameters);
    }

    private boolean build(Map<String, String> given) throws IOException {
        builds++;
        out.println("Build #" + builds + " of the Jenkinsfile on " + connection.server() + (given.isEmpty() ? "" : " with " + given));
        Pipeline pipeline = new Pipeline(connection).library("stateful-mongo", Path.of("")).number(builds).console(out);
        given.forEach(pipeline::parameter);
        Build build = pipeline.run(Path.of("Jenkinsfile"));
        out.println();
        return build.successful();
    }

    private boolean deployed() throws Failure, Unavailable, InterruptedException {
        try (Cluster cluster = Cluster.open(connection)) {
            return cluster.kube().get(Kind.STATEFUL_SET, "go-demo-3", "db").isPresent();
        }
    }

    static Map<String, String> parse(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            String[] both = pair.split("=", 2);
            if (!pair.isBlank() && both.length != 2) {
                throw new IllegalArgumentException("write parameters as -Dparams=NAME=value,NAME=value, not '" + pair + "'");
            }
            if (both.length == 2) {
                parameters.put(both[0].strip(), both[1].strip());
            }
        }
        return parameters;
    }
}
