package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * How key file and certificates get from their Secrets to mongod.
 *
 * <p>mongod takes no key file that its group may read, and Kubernetes lets the group of {@code fsGroup}, which the volumes need, read each
 * Secret; and it wants certificate and key in one file. So its own container makes both in memory before it becomes mongod.
 *
 * @param set name of the StatefulSet
 * @param keyFile whether the members ask for authentication
 * @param tlsSecret name of the Secret with {@code tls.crt}, {@code tls.key} and {@code ca.crt}; null: no TLS
 */
record MongodFiles(String set, boolean keyFile, String tlsSecret) {
    private static final String KEY_SECRET = "/etc/mongod-keyfile-secret";
    private static final String KEY = "/etc/mongod-keyfile";
    private static final String TLS_SECRET = "/etc/mongod-tls-secret";
    private static final String TLS = "/etc/mongod-tls";

    static MongodFiles of(Parameters parameters, String set) throws Failure {
        return new MongodFiles(set, parameters.has(Login.ROOT), parameters.objectName("tlsSecret", null));
    }

    /** Where members find the key file: to bring a Secret back that is gone. */
    static String keyFilePath() {
        return KEY + "/" + KeyFileSecret.KEY;
    }

    private boolean none() {
        return !keyFile && tlsSecret == null;
    }

    /** A command that becomes {@code mongod} with its files. */
    List<String> command(List<String> mongod) {
        if (none()) {
            return mongod;
        }
        StringBuilder script = new StringBuilder();
        List<String> options = new ArrayList<>();
        if (keyFile) {
            script.append("install -m 0400 ").append(KEY_SECRET).append('/').append(KeyFileSecret.KEY).append(' ').append(keyFilePath()).append(" && ");
            options.addAll(List.of("--keyFile", keyFilePath()));
        }
        if (tlsSecret != null) {
            // An empty line between the two: tls.crt need not end its last one.
            script.append("(umask 077; { cat ").append(TLS_SECRET).append("/tls.crt && echo && cat ").append(TLS_SECRET)
                    .append("/tls.key; } >").append(TLS).append("/mongod.pem) && ");
            // Users log in with their passwords: only members have certificates.
            options.addAll(List.of("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", TLS + "/mongod.pem", "--tlsCAFile", TLS_SECRET + "/ca.crt",
                    "--tlsAllowConnectionsWithoutCertificates"));
        }
        return Tree.list(List.of("sh", "-c", script.append("exec \"$@\"").toString(), "sh"), mongod, options);
    }

    /** Null where there is none. */
    List<Object> volumes() {
        List<Object> volumes = new ArrayList<>();
        if (keyFile) {
            volumes.addAll(volumes("keyfile", KeyFileSecret.name(set)));
        }
        if (tlsSecret != null) {
            volumes.addAll(volumes("tls", tlsSecret));
        }
        return none() ? null : volumes;
    }

    private static List<Object> volumes(String name, String secret) {
        return List.of(
                Tree.map("name", name + "-secret", "secret", Tree.map("secretName", secret, "defaultMode", 0400)),
                Tree.map("name", name, "emptyDir", Tree.map("medium", "Memory")));
    }

    List<Object> mounts() {
        List<Object> mounts = new ArrayList<>();
        if (keyFile) {
            mounts.addAll(mounts("keyfile", KEY_SECRET, KEY));
        }
        if (tlsSecret != null) {
            mounts.addAll(mounts("tls", TLS_SECRET, TLS));
        }
        return mounts;
    }

    private static List<Object> mounts(String name, String secret, String made) {
        return List.of(
                Tree.map("name", name + "-secret", "mountPath", secret, "readOnly", true),
                Tree.map("name", name, "mountPath", made));
    }
}
