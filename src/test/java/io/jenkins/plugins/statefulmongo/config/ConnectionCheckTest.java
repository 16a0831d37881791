package io.jenkins.plugins.statefulmongo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.HttpProxy;
import io.jenkins.plugins.statefulmongo.kube.Right;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.access.AccessDeniedException;

/** What <i>Test connection</i> says, on the embedded cluster. */
class ConnectionCheckTest {
    private final EmbeddedCluster cluster = EmbeddedCluster.start();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aConnectionThatMayDoAllSaysVersionAndLatency() throws Exception {
        FormValidation answer = ConnectionCheck.of(connection());
        assertThat(answer.kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(answer.renderHtml()).containsPattern("Kubernetes 1\\.34\\.4 answers in \\d+ ms\\. All rights that the steps need are there, in namespace default");
        assertThat(cluster.requests()).filteredOn(Request::isMutating).hasSize(Right.ALL.size())
                .allMatch(r -> r.path().equals("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"));
    }

    @Test
    void eachMissingVerbIsNamedWithWhatItIsFor() throws Exception {
        cluster.deny("delete", "pods");
        cluster.deny("*", "pods/eviction");
        cluster.deny("patch", "poddisruptionbudgets");
        cluster.deny("get", "pods/log");
        cluster.deny("create", "namespaces");
        FormValidation answer = ConnectionCheck.of(connection().with(null, null, "shop"));
        assertThat(answer.kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(answer.renderHtml().replace("<br>", "\n"))
                .contains("\nIn namespace shop the steps need also: patch poddisruptionbudgets.policy, delete pods, create pods/eviction.\n")
                .contains("\nOnly to say why a pod does not start, in namespace shop: get pods/log.\n")
                .contains("\nOnly to create and delete namespaces, in the whole cluster: create namespaces.\n")
                .endsWith("docs/production.md has the roles that grant this.")
                .doesNotContain("probeService");
    }

    @Test
    void jenkins15_whatTheStepsDoWithoutIsAWarning() throws Exception {
        cluster.deny("create", "namespaces");
        assertThat(ConnectionCheck.of(connection()).kind).isEqualTo(FormValidation.Kind.WARNING);
    }

    @Test
    void aCredentialThatIsNotAcceptedAndAServerThatIsNotThereAreTold() throws Exception {
        FormValidation wrong = ConnectionCheck.of(new Connection("prod", cluster.url(), null, "s3cr3t", null, null, null));
        assertThat(wrong.kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(wrong.renderHtml()).contains("The API server does not accept the credential of this connection").doesNotContain("s3cr3t");
        FormValidation nobody = ConnectionCheck.of(new Connection("prod", "https://127.0.0.1:1", null, "s3cr3t", null, null, null));
        assertThat(nobody.renderHtml()).contains("cannot reach the API server of prod (https://127.0.0.1:1)").doesNotContain("s3cr3t");
    }

    @Test
    void onlyAnAdministratorTestsAConnection() {
        ClusterConnection.DescriptorImpl form = new ClusterConnection.DescriptorImpl();
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            assertThatThrownBy(() -> form.doTestConnection("prod", cluster.url(), null, "id", null, false, null, null))
                    .isInstanceOf(AccessDeniedException.class);
        }
        assertThat(cluster.requests()).isEmpty();
    }

    @Test
    void jenkins13_aConnectionGoesThroughItsProxy() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] body = "{\"gitVersion\": \"v1.99.0\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        proxy.start();
        String address = "http://127.0.0.1:" + proxy.getAddress().getPort();
        Connection far = new Connection("far", "http://kubernetes.invalid", null, "t", null, null, null);
        try (Kube through = new Kube(far.through(HttpProxy.of(address, null)))) {
            assertThat(through.version()).isEqualTo("1.99.0");
            assertThat(asked).containsExactly("http://kubernetes.invalid/version");
        } finally {
            proxy.stop(0);
        }
        try (Kube direct = new Kube(connection().through(HttpProxy.of(address, "127.0.0.0/8")))) {
            assertThat(direct.version()).isEqualTo("1.34.4");
        }
        assertThat(connection().through(HttpProxy.of(address, null))).isNotEqualTo(connection());
    }

    private Connection connection() throws Exception {
        return Kubeconfig.read(cluster.kubeconfig(), "prod");
    }
}
