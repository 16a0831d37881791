package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.util.Objects;

/**
 * How to reach one API server as one identity, secrets included: lives in memory only, and is made anew from the stored
 * credential's id each time a step runs.
 */
public final class Connection {
    private final String name;
    private final String server;
    private final String authority;
    private final String token;
    private final String certificate;
    private final String key;
    private final String namespace;

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
        this.name = name;
        this.server = server;
        this.authority = authority;
        this.token = token;
        this.certificate = certificate;
        this.key = key;
        this.namespace = namespace;
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
        return new Connection(other, server, authority, token, certificate, key, namespace);
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
                otherNamespace == null ? namespace : otherNamespace);
    }

    /**
     * Starts from an empty configuration, never from this machine's kubeconfig, environment or service account. fabric8's own
     * retries are off: it would repeat calls that change something without looking first.
     */
    Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(server)
                .withCaCertData(authority)
                .withOauthToken(token)
                .withClientCertData(certificate)
                .withClientKeyData(key)
                .withConnectionTimeout(5_000)
                .withRequestTimeout((int) Kube.CALL.toMillis())
                .withRequestRetryBackoffLimit(0)
                .withMaxConcurrentRequests(1024)
                .withMaxConcurrentRequestsPerHost(1024)
                .withWatchReconnectInterval(500)
                .withUserAgent("stateful-mongo")
                .build();
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
                && Objects.equals(key, c.key);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, server, authority, token, certificate, key);
    }

    /** Names the server only. */
    @Override
    public String toString() {
        return name + " (" + server + ")";
    }
}
