package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of a container that are not data: those of mounted Secrets, and what its shell makes of them before it becomes its arguments. */
final class PodFiles {
    private static final Pattern INSTALL = Pattern.compile("install -m 0400 (\\S+) (\\S+)");
    private static final Pattern CONCATENATE = Pattern.compile("\\(umask 077; \\{ cat (\\S+) && echo && cat (\\S+); \\} >(\\S+)\\)");

    private final Network network;
    private final ObjectNode pod;
    private final JsonNode container;
    private final List<String> command;
    private final Map<String, List<String>> made = new HashMap<>();

    PodFiles(Network network, ObjectNode pod, JsonNode container, List<String> command) {
        this.network = network;
        this.pod = pod;
        this.container = container;
        boolean shell = command.size() > 4 && command.get(0).equals("sh") && command.get(2).endsWith("exec \"$@\"");
        this.command = shell ? command.subList(4, command.size()) : command;
        if (shell) {
            Matcher install = INSTALL.matcher(command.get(2));
            while (install.find()) {
                made.put(install.group(2), List.of(install.group(1)));
            }
            Matcher both = CONCATENATE.matcher(command.get(2));
            while (both.find()) {
                made.put(both.group(3), List.of(both.group(1), both.group(2)));
            }
        }
    }

    /** What the shell becomes; any other command as it is. */
    List<String> command() {
        return command;
    }

    /** Null where there is no such file. */
    String read(String path) {
        StringBuilder text = new StringBuilder();
        for (String source : made.getOrDefault(path, List.of(path))) {
            String part = secret(source);
            if (part == null) {
                return null;
            }
            text.append(text.isEmpty() ? "" : "\n").append(part);
        }
        return text.toString();
    }

    private String secret(String path) {
        for (JsonNode mount : container.path("volumeMounts")) {
            String at = Json.text(mount, "mountPath");
            for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
                String name = Json.text(volume, "secret", "secretName");
                if (path.startsWith(at + "/") && !name.isEmpty() && Json.text(volume, "name").equals(Json.text(mount, "name"))) {
                    return network.secret(Json.namespace(pod), name, path.substring(at.length() + 1));
                }
            }
        }
        return null;
    }
}
