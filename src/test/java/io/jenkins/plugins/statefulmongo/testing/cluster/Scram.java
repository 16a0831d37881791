package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The server's side of one login by SCRAM-SHA-256 (RFC 5802, RFC 7677). */
final class Scram {
    static final String NAME = "SCRAM-SHA-256";
    private static final int ITERATIONS = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Function<String, Document> credentials;
    private String user;
    private Document stored;
    private String nonce;
    private String exchanged;
    private boolean proven;

    /** @param credentials what {@link #store} made, by user; null for an unknown one */
    Scram(Function<String, Document> credentials) {
        this.credentials = credentials;
    }

    /** What is kept of a password. */
    static Document store(String password) {
        byte[] salt = random(28);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, 256))
                    .getEncoded();
            return new Document("salt", encoded(salt))
                    .append("storedKey", encoded(hash(hmac(salted, "Client Key"))))
                    .append("serverKey", encoded(hmac(salted, "Server Key")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who has proven his password, or null. */
    String user() {
        return proven ? user : null;
    }

    /** The answer to the client's next message. */
    byte[] step(byte[] payload) {
        String message = new String(payload, StandardCharsets.UTF_8);
        return (nonce == null ? first(message) : last(message)).getBytes(StandardCharsets.UTF_8);
    }

    private String first(String message) {
        String bare = message.replaceFirst("^n,,", "");
        Map<Character, String> fields = fields(bare);
        user = fields.get('n').replace("=2C", ",").replace("=3D", "=");
        stored = credentials.apply(user);
        if (stored == null) {
            throw failed();
        }
        nonce = fields.get('r') + encoded(random(18));
        String answer = "r=" + nonce + ",s=" + stored.get("salt") + ",i=" + ITERATIONS;
        exchanged = bare + "," + answer;
        return answer;
    }

    private String last(String message) {
        Map<Character, String> fields = fields(message);
        String whole = exchanged + "," + message.replaceFirst(",p=.*$", "");
        byte[] storedKey = decoded(stored.get("storedKey"));
        byte[] key = hmac(storedKey, whole);
        byte[] proof = decoded(fields.get('p'));
        for (int i = 0; i < key.length; i++) {
            key[i] ^= proof[i];
        }
        if (!nonce.equals(fields.get('r')) || !Arrays.equals(hash(key), storedKey)) {
            throw failed();
        }
        proven = true;
        return "v=" + encoded(hmac(decoded(stored.get("serverKey")), whole));
    }

    static CommandException failed() {
        return new CommandException(18, "Authentication failed.");
    }

    private static Map<Character, String> fields(String message) {
        Map<Character, String> fields = new HashMap<>();
        for (String field : message.split(",")) {
            fields.put(field.charAt(0), field.substring(2));
        }
        return fields;
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decoded(Object text) {
        return Base64.getDecoder().decode((String) text);
    }
}
