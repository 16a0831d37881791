package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which program plays which image, as on the test bed. */
final class Images {
    /** The image cannot be pulled. */
    static final class PullException extends Exception {
        private static final long serialVersionUID = 1;

        PullException(String message) {
            super(message);
        }
    }

    private static final Set<String> IDLE = Set.of("busybox", "alpine", "debian", "ubuntu", "pause");
    private static final Map<String, String> NEWEST = Map.of("4.2", "4.2.24", "4.4", "4.4.29", "5.0", "5.0.31", "6.0", "6.0.20",
            "7.0", "7.0.16", "8.0", "8.0.5");

    private final Mongo mongo;
    private final Volumes volumes;
    private final Network network;
    private final Set<String> published = ConcurrentHashMap.newKeySet();
    private final Set<String> unpublished = ConcurrentHashMap.newKeySet();

    Images(Mongo mongo, Volumes volumes, Network network) {
        this.mongo = mongo;
        this.volumes = volumes;
        this.network = network;
    }

    void publish(String image) {
        unpublished.remove(image);
        published.add(image);
    }

    void unpublish(String image) {
        published.remove(image);
        unpublished.add(image);
    }

    Program program(ObjectNode pod, JsonNode container) throws PullException {
        String image = Json.text(container, "image");
        String bare = image.replaceAll("@.*", "");
        int colon = bare.indexOf(':', bare.lastIndexOf('/') + 1);
        String repository = colon < 0 ? bare : bare.substring(0, colon);
        String name = repository.replaceAll(".*/", "");
        String tag = colon < 0 ? "latest" : bare.substring(colon + 1);
        if (tag.startsWith("missing") || unpublished.contains(image) || unpublished.contains(repository)) {
            throw notFound(image);
        }
        List<String> command = new ArrayList<>();
        container.path("command").forEach(word -> command.add(word.asText()));
        boolean entryPoint = command.isEmpty();
        container.path("args").forEach(word -> command.add(word.asText()));
        if (name.equals("mongo")) {
            return member(pod, container, image, tag, command, entryPoint);
        }
        if (name.equals("go-demo-3")) {
            return new App(tag, network, Json.namespace(pod), variables(container));
        }
        if (published.contains(image) || published.contains(repository)) {
            return new Idle(true);
        }
        if (IDLE.contains(name)) {
            return new Idle(false);
        }
        throw new PullException("failed to pull and unpack image \"" + image
                + "\": pull access denied, repository does not exist or may require authorization");
    }

    private Program member(ObjectNode pod, JsonNode container, String image, String tag, List<String> command, boolean entryPoint)
            throws PullException {
        String version = tag.replaceAll("-.*", "").replace("latest", "8.0");
        version = version.contains(".") ? version : version + ".0";
        String[] parts = version.split("\\.");
        String newest = NEWEST.get(parts[0] + "." + parts[1]);
        if (newest == null) {
            throw notFound(image);
        }
        // The image's entry point adds mongod, and makes it listen to all; a command of the user's own does not.
        if (entryPoint) {
            if (command.isEmpty() || command.get(0).startsWith("-")) {
                command.add(0, "mongod");
            }
            if (command.stream().noneMatch(word -> word.startsWith("--bind_ip"))) {
                command.add("--bind_ip_all");
            }
        }
        PodFiles files = new PodFiles(network, pod, container, command);
        List<String> mongod = files.command();
        if (!mongod.get(0).equals("mongod") && !mongod.get(0).endsWith("/mongod")) {
            return new Idle(false);
        }
        String release = parts.length < 3 ? newest : version;
        return new Member(mongo, pod, Release.of(release), mongod.subList(1, mongod.size()), path -> data(pod, container, path), files);
    }

    /** Data lies with the volume that is mounted over the path, else with this container alone. */
    private Data data(ObjectNode pod, JsonNode container, String path) {
        for (JsonNode mount : container.path("volumeMounts")) {
            String at = Json.text(mount, "mountPath");
            if (!path.equals(at) && !path.startsWith(at + "/")) {
                continue;
            }
            String below = Json.text(mount, "subPath") + path.substring(at.length());
            for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
                if (!Json.text(volume, "name").equals(Json.text(mount, "name"))) {
                    continue;
                }
                String claim = Json.text(volume, "persistentVolumeClaim", "claimName");
                return volumes.data(claim.isEmpty() ? Json.uid(pod) + "/" + Json.text(mount, "name")
                        : network.volumeOf(Json.namespace(pod), claim), below);
            }
        }
        return new Data();
    }

    private static Map<String, String> variables(JsonNode container) {
        Map<String, String> found = new HashMap<>();
        container.path("env").forEach(e -> found.put(Json.text(e, "name"), Json.text(e, "value")));
        return found;
    }

    private static PullException notFound(String image) {
        return new PullException("failed to pull and unpack image \"" + image + "\": failed to resolve reference: not found");
    }

    /** A program that only stands there. */
    private static final class Idle implements Program {
        private final boolean passesAll;
        private Host host;

        Idle(boolean passesAll) {
            this.passesAll = passesAll;
        }

        @Override
        public void start(Host host) {
            this.host = host;
        }

        @Override
        public void terminate() {
            host.exited(143);
        }

        @Override
        public void kill() {}

        @Override
        public boolean passes(JsonNode probe) {
            return passesAll || probe.has("exec");
        }
    }
}
