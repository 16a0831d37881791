package io.jenkins.plugins.statefulmongo.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * mongod's command line, read from a container. Names come without dashes; a flag has the value {@code ""}.
 *
 * @param overridden the container's own {@code command} replaces the image's entry point
 */
public record Mongod(Map<String, String> options, boolean overridden) {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    /** MongoDB's default port. */
    public static final int PORT = 27017;

    public static Mongod of(Map<String, Object> container) {
        List<String> words = words(container);
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-")) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = word.replaceFirst("^--?", "").replaceFirst("=.*", "");
            if (equals >= 0) {
                options.put(name, word.substring(equals + 1));
            } else if (i + 1 < words.size() && !words.get(i + 1).startsWith("-")) {
                options.put(name, words.get(++i));
            } else {
                options.put(name, "");
            }
        }
        return new Mongod(options, !Json.texts(container, "command").isEmpty());
    }

    /** The container of a pod's {@code spec} that runs mongod; empty where none does. */
    public static Map<String, Object> find(Map<String, Object> podSpec, String container) {
        List<Map<String, Object>> all = Json.list(podSpec, "containers");
        if (container != null) {
            return all.stream().filter(c -> container.equals(c.get("name"))).findFirst().orElse(Map.of());
        }
        return all.stream()
                .filter(Mongod::runsMongod)
                .findFirst()
                .or(() -> all.stream().filter(Mongod::mongoImage).findFirst())
                .orElse(Map.of());
    }

    /** The replica set's name from {@code --replSet}, if given. */
    public Optional<String> replicaSet() {
        return Optional.ofNullable(options.get("replSet")).filter(n -> !n.isEmpty());
    }

    /** The port that mongod listens on: {@code --port}, default 27017 (27018 and 27019 for shard and config servers). */
    public int port() {
        String port = options.get("port");
        return port != null && port.matches("\\d{1,5}") ? Integer.parseInt(port) : PORT;
    }

    /** disabled, allowTLS, preferTLS or requireTLS, under whatever name the release has it. */
    public String tlsMode() {
        return options.getOrDefault("tlsMode", options.getOrDefault("sslMode", "disabled")).replace("SSL", "TLS");
    }

    /** Whether it takes nobody without TLS. */
    public boolean requiresTls() {
        return tlsMode().equals("requireTLS");
    }

    /** How applications connect to members that run so; without a password. */
    public String connectionString(List<String> hosts, String replicaSet) {
        return "mongodb://" + String.join(",", hosts) + "/?replicaSet=" + replicaSet + (requiresTls() ? "&tls=true" : "");
    }

    public boolean has(String option) {
        return options.containsKey(option);
    }

    private static boolean runsMongod(Map<String, Object> container) {
        return words(container).stream().anyMatch(w -> w.equals("mongod") || w.endsWith("/mongod") || w.startsWith("--replSet"));
    }

    private static boolean mongoImage(Map<String, Object> container) {
        String image = Json.text(container, "image");
        if (image == null) {
            return false;
        }
        String name = Image.parse(image).name();
        return name.equals("mongo") || name.startsWith("mongodb") && !name.contains("exporter") || name.equals("percona-server-mongodb");
    }

    /** All words of its command and arguments. */
    static List<String> words(Map<String, Object> container) {
        List<String> words = new ArrayList<>(Json.texts(container, "command"));
        words.addAll(Json.texts(container, "args"));
        // `sh -c "mongod --replSet rs0"` keeps its options in one word.
        return words.stream().flatMap(w -> java.util.Arrays.stream(SPACE.split(w.trim()))).toList();
    }
}
