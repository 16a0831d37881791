package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.update.UsersContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** On the cluster of KUBECONFIG, with its released controllers. */
class UsersIT extends UsersContract {
    @Override
    protected String kubeconfig() throws IOException {
        return Files.readString(Path.of(System.getenv("KUBECONFIG")));
    }
}
