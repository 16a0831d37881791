package io.jenkins.plugins.statefulmongo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.client.Config;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigTest {
    @Test
    void theCurrentContextsServerAndIdentity() throws Failure {
        Connection connection = read("{server: 'https://k8s.example', certificate-authority-data: Y2E=}", "{token: secret}");
        assertThat(connection.server()).isEqualTo("https://k8s.example");
        assertThat(connection.namespace()).isEqualTo("go-demo-3");
        Config config = connection.config();
        assertThat(config.getOauthToken()).isEqualTo("secret");
        assertThat(config.getCaCertData()).isEqualTo("Y2E=");
        assertThat(connection).hasToString("prod (https://k8s.example)");
    }

    @Test
    void jenkins12_kubeconfigWithExecIsRefusedAndItsProgramDoesNotRun(@TempDir Path dir) {
        Path trace = dir.resolve("ran");
        assertThat(refusal("{server: 'https://k8s.example'}", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ['" + trace + "']}}"))
                .isEqualTo("the kubeconfig of prod uses 'exec', which is refused.\n"
                        + "  It would run a program, read a file of the controller, send a password or skip the check of the server's certificate.\n"
                        + "  Use a service account's token or inline client-certificate-data, with certificate-authority-data.");
        assertThat(Files.exists(trace)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth-provider: {name: gcp}", "tokenFile: /var/run/secrets/token", "client-certificate: /etc/passwd",
        "client-key: /etc/passwd", "username: admin", "password: secret"})
    void jenkins12_identitiesThatRunProgramsReadFilesOrSendPasswordsAreRefused(String user) {
        assertThat(refusal("{server: 'https://k8s.example'}", "{" + user + "}"))
                .startsWith("the kubeconfig of prod uses '" + user.substring(0, user.indexOf(':')) + "', which is refused.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"certificate-authority: /etc/passwd", "insecure-skip-tls-verify: true"})
    void jenkins12_serversThatAreTrustedBlindlyAreRefused(String cluster) {
        assertThat(refusal("{server: 'https://k8s.example', " + cluster + "}", "{token: t}"))
                .startsWith("the kubeconfig of prod uses '" + cluster.substring(0, cluster.indexOf(':')) + "', which is refused.");
    }

    @Test
    void jenkins12_aConnectionStartsFromAnEmptyConfiguration() throws Failure {
        Config config = read("{server: 'https://k8s.example'}", "{}").config();
        assertThat(config.getOauthToken()).isNull();
        assertThat(config.getClientCertFile()).isNull();
        assertThat(config.getCaCertFile()).isNull();
        assertThat(config.getNamespace()).as("not this machine's").isNull();
        assertThat(config.getRequestRetryBackoffLimit()).as("no retries behind our back").isZero();
    }

    @Test
    void anIncompleteKubeconfigIsRefusedWithARemedy() {
        assertThat(catchThrowableOfType(Failure.class, () -> Kubeconfig.read("{current-context: a, contexts: []}", "prod")))
                .hasMessage("the kubeconfig of prod has no entry 'a' in its contexts.\n"
                        + "  Set current-context to one of its contexts: `kubectl config view --minify --flatten` prints a complete one.");
        assertThat(refusal("{server: 'ftp://k8s.example'}", "{}")).isEqualTo("the kubeconfig of prod names no server URL in its current context.");
    }

    @Test
    void jenkins13_connectionsAreEqualOnlyForTheSameNameServerAndIdentity() throws Failure {
        Connection one = read("{server: 'https://k8s.example'}", "{token: a}");
        assertThat(one).isEqualTo(one.named("prod")).hasSameHashCodeAs(one.named("prod"));
        assertThat(one).isNotEqualTo(one.named("other"));
        assertThat(one).isNotEqualTo(read("{server: 'https://k8s.example'}", "{token: b}"));
        assertThat(one).isNotEqualTo(read("{server: 'https://other.example'}", "{token: a}"));
    }

    private static String refusal(String cluster, String user) {
        return catchThrowableOfType(Failure.class, () -> read(cluster, user)).getMessage();
    }

    private static Connection read(String cluster, String user) throws Failure {
        return Kubeconfig.read("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u, namespace: go-demo-3}}]\n"
                + "clusters: [{name: k, cluster: " + cluster + "}]\nusers: [{name: u, user: " + user + "}]\n", "prod");
    }
}
