package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One update as a step would run it, in a process of its own that a test may kill. Ends with 0 when it is done, 1 when it failed. */
final class UpdateProcess {
    private UpdateProcess() {}

    /** @param args namespace, holder, image; the cluster is KUBECONFIG's */
    public static void main(String[] args) throws Exception {
        Cluster cluster = Cluster.open(Kubeconfig.read(Files.readString(Path.of(System.getenv("KUBECONFIG"))), "process"));
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        new Engine().submit(
                task -> new RollingImageUpdate(
                        new Scope(cluster, args[0], new Console(System.out), args[1], task::wake), new Parameters(Map.of("image", args[2]))),
                System.currentTimeMillis() + 180_000,
                false,
                new Engine.Listener() {
                    @Override
                    public void done(Outcome.Done done) {
                        ended.complete(0);
                    }

                    @Override
                    public void failed(Failure failure) {
                        System.out.println("ERROR: " + failure.getMessage());
                        ended.complete(1);
                    }
                });
        System.exit(ended.get());
    }
}
