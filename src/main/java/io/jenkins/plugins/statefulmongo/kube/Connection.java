package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How to reach one API server as one identity, secrets included: lives in memory only, and is made anew from the stored
 * credential's id each time a step runs.
 */
public final class Connection {
    /** What a header can carry, but for spaces. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]*");

    private final String name;
    private final String server;
    private final String authority;
    private final String token;
    private final String certificate;
    private final String key;
    private final String namespace;
    private final HttpProxy proxy;

    /**
     * @param name as the Jenkinsfile's {@code cluster} names it; for messages
     * @param server the API server's URL
     * @param authority base64 of the PEM certificates to trust, or null for the JVM's own
     * @param token bearer token, or null
     * @param certificate base64 of the client's PEM certificate, or null
     * @param key base64 of the client's PEM key, or null
     * @param namespace used where a step names none, or null
     */
    public Connection(
            String name,
            String server,
            String authority,
            String token,
            String certificate,
            String key,
            String namespace) {
        this(name, server, authority, token, certificate, key, namespace, null);
    }

    private Connection(
            String name,
            String server,
            String authority,
            String token,
            String certificate,
            String key,
            String namespace,
            HttpProxy proxy) {
        this.name = name;
        this.server = server;
        this.authority = authority;
        this.token = token;
        this.certificate = certificate;
        this.key = key;
        this.namespace = namespace;
        this.proxy = proxy;
    }

    public String name() {
        return name;
    }

    public String server() {
        return server;
    }

    public String namespace() {
        return namespace;
    }

    public Connection named(String other) {
        return new Connection(other, server, authority, token, certificate, key, namespace, proxy);
    }

    /**
     * This one through a proxy.
     *
     * @param other null for none: what the JVM itself is told to use then counts
     */
    public Connection through(HttpProxy other) {
        return new Connection(name, server, authority, token, certificate, key, namespace, other);
    }

    /** This one with another server, other certificates to trust, or another namespace, where they are not null. */
    public Connection with(String otherServer, String otherAuthority, String otherNamespace) {
        return new Connection(
                name,
                otherServer == null ? server : otherServer,
                otherAuthority == null ? authority : otherAuthority,
                token,
                certificate,
                key,
                otherNamespace == null ? namespace : otherNamespace,
                proxy);
    }

    /** @throws Failure where the credential cannot be one: the client itself would refuse it with a message that quotes it */
    void check() throws Failure {
        if (token != null && !TOKEN.matcher(token).matches()) {
            throw new Failure(
                    "the token of connection " + name + " holds a character that no token has, such as a space or a line break.",
                    "Give the token alone, on one line, without 'Bearer'.");
        }
    }

    /**
     * Starts from an empty configuration, never from this machine's kubeconfig, environment or service account. fabric8's own
     * retries are off: it would repeat calls that change something without looking first.
     */
    Config config() {
        ConfigBuilder config = new ConfigBuilder(Config.empty());
        if (proxy != null) {
            config.withHttpsProxy(proxy.url())
                    .withHttpProxy(proxy.url())
                    .withNoProxy(proxy.direct().toArray(String[]::new));
        }
        return config
                .withMasterUrl(server)
                .withCaCertData(authority)
                .withOauthToken(token)
                .withClientCertData(certificate)
                .withClientKeyData(key)
                .withClientKeyAlgo(algorithm(key))
                .withConnectionTimeout(5_000)
                .withRequestTimeout((int) Kube.CALL.toMillis())
                .withRequestRetryBackoffLimit(0)
                .withMaxConcurrentRequests(1024)
                .withMaxConcurrentRequestsPerHost(1024)
                .withWatchReconnectInterval(500)
                .withUserAgent("stateful-mongo")
                .build();
    }

    /** EC or RSA, which fabric8 wants to know: it takes each key for RSA otherwise. */
    private static String algorithm(String key) {
        String pem = key == null ? "" : text(key);
        if (pem.contains("BEGIN EC PRIVATE KEY")) {
            return "EC";
        }
        if (!pem.contains("BEGIN PRIVATE KEY")) {
            return "RSA";
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            return "EC";
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return "RSA";
        }
    }

    private static String text(String base64) {
        try {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The same name too: two connections to one server as one identity speak of themselves by their own names. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Connection c
                && Objects.equals(name, c.name)
                && Objects.equals(server, c.server)
                && Objects.equals(authority, c.authority)
                && Objects.equals(token, c.token)
                && Objects.equals(certificate, c.certificate)
                && Objects.equals(key, c.key)
                && Objects.equals(proxy, c.proxy);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, server, authority, token, certificate, key, proxy);
    }

    /** Names the server only. */
    @Override
    public String toString() {
        return name + " (" + server + ")";
    }
}
