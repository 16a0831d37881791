package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.deploy.DeployContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** On the cluster of KUBECONFIG, with its released controllers. */
class DeployIT extends DeployContract {
    private static final Pattern MUTATING = Pattern.compile("\"verb\":\"(create|update|patch|delete)\"");

    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }

    /** From the API server's audit log, where that is at hand: the test bed keeps it beside its kubeconfig. */
    @Override
    protected int mutating() throws Exception {
        Path log = Path.of(System.getenv("KUBECONFIG")).resolveSibling("logs/audit.log");
        if (!Files.exists(log)) {
            return super.mutating();
        }
        try (Stream<String> lines = Files.lines(log)) {
            return (int) lines.filter(l -> l.contains("\"userAgent\":\"stateful-mongo"))
                    .filter(l -> l.contains("/namespaces/" + namespace() + "/") && !l.contains("dryRun=All"))
                    .filter(l -> MUTATING.matcher(l).find())
                    .count();
        }
    }
}
