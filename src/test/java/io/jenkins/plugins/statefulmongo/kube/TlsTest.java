package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.client.Config;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.testing.TlsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's certificate is verified, always, before any credential is sent. */
class TlsTest {
    private static final String TOKEN = "s3cr3t-t0k3n";

    private static TlsServer.Authority ours;
    private static TlsServer.Authority another;
    private static TlsServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ours = new TlsServer.Authority(folder.resolve("ours.p12"));
        another = new TlsServer.Authority(folder.resolve("another.p12"));
        server = ours.serve("ip:127.0.0.1");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aServerOfTheConnectionsOwnAuthorityIsTrusted() throws Exception {
        int before = server.authorizations().size();
        try (Kube kube = new Kube(to(server.url(), ours))) {
            assertThat(kube.version()).isEqualTo("1.99.0");
        }
        assertThat(server.authorizations()).hasSize(before + 1).last().isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void aServerOfAnUnknownAuthorityIsRefusedWithWhatToDo() throws Exception {
        for (TlsServer.Authority authority : new TlsServer.Authority[] {null, another}) {
            assertThat(refusal(to(server.url(), authority), server)).isEqualTo("cannot reach the API server of prod (" + server.url()
                    + "): its certificate is not from an authority that this connection trusts.\n"
                    + "  Give the connection the cluster's CA certificate in Manage Jenkins: certificate-authority-data in a kubeconfig.");
        }
    }

    @Test
    void aServerOfAnotherNameIsRefusedWithWhatToDo() throws Exception {
        try (TlsServer other = ours.serve("ip:127.0.0.9")) {
            for (String url : List.of(other.url(), other.url().replace("127.0.0.1", "localhost"))) {
                assertThat(refusal(to(url, ours), other)).isEqualTo("cannot reach the API server of prod (" + url
                        + "): its certificate is for another host name or address.\n"
                        + "  Give the connection a server URL with a name that the certificate holds.");
            }
        }
    }

    @Test
    void aServerWhoseCertificateIsOverIsRefusedWithWhatToDo() throws Exception {
        try (TlsServer old = ours.serve("ip:127.0.0.1", "-startdate", "-3d", "-validity", "1")) {
            assertThat(refusal(to(old.url(), ours), old)).isEqualTo("cannot reach the API server of prod (" + old.url()
                    + "): its certificate is not valid today.\n"
                    + "  It has to be renewed in the cluster; or the clock of this controller is wrong.");
        }
    }

    @Test
    void noKindOfConnectionTurnsTheCheckOffWhateverThisMachineIsToldToDo() throws Exception {
        List<String> switches = List.of(
                Config.KUBERNETES_TRUST_CERT_SYSTEM_PROPERTY, Config.KUBERNETES_DISABLE_HOSTNAME_VERIFICATION_SYSTEM_PROPERTY);
        switches.forEach(name -> System.setProperty(name, "true"));
        try {
            String kubeconfig = "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}],"
                    + " clusters: [{name: k, cluster: {server: '" + server.url() + "'}}], users: [{name: u, user: {token: t}}]}";
            Connection token = to(server.url(), null);
            for (Connection connection : List.of(
                    token,
                    token.named("other"),
                    token.with(null, null, "shop"),
                    token.through(HttpProxy.of("http://127.0.0.1:1", "127.0.0.1")),
                    new Connection("prod", server.url(), null, null, "Y2VydA==", "a2V5", null),
                    Kubeconfig.read(kubeconfig, "prod"))) {
                assertThat(connection.config().isTrustCerts()).isFalse();
                assertThat(connection.config().isDisableHostnameVerification()).isFalse();
            }
            assertThat(refusal(token, server)).contains("not from an authority that this connection trusts");
        } finally {
            switches.forEach(System::clearProperty);
        }
    }

    @Test
    void noSourceMentionsTheSwitches() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            List<Path> all = sources.filter(Files::isRegularFile).toList();
            assertThat(all).allSatisfy(source -> assertThat(source).content().doesNotContainIgnoringCase(
                    "trustCerts", "HostnameVerif", "X509ExtendedTrustManager", "invalidHostName", "disableHostname"));
            // That of Java is named in one place, and none of our own is made anywhere.
            assertThat(all).filteredOn(source -> !source.endsWith("state/Pem.java"))
                    .allSatisfy(source -> assertThat(source).content().doesNotContainIgnoringCase("X509TrustManager"));
            assertThat(all).allSatisfy(source -> assertThat(source).content().doesNotContainIgnoringCase(
                    "implements X509TrustManager", "new X509TrustManager"));
            // Of members, which have an authority of their own, the certificates are checked by Java's own manager.
            assertThat(all).filteredOn(source -> !source.endsWith("mongo/Encryption.java") && !source.endsWith("state/Pem.java"))
                    .allSatisfy(source -> assertThat(source).content().doesNotContainIgnoringCase("TrustManager", "SSLContext"));
        }
    }

    private static Connection to(String url, TlsServer.Authority authority) throws Exception {
        return new Connection("prod", url, authority == null ? null : authority.certificate(), TOKEN, null, null, null);
    }

    /** What is said of a server that gets no request, and so no credential. */
    private static String refusal(Connection connection, TlsServer refused) throws Exception {
        int before = refused.authorizations().size();
        try (Kube kube = new Kube(connection)) {
            String message = catchThrowableOfType(Unavailable.class, kube::version).getMessage();
            assertThat(refused.authorizations()).hasSize(before);
            return message;
        }
    }
}
