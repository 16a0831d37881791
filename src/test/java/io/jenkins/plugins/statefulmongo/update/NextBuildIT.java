package io.jenkins.plugins.statefulmongo.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** On the cluster of KUBECONFIG, with its released controllers. */
class NextBuildIT extends NextBuildContract {
    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }
}
