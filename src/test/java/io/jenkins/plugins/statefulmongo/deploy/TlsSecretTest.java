package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Authority;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Issued;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSecretTest {
    private static final List<String> HOSTS = List.of("db-0.db.shop.svc.cluster.local:27017", "db-1.db.shop.svc.cluster.local:27017");

    @TempDir
    static Path folder;

    private static Authority authority;
    private static Authority other;

    @BeforeAll
    static void found() throws Exception {
        authority = new Authority(folder.resolve("authority.p12"));
        other = new Authority(folder.resolve("other.p12"));
    }

    private static Map<String, Object> secret(String subject, String... options) throws Exception {
        Issued issued = authority.issue(subject, options);
        return secret(issued.certificate(), issued.key(), authority);
    }

    private static Map<String, Object> secret(String certificate, String key, Authority trusted) throws Exception {
        return Map.of("data", new LinkedHashMap<>(Map.of("tls.crt", encoded(certificate), "tls.key", encoded(key), "ca.crt", trusted.certificate())));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void check(Map<String, Object> secret, Instant now) throws Failure {
        new TlsSecret("shop-tls", secret).check(HOSTS, now, null);
    }

    private static void refused(Map<String, Object> secret, Instant now, String message) {
        assertThatThrownBy(() -> check(secret, now)).isInstanceOf(Failure.class).hasMessageStartingWith("parameter 'tlsSecret': Secret shop-tls " + message)
                .hasMessageEndingWith(" Nothing was touched.");
    }

    @Test
    void aStarOrEachNameAloneIsGood() throws Exception {
        assertThatCode(() -> check(secret("dns:*.db.shop.svc.cluster.local"), Instant.now().plusSeconds(60))).doesNotThrowAnyException();
        assertThatCode(() -> check(secret("dns:db-0.db.shop.svc.cluster.local,dns:DB-1.db.shop.svc.cluster.local",
                        "-ext", "eku=serverAuth,clientAuth"), Instant.now().plusSeconds(60))).doesNotThrowAnyException();
    }

    @Test
    void whatMongodCouldNotUseIsRefused() throws Exception {
        Instant now = Instant.now().plusSeconds(60); // a certificate of this test begins in the second in which it is made
        refused(null, now, "is not there.");
        refused(Map.of("data", Map.of("tls.crt", "eA==")), now, "has no 'tls.key'.");
        refused(Map.of("data", Map.of("tls.crt", "")), now, "has no 'tls.crt'.");
        refused(Map.of("data", Map.of("tls.crt", "eA==", "tls.key", "eA==", "ca.crt", "eA==")), now, "holds no certificate in tls.crt.");
        refused(secret("dns:*.shop.svc.cluster.local"), now, "holds a certificate that does not name db-0.db.shop.svc.cluster.local, db-1.db.shop.svc.cluster.local.\n"
                + "  It names *.shop.svc.cluster.local. Members know each other by their stable names: issue it for *.db.shop.svc.cluster.local.");
        refused(secret("dns:db-0.db.shop.svc.cluster.local"), now, "holds a certificate that does not name db-1.db.shop.svc.cluster.local.");
        refused(secret("ip:127.0.0.1"), now, "holds a certificate that does not name db-0.db.shop.svc.cluster.local, ");
        refused(secret("dns:*.db.shop.svc.cluster.local", "-ext", "eku=serverAuth"), now, "holds a certificate that is not for servers and clients.");
        refused(secret("dns:*.db.shop.svc.cluster.local", "-ext", "eku=clientAuth"), now, "holds a certificate that is not for servers and clients.");
        refused(secret("dns:*.db.shop.svc.cluster.local"), now.plusSeconds(400L * 86_400), "holds a certificate that is valid from ");
        refused(secret("dns:*.db.shop.svc.cluster.local"), now.minusSeconds(86_400), "holds a certificate that is valid from ");
    }

    @Test
    void certificateKeyAndAuthorityMustBelongTogether() throws Exception {
        Instant now = Instant.now().plusSeconds(60);
        Issued one = authority.issue("dns:*.db.shop.svc.cluster.local");
        Issued two = authority.issue("dns:*.db.shop.svc.cluster.local");
        refused(secret(one.certificate(), two.key(), authority), now, "holds no key in tls.key that is the certificate's.");
        refused(secret(one.certificate(), "no key at all", authority), now, "holds no key in tls.key that is the certificate's.");
        refused(secret(one.certificate(), one.key().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), authority), now,
                "holds a key that asks for a password.");
        refused(secret(one.certificate(), one.key(), other), now,
                "holds a certificate that none of its ca.crt has issued (Path does not chain with any of the trust anchors).\n"
                        + "  Members trust ca.crt alone: ");
        Map<String, Object> noAuthority = new LinkedHashMap<>(Json.map(secret(one.certificate(), one.key(), authority), "data"));
        noAuthority.put("ca.crt", encoded("-----BEGIN CERTIFICATE-----"));
        refused(Map.of("data", noAuthority), now, "holds no certificate in ca.crt.");
    }

    @Test
    void authoritiesBetweenTheTwoComeWithTheCertificate() throws Exception {
        Instant now = Instant.now().plusSeconds(60);
        Issued issued = authority.issueThroughAnother("dns:*.db.shop.svc.cluster.local");
        assertThatCode(() -> check(secret(issued.certificate(), issued.key(), authority), now)).doesNotThrowAnyException();
        String alone = issued.certificate().substring(0, issued.certificate().indexOf("-----BEGIN", 1));
        refused(secret(alone, issued.key(), authority), now, "holds a certificate that none of its ca.crt has issued (");
    }
}
