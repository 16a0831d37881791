package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways in which a credential could leave: none of them is open. */
class LeakTest {
    private static final String SECRET = "s3cr3tt0k3n";

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectOfAnApplicationBehindAServiceIsAnAnswerAndNotFollowed(int code) throws Exception {
        List<String> stolen = new CopyOnWriteArrayList<>();
        HttpServer elsewhere = server((path, authorization) -> stolen.add(path + " " + authorization), 200, null);
        HttpServer api = server((path, authorization) -> {}, code, url(elsewhere) + "/loot");
        try (Kube kube = new Kube(new Connection("prod", url(api), null, SECRET, null, null, null))) {
            assertThat(kube.proxy("shop", "api", "8080", "GET", "/").code()).isEqualTo(code);
            assertThat(kube.proxy("shop", "api", "8080", "POST", "/").code()).isEqualTo(code);
            assertThat(stolen).isEmpty();
        } finally {
            api.stop(0);
            elsewhere.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET + "\n" + SECRET, SECRET + "\u0000", SECRET + "\u00e9", "Bearer " + SECRET, "token: " + SECRET})
    void aTokenThatIsNoneIsRefusedAndNotQuoted(String token) {
        Throwable refusal = refusal(new Connection("prod", "https://127.0.0.1:1", null, token, null, null, null));
        assertThat(refusal).isInstanceOf(Failure.class).hasMessage(
                "the token of connection prod holds a character that no token has, such as a space or a line break.\n"
                        + "  Give the token alone, on one line, without 'Bearer'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET, "-----BEGIN PRIVATE KEY-----\n" + SECRET + "\n-----END PRIVATE KEY-----", "- " + SECRET, "a: b\n---\n" + SECRET,
        "{" + SECRET + ": 1, " + SECRET + ": 2}", "{[" + SECRET + "]: 1}", "token: *" + SECRET, "a: 'x\n" + SECRET, "a: !" + SECRET + " b", "%" + SECRET,
        "a: \"\\" + SECRET + "\"", "@" + SECRET})
    void aSecretFileThatIsNoKubeconfigIsNotQuoted(String text) {
        Throwable refusal = catchThrowable(() -> Kubeconfig.read(text, "prod"));
        assertThat(refusal).isInstanceOf(Failure.class).hasMessageContaining("the kubeconfig of prod");
        assertThat(refusal.getMessage()).doesNotContain(SECRET);
        assertThat(refusal.getCause()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://admin:" + SECRET + "@k8s.example", "https://" + SECRET + "@k8s.example", "https://k8s.example/?token=" + SECRET,
        "https://k8s.example/#" + SECRET, "http://k8s.example", "http://10.0.0.1:8080"})
    void aServerUrlWithACredentialOrWithoutTlsIsRefusedAndNotQuoted(String server) {
        Throwable refusal = catchThrowable(() -> Kubeconfig.read("{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}],"
                + " clusters: [{name: k, cluster: {server: '" + server + "'}}], users: [{name: u, user: {token: t}}]}", "prod"));
        assertThat(refusal).isInstanceOf(Failure.class).hasMessageContaining("server URL");
        assertThat(refusal.getMessage()).doesNotContain(SECRET);
    }

    @Test
    void aClientKeyThatCannotBeReadIsNotQuoted() {
        for (String key : List.of(SECRET, "-----BEGIN PRIVATE KEY-----\n" + SECRET + "\n-----END PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\n" + SECRET + "\n-----END EC PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n" + SECRET)) {
            for (String given : List.of(base64(key), key)) {
                Throwable refusal = refusal(new Connection("prod", "https://127.0.0.1:1", null, null, base64("cert"), given, null));
                for (Throwable t = refusal; t != null; t = t.getCause()) {
                    assertThat(t.toString()).doesNotContain(SECRET, base64(SECRET), base64(key));
                }
            }
        }
    }

    private static Throwable refusal(Connection connection) {
        return catchThrowable(() -> {
            try (Kube kube = new Kube(connection)) {
                kube.version();
            }
        });
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sees each request. */
    private interface Seen {
        void request(String path, String authorization);
    }

    private static HttpServer server(Seen seen, int code, String location) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.request(exchange.getRequestURI().getPath(), exchange.getRequestHeaders().getFirst("Authorization"));
            if (location != null) {
                exchange.getResponseHeaders().add("Location", location);
            }
            exchange.sendResponseHeaders(code, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
