package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.update.BrokenSetContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** On the cluster of KUBECONFIG, with its released controllers. */
class BrokenSetIT extends BrokenSetContract {
    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }
}
