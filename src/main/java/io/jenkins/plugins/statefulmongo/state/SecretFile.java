package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a file that mongod's command names comes from: the Secret mounted there, or the one that is copied there, for mongod takes no key
 * file that its group may read, and Kubernetes lets the group of an {@code fsGroup} read every Secret. Pure.
 *
 * @param secret name of the Secret
 * @param key under which the Secret holds the file
 */
public record SecretFile(String secret, String key) {

    /**
     * @param option of mongod, without dashes
     * @return empty where mongod has no such option, or the file comes from elsewhere
     */
    public static Optional<SecretFile> of(SetState set, String option) {
        String path = set.mongod().options().get(option);
        return path == null || path.isEmpty() ? Optional.empty() : at(set, path, true);
    }

    /** @param made whether the file may be one that is made of another at the start */
    private static Optional<SecretFile> at(SetState set, String path, boolean made) {
        Map<String, Object> pod = Json.map(set.template(), "spec");
        Map<String, Object> mount = mounts(set.database())
                .filter(m -> covers(m, path))
                .reduce((one, other) -> at(one).length() >= at(other).length() ? one : other)
                .orElse(Map.of());
        Map<String, Object> volume = volume(pod, mount);
        if (secret(volume) != null) {
            String subPath = Json.text(mount, "subPath");
            return Optional.of(of(volume, subPath != null ? subPath : path.substring(Math.min(path.length(), at(mount).length() + 1))));
        }
        if (!made || volume.get("emptyDir") == null) {
            return Optional.empty();
        }
        Optional<String> source = source(set, path);
        if (source.isPresent()) {
            return at(set, source.get(), false);
        }
        List<Map<String, Object>> copied = Json.list(pod, "initContainers").stream()
                .filter(c -> mounts(c).anyMatch(m -> volume.get("name").equals(m.get("name"))))
                .flatMap(SecretFile::mounts)
                .map(m -> volume(pod, m))
                .filter(v -> secret(v) != null)
                .distinct()
                .toList();
        return copied.size() == 1 ? Optional.of(of(copied.get(0), path.substring(path.lastIndexOf('/') + 1))) : Optional.empty();
    }

    /** The file before it in the container's own command, as in {@code install SOURCE PATH}. */
    private static Optional<String> source(SetState set, String path) {
        List<String> words = Mongod.words(set.database());
        int at = words.indexOf(path);
        return at > 0 && words.get(at - 1).startsWith("/") ? Optional.of(words.get(at - 1)) : Optional.empty();
    }

    /** @param file its path in the volume */
    private static SecretFile of(Map<String, Object> volume, String file) {
        List<Map<String, Object>> items = Json.list(volume, "secret", "items");
        String key = items.stream()
                .filter(i -> file.equals(i.get("path")) || items.size() == 1)
                .map(i -> Json.text(i, "key"))
                .findFirst()
                .orElse(file);
        return new SecretFile(secret(volume), key);
    }

    private static String secret(Map<String, Object> volume) {
        return Json.text(volume, "secret", "secretName");
    }

    private static Map<String, Object> volume(Map<String, Object> pod, Map<String, Object> mount) {
        return Json.list(pod, "volumes").stream()
                .filter(v -> v.get("name") != null && v.get("name").equals(mount.get("name")))
                .findFirst()
                .orElse(Map.of());
    }

    private static Stream<Map<String, Object>> mounts(Map<String, Object> container) {
        return Json.list(container, "volumeMounts").stream().filter(m -> Json.text(m, "mountPath") != null);
    }

    private static boolean covers(Map<String, Object> mount, String path) {
        return path.equals(at(mount)) || path.startsWith(at(mount) + "/");
    }

    private static String at(Map<String, Object> mount) {
        return Json.text(mount, "mountPath").replaceFirst("/+$", "");
    }
}
