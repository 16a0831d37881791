package io.jenkins.plugins.statefulmongo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.util.Secret;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.HttpProxy;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what an administrator configures to a connection. */
class ConnectionsTest {
    private static final String SECRET = "s3cr3t-t0k3n";
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            current-context: here
            contexts: [{name: here, context: {cluster: c, user: u, namespace: shop}}]
            clusters: [{name: c, cluster: {server: 'https://k8s:6443', certificate-authority-data: Q0E=}}]
            users: [{name: u, user: %s}]
            """;

    @Test
    void theNamedConnectionIsUsedElseTheDefaultElseTheFirst() throws Failure {
        List<ClusterConnection> all = List.of(new ClusterConnection("test"), new ClusterConnection("prod"));
        assertThat(StatefulMongoConfiguration.choose(all, "prod", null, "job").getName()).isEqualTo("prod");
        assertThat(StatefulMongoConfiguration.choose(all, null, new Defaults.Found("prod", null), "job").getName()).isEqualTo("prod");
        assertThat(StatefulMongoConfiguration.choose(all, null, null, "job").getName()).isEqualTo("test");
    }

    @Test
    void aConnectionThatDoesNotExistIsRefusedByName() {
        List<ClusterConnection> all = List.of(new ClusterConnection("test"), new ClusterConnection("prod"));
        assertThatThrownBy(() -> StatefulMongoConfiguration.choose(all, "prd", null, "job"))
                .hasMessage("parameter 'cluster' is 'prd', which is no configured connection.\n  Configured are: test, prod.");
        assertThatThrownBy(() -> StatefulMongoConfiguration.choose(all, null, new Defaults.Found("old", null), "job"))
                .hasMessageStartingWith("the default cluster 'old' is no configured connection.\n  Configured are: test, prod.");
        assertThatThrownBy(() -> StatefulMongoConfiguration.choose(List.of(), null, null, "job"))
                .hasMessageStartingWith("no connection to a cluster is configured.\n  Add one in Manage Jenkins, System, Stateful Mongo");
    }

    @Test
    void jenkins12_aConnectionThatIsRestrictedToFoldersRefusesJobsOutside() throws Failure {
        ClusterConnection prod = new ClusterConnection("prod");
        prod.setFolders("team/shop\n /ops/ ");
        ClusterConnection test = new ClusterConnection("test");
        List<ClusterConnection> all = List.of(prod, test);
        for (String inside : new String[] {"team/shop/deploy", "team/shop/app/main", "ops/night"}) {
            assertThat(StatefulMongoConfiguration.choose(all, "prod", null, inside)).isSameAs(prod);
            assertThat(StatefulMongoConfiguration.choose(all, null, null, inside)).isSameAs(prod);
        }
        for (String outside : new String[] {"deploy", "team/shopping/deploy", "team/deploy", "ops", "x/ops/night", "Ops/night", "team/shop"}) {
            assertThatThrownBy(() -> StatefulMongoConfiguration.choose(all, "prod", null, outside))
                    .hasMessage("connection prod is not for job " + outside
                            + ": an administrator has restricted it to the jobs of certain folders.\n"
                            + "  For this job there is: test.\n"
                            + "  Move the job, or let an administrator add its folder in Manage Jenkins, System, Stateful Mongo.");
            assertThatThrownBy(() -> StatefulMongoConfiguration.choose(all, null, new Defaults.Found("prod", null), outside))
                    .hasMessageStartingWith("connection prod is not for job " + outside);
            assertThat(StatefulMongoConfiguration.choose(all, null, null, outside)).isSameAs(test);
            assertThatThrownBy(() -> StatefulMongoConfiguration.choose(all, "prd", null, outside))
                    .hasMessage("parameter 'cluster' is 'prd', which is no configured connection.\n  Configured are: test.");
        }
        assertThatThrownBy(() -> StatefulMongoConfiguration.choose(List.of(prod), null, null, null))
                .hasMessageStartingWith("no connection is for a build without a job: an administrator has restricted it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void aCertificateWithItsKeyIsAClientCertificate(String algorithm, @TempDir Path folder) throws Exception {
        KeyStore store = keyStore(algorithm, folder.resolve("client.p12"));
        Connection read = new CredentialReader(settings("https://k8s:6443"))
                .read(credential(StandardCertificateCredentials.class, Map.of("getKeyStore", store, "getPassword", Secret.fromString(SECRET))));
        ClientCertificate client = ClientCertificate.of(
                credential(StandardCertificateCredentials.class, Map.of("getKeyStore", store, "getPassword", Secret.fromString(SECRET))), "prod");
        assertThat(read).isEqualTo(new Connection(
                "prod", "https://k8s:6443", null, null, client.certificate(), client.key(), null));
        assertThat(new String(Base64.getDecoder().decode(client.certificate()), StandardCharsets.US_ASCII))
                .startsWith("-----BEGIN CERTIFICATE-----\n").endsWith("\n-----END CERTIFICATE-----\n");
        // The client takes certificate and key together, whatever its kind of key.
        new Kube(read).close();
    }

    @Test
    void aCertificateThatCannotBeOpenedSaysSo(@TempDir Path folder) throws Exception {
        KeyStore store = keyStore("EC", folder.resolve("client.p12"));
        assertThatThrownBy(() -> ClientCertificate.of(
                        credential(StandardCertificateCredentials.class, Map.of("getKeyStore", store, "getPassword", Secret.fromString("wrong"))), "prod"))
                .hasMessageStartingWith("the certificate credential of connection prod cannot be opened.");
        KeyStore empty = KeyStore.getInstance("PKCS12");
        Map<String, Object> unloaded = Map.of("getKeyStore", empty, "getPassword", Secret.fromString(SECRET));
        assertThatThrownBy(() -> ClientCertificate.of(credential(StandardCertificateCredentials.class, unloaded), "prod"))
                .hasMessageStartingWith("the certificate credential of connection prod cannot be opened.");
        empty.load(null, null);
        assertThatThrownBy(() -> ClientCertificate.of(credential(StandardCertificateCredentials.class, unloaded), "prod"))
                .hasMessage("the certificate credential of connection prod holds no key with its certificate.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://p:1", "p:3128", "http://p", "http://u:s3cr3t-t0k3n@p:1", "http://p:1/x", "http://p:1?x", "socks5://p:1", "http:// :1"})
    void jenkins13_aProxyThatCannotBeUsedIsRefused(String proxy) {
        assertThatThrownBy(() -> HttpProxy.of(proxy, null))
                .hasMessageStartingWith("the proxy must be of the form http://host:port.")
                .message().doesNotContain(SECRET);
    }

    @Test
    void jenkins13_hostsWithoutProxyAreSeparatedByCommas() throws Failure {
        assertThat(HttpProxy.of("http://p:3128", " .example.com,10.0.0.0/8  fd00::1 ").direct())
                .containsExactly(".example.com", "10.0.0.0/8", "fd00::1");
        assertThatThrownBy(() -> HttpProxy.of("http://p:3128", "*.example.com"))
                .hasMessageStartingWith("'*.example.com' is no host, IP address or subnet to be reached without the proxy.");
        assertThat(HttpProxy.of(null, "x")).isNull();
    }

    @Test
    void aSecretTextIsABearerToken() throws Failure {
        ClusterConnection settings = settings("https://k8s:6443");
        settings.setNamespace(" shop ");
        settings.setCaCertificate("-----BEGIN CERTIFICATE-----");
        assertThat(new CredentialReader(settings).read(token()))
                .isEqualTo(new Connection(
                        "prod", "https://k8s:6443", base64("-----BEGIN CERTIFICATE-----"), SECRET, null, null, "shop"))
                .returns("shop", Connection::namespace);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://k8s:6443", "k8s:6443", "https://k8s 6443", "https://u:p@k8s:6443", "https://k8s?t=x", "https:///x"})
    void aTokenIsOnlySentToHttps(String url) {
        assertThatThrownBy(() -> new CredentialReader(settings(url)).read(token()))
                .hasMessage("connection prod needs the API server's URL, beginning with https://, without user, query and fragment.\n"
                        + "  Set it in Manage Jenkins, System, Stateful Mongo. `kubectl cluster-info` prints it.");
    }

    @Test
    void aSecretFileIsAKubeconfigWhoseNamespaceTheFormMayReplace() throws Failure {
        ClusterConnection settings = settings(null);
        Connection read = new CredentialReader(settings).read(file(KUBECONFIG.formatted("{token: " + SECRET + "}")));
        assertThat(read).isEqualTo(new Connection("prod", "https://k8s:6443", "Q0E=", SECRET, null, null, "shop"));
        settings.setNamespace("other");
        assertThat(new CredentialReader(settings).read(file(KUBECONFIG.formatted("{token: " + SECRET + "}"))).namespace())
                .isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/touch, args: [/tmp/owned]}}",
        "{auth-provider: {name: gcp}}",
        "{tokenFile: /etc/passwd}",
        "{client-certificate: /etc/passwd}",
        "{username: admin, password: s3cr3t-t0k3n}"
    })
    void jenkins12_aKubeconfigThatRunsOrReadsSomethingIsRefused(String user) {
        assertThatThrownBy(() -> new CredentialReader(settings(null)).read(file(KUBECONFIG.formatted(user))))
                .hasMessageContaining("the kubeconfig of prod uses '")
                .hasMessageContaining("which is refused")
                .message().doesNotContain(SECRET);
    }

    @Test
    void otherCredentialsAreRefused() {
        assertThatThrownBy(() -> new CredentialReader(settings("https://k8s")).read(credential(StandardCredentials.class, Map.of())))
                .hasMessageContaining("API servers take no user names and passwords since Kubernetes 1.19.")
                .hasMessageStartingWith("the credential of connection prod is neither a secret text nor a secret file nor a certificate.\n");
        assertThatThrownBy(() -> CredentialReader.find("prod", null, null))
                .hasMessageStartingWith("connection prod names no credential.");
        assertThatThrownBy(() -> new CredentialReader(settings(null)).read(file("x".repeat(1024 * 1024 + 1))))
                .hasMessageStartingWith("the secret file of connection prod is over 1 MiB");
    }

    @Test
    void noSecretIsInAConnectionsText() throws Failure {
        assertThat(new CredentialReader(settings("https://k8s")).read(token()).toString()).isEqualTo("prod (https://k8s)");
    }

    @Test
    void jenkins12_theServiceAccountOfThePodIsUsedWhereItIsThere(@TempDir Path folder) throws Exception {
        Map<String, String> pod = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "6443");
        assertThatThrownBy(() -> new ServiceAccount(folder, pod).connection("here", null))
                .hasMessageStartingWith("connection here uses the controller's own service account, but this Jenkins does not run in a pod");
        Files.writeString(folder.resolve("token"), SECRET + "\n");
        Files.writeString(folder.resolve("ca.crt"), "CA");
        Files.writeString(folder.resolve("namespace"), "jenkins\n");
        Connection own = new ServiceAccount(folder, pod).connection("here", null);
        assertThat(own).isEqualTo(new Connection("here", "https://10.0.0.1:6443", base64("CA"), SECRET, null, null, null));
        assertThat(own.namespace()).isEqualTo("jenkins");
        assertThat(new ServiceAccount(folder, pod).connection("here", "shop").namespace()).isEqualTo("shop");
        assertThatThrownBy(() -> new ServiceAccount(folder, Map.of()).connection("here", null)).isInstanceOf(Failure.class);
        Map<String, String> six = Map.of("KUBERNETES_SERVICE_HOST", "fd00::1");
        assertThat(new ServiceAccount(folder, six).connection("here", null).server()).isEqualTo("https://[fd00::1]:443");
    }

    @Test
    void jenkins18_blankIsNotGiven() {
        ClusterConnection settings = settings(" ");
        assertThat(settings.getServerUrl()).isNull();
        settings.setCredentialsId("");
        assertThat(settings.getCredentialsId()).isNull();
    }

    private static KeyStore keyStore(String algorithm, Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keystore", file.toString(),
                        "-storetype", "PKCS12", "-storepass", SECRET, "-keyalg", algorithm, "-dname", "CN=jenkins", "-alias", "client")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isZero();
        return KeyStore.getInstance(file.toFile(), SECRET.toCharArray());
    }

    private static ClusterConnection settings(String url) {
        ClusterConnection settings = new ClusterConnection("prod");
        settings.setServerUrl(url);
        return settings;
    }

    private static StandardCredentials token() {
        return credential(StringCredentials.class, Map.of("getSecret", Secret.fromString(SECRET)));
    }

    private static StandardCredentials file(String text) {
        return credential(
                FileCredentials.class, Map.of("getContent", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static <T> T credential(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answers.get(method.getName())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
