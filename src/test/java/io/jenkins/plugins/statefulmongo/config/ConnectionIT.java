package io.jenkins.plugins.statefulmongo.config;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.HttpProxy;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** <i>Test connection</i> on a real API server, directly and through a proxy. */
class ConnectionIT {

    @Test
    void theAdministratorOfTheClusterHasAllRights() throws Exception {
        FormValidation answer = ConnectionCheck.of(connection());
        assertThat(answer.kind).as(answer.renderHtml()).isEqualTo(FormValidation.Kind.OK);
        assertThat(answer.renderHtml()).containsPattern("Kubernetes \\d+\\.\\d+\\.\\d+ answers in \\d+ ms\\.");
    }

    @Test
    void jenkins13_anApiServerWithTlsIsReachedByATunnelThroughTheProxy() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            thread(() -> {
                while (true) {
                    Socket client = proxy.accept();
                    thread(() -> tunnel(client, asked));
                }
            });
            Connection through = connection().through(HttpProxy.of("http://127.0.0.1:" + proxy.getLocalPort(), null));
            FormValidation answer = ConnectionCheck.of(through);
            assertThat(answer.kind).as(answer.renderHtml()).isEqualTo(FormValidation.Kind.OK);
        }
        assertThat(asked).isNotEmpty().allMatch(line -> line.startsWith("CONNECT "));
    }

    private static Connection connection() throws Exception {
        return Kubeconfig.read(Files.readString(Path.of(System.getenv("KUBECONFIG"))), "real");
    }

    private static void tunnel(Socket client, List<String> asked) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        String line = head.substring(0, head.indexOf("\r\n"));
        asked.add(line);
        String[] target = line.split(" ")[1].split(":");
        Socket server = new Socket(target[0], Integer.parseInt(target[1]));
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        thread(() -> copy(server, client));
        copy(client, server);
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from; to; OutputStream out = to.getOutputStream()) {
            from.getInputStream().transferTo(out);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of both sides is gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
