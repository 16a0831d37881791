package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.List;
import java.util.Map;

/**
 * Reads the current context of a kubeconfig. Only inline data is accepted: an {@code exec} or {@code auth-provider} entry would run
 * a program on the controller, a file path would read the controller's disk.
 */
public final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * @param yaml the kubeconfig's text
     * @param name what to call the connection in messages
     */
    public static Connection read(String yaml, String name) throws Failure {
        Map<String, Object> root = Yaml.secret(yaml, "the kubeconfig of " + name);
        String current = Json.text(root, "current-context");
        Map<String, Object> context = Json.map(entry(root, "contexts", current, name), "context");
        Map<String, Object> cluster = Json.map(entry(root, "clusters", Json.text(context, "cluster"), name), "cluster");
        Map<String, Object> user = Json.map(entry(root, "users", Json.text(context, "user"), name), "user");
        for (String refused : List.of("exec", "auth-provider", "tokenFile", "client-certificate", "client-key", "username", "password")) {
            refuse(user, refused, name);
        }
        refuse(cluster, "certificate-authority", name);
        if (Json.flag(cluster, "insecure-skip-tls-verify")) {
            throw refusal("insecure-skip-tls-verify", name);
        }
        String server = Json.text(cluster, "server");
        if (server == null || !server.matches("https?://.+")) {
            throw new Failure("the kubeconfig of " + name + " names no server URL in its current context.");
        }
        if (!ServerUrl.isSafeOrOfThisMachine(server)) {
            throw new Failure(
                    "the kubeconfig of " + name + " has a server URL that is refused: it must begin with https://, and hold no user, query or fragment.",
                    "The credential would be sent in the clear, or would be shown: messages name the server.");
        }
        return new Connection(
                name,
                server,
                Json.text(cluster, "certificate-authority-data"),
                Json.text(user, "token"),
                Json.text(user, "client-certificate-data"),
                Json.text(user, "client-key-data"),
                Json.text(context, "namespace"));
    }

    private static Map<String, Object> entry(Map<String, Object> root, String list, String wanted, String name)
            throws Failure {
        return Json.list(root, list).stream()
                .filter(e -> wanted != null && wanted.equals(e.get("name")))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        "the kubeconfig of " + name + " has no entry '" + wanted + "' in its " + list + ".",
                        "Set current-context to one of its contexts: `kubectl config view --minify --flatten` prints a complete one."));
    }

    private static void refuse(Map<String, Object> entry, String key, String name) throws Failure {
        if (entry.get(key) != null) {
            throw refusal(key, name);
        }
    }

    private static Failure refusal(String key, String name) {
        return new Failure(
                "the kubeconfig of " + name + " uses '" + key + "', which is refused.",
                "It would run a program, read a file of the controller, send a password or skip the check of the server's certificate.",
                "Use a service account's token or inline client-certificate-data, with certificate-authority-data.");
    }
}
