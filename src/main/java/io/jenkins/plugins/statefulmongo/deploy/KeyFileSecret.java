package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The Secret with the key file by which the members of a set know each other. It is made once and never changed; it goes with the volumes. */
final class KeyFileSecret {
    static final String KEY = "keyfile";
    /** 1008 characters of the 6 to 1024 that mongod takes, as its manual shows it with {@code openssl rand -base64 756}. */
    private static final int BYTES = 756;

    private KeyFileSecret() {}

    static String name(String set) {
        return set + "-keyfile";
    }

    /** A new one, with a key that nobody else has. */
    static Map<String, Object> generate(String set) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        byte[] content = Base64.getEncoder().encode(random);
        return Tree.map(
                "apiVersion", Kind.SECRET.apiVersion(),
                "kind", Kind.SECRET.kind(),
                "metadata", Tree.map("name", name(set)),
                "immutable", true,
                "data", Tree.map(KEY, new String(Base64.getEncoder().encode(content), StandardCharsets.US_ASCII)));
    }

    /** Whether an object is one, with its key. */
    static boolean is(Map<String, Object> object) {
        return Kind.SECRET.kind().equals(object.get("kind")) && Json.at(object, "data", KEY) != null;
    }

    /**
     * The one that is to be created for a set, if any.
     *
     * @param running whether the set's StatefulSet is there
     * @throws Failure where members run with a key that is gone
     */
    static Optional<Map<String, Object>> missing(Kube kube, String namespace, String set, boolean running)
            throws Failure, Unavailable, InterruptedException {
        Optional<Map<String, Object>> there = kube.get(Kind.SECRET, namespace, name(set));
        if (there.isPresent() && Json.at(there.get(), "data", KEY) == null) {
            throw new Failure("Secret " + name(set) + " has no '" + KEY + "', so it is not the key file of this set.",
                    "Rename or delete it. Nothing was touched.");
        }
        if (there.isEmpty() && running) {
            throw new Failure(
                    "Secret " + name(set) + " is gone, and the members of StatefulSet " + set + " run with the key that it held.",
                    "With a new key each member that is replaced would lose the others. Put the old one back: kubectl -n " + namespace
                            + " exec " + set + "-0 -- cat " + MongodFiles.keyFilePath() + " >" + KEY + "; kubectl -n " + namespace
                            + " create secret generic " + name(set) + " --from-file=" + KEY + ". Nothing was touched.");
        }
        return there.isPresent() ? Optional.empty() : Optional.of(generate(set));
    }

    /** The one that a release left, if it is the release's; none where the connection may not get it. */
    static Optional<Map<String, Object>> of(Kube kube, String namespace, String release) throws Failure, Unavailable, InterruptedException {
        try {
            return kube.get(Kind.SECRET, namespace, name(release))
                    .filter(s -> release.equals(Json.text(s, "metadata", "labels", Home.RELEASE)));
        } catch (Refused e) {
            if (e.code() == 403) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
