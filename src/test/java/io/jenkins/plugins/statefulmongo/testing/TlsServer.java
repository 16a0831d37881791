package io.jenkins.plugins.statefulmongo.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An API server that tells its version over TLS, with a certificate of an authority of its own. */
public final class TlsServer implements AutoCloseable {
    private static final char[] PASSWORD = "of the test".toCharArray();

    private final HttpsServer server;
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private TlsServer(KeyStore store) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::answer);
        server.start();
    }

    /** A certificate and its key, both as PEM. */
    public record Issued(String certificate, String key) {}

    /** Signs the certificates of servers. */
    public static final class Authority {
        private final Path file;

        /** @param file where it keeps its keys; a file that is not there yet */
        public Authority(Path file) throws IOException {
            this.file = file;
            generate(file, "authority", "-ext", "bc=ca:true");
        }

        /** Its certificate, as base64 of the PEM text. */
        public String certificate() throws IOException, GeneralSecurityException {
            byte[] der = open().getCertificate("authority").getEncoded();
            return Base64.getEncoder().encodeToString(pem("CERTIFICATE", der).getBytes(StandardCharsets.US_ASCII));
        }

        /**
         * A server with a certificate of its own.
         *
         * @param subject as keytool writes whom a certificate is for: {@code ip:127.0.0.1}
         * @param options more of keytool's, such as {@code -startdate -2d -validity 1}
         */
        public TlsServer serve(String subject, String... options) throws IOException, GeneralSecurityException {
            String alias = server("authority", subject, options);
            KeyStore store = open();
            for (String other : Collections.list(store.aliases())) {
                if (!other.equals(alias)) {
                    store.deleteEntry(other); // else its key might serve as the server's
                }
            }
            return new TlsServer(store);
        }

        /**
         * A certificate and its key, as PEM, for others to serve with.
         *
         * @param subject as keytool writes it: {@code dns:*.db.shop.svc.cluster.local}
         */
        public Issued issue(String subject, String... options) throws IOException, GeneralSecurityException {
            return signed("authority", subject, options);
        }

        /** The same by an authority between the two, whose certificate follows in the same text. */
        public Issued issueThroughAnother(String subject) throws IOException, GeneralSecurityException {
            String between = "between" + open().size();
            generate(file, between, "-signer", "authority", "-ext", "bc=ca:true");
            Issued issued = signed(between, subject);
            return new Issued(issued.certificate() + pem("CERTIFICATE", open().getCertificate(between).getEncoded()), issued.key());
        }

        private Issued signed(String signer, String subject, String... options) throws IOException, GeneralSecurityException {
            String alias = server(signer, subject, options);
            KeyStore store = open();
            return new Issued(
                    pem("CERTIFICATE", store.getCertificate(alias).getEncoded()), pem("PRIVATE KEY", store.getKey(alias, PASSWORD).getEncoded()));
        }

        /** The alias under which the new certificate is kept. */
        private String server(String signer, String subject, String... options) throws IOException, GeneralSecurityException {
            List<String> all = new ArrayList<>(List.of("-signer", signer, "-ext", "san=" + subject));
            all.addAll(List.of(options));
            String alias = "server" + open().size();
            generate(file, alias, all.toArray(String[]::new));
            return alias;
        }

        private static String pem(String type, byte[] der) {
            return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
        }

        private KeyStore open() throws IOException, GeneralSecurityException {
            return KeyStore.getInstance(file.toFile(), PASSWORD);
        }
    }

    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The credential of each request that arrived. */
    public List<String> authorizations() {
        return authorizations;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        byte[] body = "{\"gitVersion\": \"v1.99.0\"}".getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void generate(Path file, String alias, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keystore", file.toString(),
                "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keyalg", "EC", "-dname", "CN=" + alias, "-alias", alias));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
