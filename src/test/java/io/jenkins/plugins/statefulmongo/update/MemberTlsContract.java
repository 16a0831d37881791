package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.LocalPortForward;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.Pem;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Authority;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Issued;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replica sets that speak TLS: the same on the embedded cluster and on a real one. */
public abstract class MemberTlsContract {
    private static final Login ROOT = new Login("shop-mongo", "root", "planted-root-password");
    private static final Object[] AS_ROOT = {"rootCredentialsId", "shop-mongo"};

    @TempDir
    static Path folder;

    private static Authority authority;
    private static Authority other;

    private ReplicaSetBench set;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeAll
    static void found() throws Exception {
        authority = new Authority(folder.resolve("authority.p12"));
        other = new Authority(folder.resolve("other.p12"));
    }

    @BeforeEach
    void openBench() throws Exception {
        set = new ReplicaSetBench(kubeconfig());
    }

    @AfterEach
    void closeBench() throws Exception {
        set.close();
    }

    private String names() {
        return "*.db." + set.bench.namespace() + ".svc.cluster.local";
    }

    private void secret(Authority issuer, Authority trusted, String subject) throws Exception {
        set.bench.kube().create(Kind.SECRET, set.bench.namespace(), Map.of(
                "apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", "shop-tls"), "data", data(issuer.issue(subject), trusted)));
    }

    private static Map<String, Object> data(Issued issued, Authority... trusted) throws Exception {
        return Map.of(
                "tls.crt", encoded(issued.certificate()), "tls.key", encoded(issued.key()), "ca.crt", encoded(certificates(trusted)));
    }

    private static String certificates(Authority... authorities) throws Exception {
        StringBuilder all = new StringBuilder();
        for (Authority one : authorities) {
            all.append(new String(Base64.getDecoder().decode(one.certificate()), StandardCharsets.US_ASCII));
        }
        return all.toString();
    }

    private void renew(Issued issued, Authority... trusted) throws Exception {
        set.bench.kube().patch(Kind.SECRET, set.bench.namespace(), "shop-tls", Map.of("data", data(issued, trusted)));
    }

    /** The certificates that the members show now, as PEM. */
    private Set<String> shown() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        List<X509Certificate> both = Pem.certificates(certificates(authority, other).getBytes(StandardCharsets.US_ASCII));
        context.init(null, new TrustManager[] {Pem.trusting(both)}, null);
        Set<String> shown = new HashSet<>();
        for (PodState pod : set.pods()) {
            try (LocalPortForward forward = set.bench.kube().forward(set.bench.namespace(), pod.name(), 27017);
                    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", forward.getLocalPort())) {
                socket.startHandshake();
                shown.add(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(socket.getSession().getPeerCertificates()[0].getEncoded()));
            }
        }
        return shown;
    }

    private void shows(Issued issued) throws Exception {
        assertThat(shown()).hasSize(1).allSatisfy(one -> assertThat(issued.certificate()).contains(one));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Ended deploy(String image, int replicas, Object... more) throws Exception {
        List<Object> parameters = new ArrayList<>(List.of("image", image, "replicas", replicas, "storage", "1Gi", "tlsSecret", "shop-tls"));
        parameters.addAll(List.of(more));
        return set.deploy(parameters.toArray());
    }

    private static Ended done(Ended ended) {
        assertThat(ended.console()).doesNotContain("planted-").doesNotContain("PRIVATE KEY");
        assertThat(ended.failure()).as(ended.console()).isNull();
        return ended;
    }

    @Test
    void aNewSetSpeaksTlsAloneAndIsUpdated() throws Exception {
        secret(authority, authority, "dns:" + names());
        Ended deployed = done(set.deploy("image", "mongo:4.4.28", "storage", "1Gi", "tlsSecret", "shop-tls"));
        assertThat(deployed.console()).contains("  + StatefulSet db: mongo:4.4.28, 3 members of rs0, 1Gi each, TLS alone\n");
        assertThat((String) deployed.result().get("connectionString")).endsWith("/?replicaSet=rs0&tls=true");
        set.ready(3);
        Ended initiated = done(set.initiate());
        assertThat((String) initiated.result().get("connectionString")).endsWith("/?replicaSet=rs0&tls=true");
        assertThat((List<?>) initiated.result().get("members")).hasSize(3);
        assertThat(done(set.update("image", "mongo:4.4.29")).result()).containsEntry("elections", 1L);
        assertThat(set.deploy("image", "mongo:4.4.29", "storage", "1Gi").failure())
                .startsWith("StatefulSet db: its members run with TLS mode requireTLS, and would with disabled.\n  Give parameter 'tlsSecret' or not, as it is now.");
        assertThat(done(set.deploy("image", "mongo:4.4.29", "storage", "1Gi", "tlsSecret", "shop-tls")).console())
                .endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");
    }

    @Test
    void withAuthenticationTooFromDeploymentToGrowth() throws Exception {
        secret(authority, authority, "dns:" + names());
        set.bench.login(ROOT);
        assertThat(done(deploy("mongo:4.4.28", 3, AS_ROOT)).console()).contains(", with authentication, TLS alone\n");
        done(set.bench.run(scope -> new WaitOrdinals(scope, new Parameters(Map.of()))));
        assertThat(done(set.initiate(AS_ROOT)).console()).contains("  created user 'root' of credential 'shop-mongo', ");
        assertThat(done(set.initiate(AS_ROOT)).result()).containsEntry("changed", false);
        assertThat(done(set.update("image", "mongo:4.4.29", AS_ROOT[0], AS_ROOT[1])).result()).containsEntry("elections", 1L);

        set.bench.login(new Login("shop-mongo", "root", "planted-rotated-password"));
        assertThat(set.initiate(AS_ROOT).failure()).startsWith("user 'root' of credential 'shop-mongo' has another password in the set.\n");
        assertThat(done(set.initiate(AS_ROOT[0], AS_ROOT[1], "rotateRootPassword", true)).console())
                .contains("  gave user 'root' of credential 'shop-mongo' the password of the credential\n");

        done(deploy("mongo:4.4.29", 5, AS_ROOT));
        Ended five = done(set.initiate(AS_ROOT));
        assertThat((List<?>) five.result().get("members")).hasSize(5);
        assertThat(five.result()).containsEntry("changed", false);
    }

    @Test
    void theCertificateMustNameTheMembersThatGrowthAdds() throws Exception {
        String host = "dns:db-%d.db." + set.bench.namespace() + ".svc.cluster.local";
        secret(authority, authority, String.join(",", host.formatted(0), host.formatted(1), host.formatted(2)));
        done(deploy("mongo:4.4.28", 3));
        set.ready(3);
        done(set.initiate());
        assertThat(deploy("mongo:4.4.28", 5).failure())
                .startsWith("parameter 'tlsSecret': Secret shop-tls holds a certificate that does not name db-3.db." + set.bench.namespace()
                        + ".svc.cluster.local, db-4.db.")
                .endsWith(" Nothing was touched.");
        assertThat(Json.number(set.set(), 0, "spec", "replicas")).isEqualTo(3);
    }

    @Test
    void aRenewedCertificateIsRolledOutWithOneElectionAndItsAuthorityInThreeStages() throws Exception {
        secret(authority, authority, "dns:" + names());
        done(deploy("mongo:4.4.28", 3));
        set.ready(3);
        done(set.initiate());
        Issued renewed = authority.issue("dns:" + names());
        renew(renewed, authority);
        Ended rolled = done(deploy("mongo:4.4.28", 3));
        assertThat(rolled.console())
                .contains("  Secret shop-tls holds another certificate, or trusts others: members are replaced one by one to read it\n");
        assertThat(rolled.result()).containsEntry("elections", 1L);
        shows(renewed);
        assertThat(done(deploy("mongo:4.4.28", 3)).console()).endsWith("  nothing to do: 0 created, 0 changed, 3 unchanged\n");

        Issued others = other.issue("dns:" + names());
        renew(others, other);
        String stages = "\n  Members are replaced one by one, and must trust each other meanwhile. Change the authority in three deployments: put the new"
                + " one beside the old one in ca.crt; renew the certificate; take the old one out of ca.crt. Nothing was touched.";
        assertThat(deploy("mongo:4.4.28", 3).failure()).isEqualTo("parameter 'tlsSecret': Secret shop-tls holds a certificate that the members would"
                + " not trust that run: none of the authorities that they know has issued it." + stages);
        renew(renewed, authority, other);
        done(deploy("mongo:4.4.28", 3));
        renew(others, other);
        assertThat(deploy("mongo:4.4.28", 3).failure()).isEqualTo("parameter 'tlsSecret': Secret shop-tls does not trust the members that run: the"
                + " authority that issued their certificate is not in its ca.crt." + stages);
        shows(renewed);
        renew(others, authority, other);
        done(deploy("mongo:4.4.28", 3));
        shows(others);
        renew(others, other);
        assertThat(done(deploy("mongo:4.4.28", 3)).result()).containsEntry("elections", 1L);
        shows(others);
    }

    @Test
    void aCertificateThatMembersCouldNotLiveWithIsRefusedBeforehand() throws Exception {
        Object[] parameters = {"image", "mongo:4.4.28", "tlsSecret", "shop-tls"};
        assertThat(set.deploy(parameters).failure()).startsWith("parameter 'tlsSecret': Secret shop-tls is not there.\n");
        secret(authority, authority, "dns:db.shop.svc.cluster.local");
        assertThat(set.deploy(parameters).failure())
                .startsWith("parameter 'tlsSecret': Secret shop-tls holds a certificate that does not name db-0.db." + set.bench.namespace()
                        + ".svc.cluster.local, db-1.db.")
                .contains("\n  It names db.shop.svc.cluster.local. Members know each other by their stable names: issue it for " + names() + ".");
        assertThat(set.bench.kube().get(Kind.STATEFUL_SET, set.bench.namespace(), "db")).isEmpty();
    }

    @Test
    void aMemberWhoseCertificateNamesAnotherHostIsNotSpokenTo() throws Exception {
        secret(authority, authority, "dns:localhost,ip:127.0.0.1,dns:db-1.db." + set.bench.namespace() + ".svc.cluster.local");
        assertThat(error()).startsWith("db-0 does not answer ").contains(": TLS: ").contains("db-0.db." + set.bench.namespace() + ".svc.cluster.local");
    }

    @Test
    void aMemberOfAnotherAuthorityIsNotSpokenTo() throws Exception {
        secret(other, authority, "dns:" + names());
        assertThat(error()).startsWith("db-0 does not answer ").contains(": TLS: PKIX path ");
    }

    /** What is said of the only member of a set that takes its certificate from the Secret as it is. */
    private String error() throws Exception {
        set.bench.apply("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: 1
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      volumes: [{name: tls, secret: {secretName: shop-tls}}, {name: made, emptyDir: {}}]
                      containers:
                      - name: db
                        image: 'mongo:4.4.28'
                        command: [sh, -c, '(umask 077; { cat /in/tls.crt && echo && cat /in/tls.key; } >/made/mongod.pem) && exec "$@"', sh, mongod, --replSet, rs0,
                          --bind_ip_all, --tlsMode, requireTLS, --tlsCertificateKeyFile, /made/mongod.pem, --tlsCAFile, /in/ca.crt,
                          --tlsAllowConnectionsWithoutCertificates]
                        volumeMounts: [{name: tls, mountPath: /in}, {name: made, mountPath: /made}]
                """);
        set.ready(1);
        List<PodState> pods = set.pods();
        SetState state = SetState.of(set.set(), null);
        try (Members members = new Members(set.bench.kube(), null, "cluster.local")) {
            MemberState[] seen = new MemberState[1];
            set.bench.until("TLS to be tried", () -> {
                seen[0] = members.ask(state, pods).get(0);
                return seen[0].answered() || seen[0].error().contains("TLS");
            });
            return seen[0].error();
        }
    }
}
