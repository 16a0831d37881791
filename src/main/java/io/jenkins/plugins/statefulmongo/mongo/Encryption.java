package io.jenkins.plugins.statefulmongo.mongo;

import com.mongodb.ServerAddress;
import com.mongodb.spi.dns.InetAddressResolver;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.Mongod;
import io.jenkins.plugins.statefulmongo.state.Pem;
import io.jenkins.plugins.statefulmongo.state.SecretFile;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * How a member is reached: by its stable name, which leads to the port-forward, so that with TLS its certificate is checked against that
 * name. Trusted are the authorities of mongod's own CA file.
 *
 * @param context null: without TLS
 */
record Encryption(SSLContext context) {
    static final Encryption NONE = new Encryption(null);

    /** Every name is the port-forward's, under that name: what checks a certificate must not see another one. */
    static final InetAddressResolver TO_THE_FORWARD = name -> List.of(InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1}));

    /** @throws Failure where members ask for TLS in a way that the steps cannot meet */
    static Encryption of(Kube kube, SetState set) throws Failure, Unavailable, InterruptedException {
        Mongod mongod = set.mongod();
        if (!mongod.tlsMode().matches("(prefer|require)TLS")) {
            return NONE;
        }
        String prefix = mongod.has("tlsMode") ? "tls" : "ssl";
        if (mongod.has(prefix + "CAFile") && !mongod.has(prefix + "AllowConnectionsWithoutCertificates")) {
            throw new Failure(
                    "mongod of StatefulSet " + set.name() + " asks its clients for certificates, and the steps have none.",
                    "Add --" + prefix + "AllowConnectionsWithoutCertificates to its command: users log in with their passwords.");
        }
        SecretFile file = SecretFile.of(set, prefix + "CAFile").orElseThrow(() -> new Failure(
                "mongod of StatefulSet " + set.name() + " asks for TLS, and its --" + prefix + "CAFile comes from no Secret.",
                "The steps trust the certificates in that file: mount it from a Secret."));
        Map<String, Object> secret = kube.get(Kind.SECRET, set.namespace(), file.secret())
                .orElseThrow(() -> new Failure("there is no Secret " + file.secret() + ", from which mongod of StatefulSet " + set.name()
                        + " has the certificates that are trusted.", "Bring it back, or no pod starts again."));
        String data = Json.text(secret, "data", file.key());
        if (data == null) {
            throw new Failure("Secret " + file.secret() + " has no '" + file.key() + "', the certificates that mongod of StatefulSet "
                    + set.name() + " trusts.", "Add it: PEM, one certificate or more.");
        }
        return new Encryption(trusting(Base64.getMimeDecoder().decode(data), file));
    }

    private static SSLContext trusting(byte[] pem, SecretFile file) throws Failure {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {Pem.trusting(Pem.certificates(pem))}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new Failure("'" + file.key() + "' of Secret " + file.secret() + " holds no certificates (" + e.getMessage() + ").", "Give them as PEM.");
        }
    }

    /** @param host {@code db-0.db.shop.svc.cluster.local:27017} */
    ServerAddress address(String host, int localPort) {
        return context == null ? new ServerAddress("127.0.0.1", localPort) : new ServerAddress(host.replaceFirst(":\\d+$", ""), localPort);
    }
}
