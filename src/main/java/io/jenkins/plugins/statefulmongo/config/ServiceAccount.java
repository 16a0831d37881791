package io.jenkins.plugins.statefulmongo.config;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

/** The service account of the pod that the controller runs in. Its token is read anew each time: the kubelet replaces it. */
final class ServiceAccount {
    private final Path folder;
    private final Map<String, String> environment;

    ServiceAccount(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    static ServiceAccount ofThisPod() {
        return new ServiceAccount(Path.of("/var/run/secrets/kubernetes.io/serviceaccount"), System.getenv());
    }

    /**
     * @param name of the connection
     * @param namespace used where a step names none; null for the pod's own
     */
    Connection connection(String name, String namespace) throws Failure {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host == null || !Files.isReadable(folder.resolve("token"))) {
            throw new Failure(
                    "connection " + name + " uses the controller's own service account, but this Jenkins does not run in a pod that has one.",
                    "Give the connection a server URL and a credential.");
        }
        String server = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        try {
            String authority = Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("ca.crt")));
            String own = Files.readString(folder.resolve("namespace")).strip();
            String token = Files.readString(folder.resolve("token")).strip();
            return new Connection(name, server, authority, token, null, null, namespace == null ? own : namespace);
        } catch (IOException e) {
            throw new Failure("connection " + name + " cannot read the service account's files: " + e.getMessage() + ".");
        }
    }
}
