package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Authority;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Issued;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replica sets that speak TLS: the same on the embedded cluster and on a real one. */
public abstract class MemberTlsContract {
    private static final Login ROOT = new Login("shop-mongo", "root", "planted-root-password");

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

    private void secret(Authority issuer, Authority trusted, String subject, String... options) throws Exception {
        Issued issued = issuer.issue(subject, options);
        set.bench.kube().create(Kind.SECRET, set.bench.namespace(), Map.of(
                "apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", "shop-tls"),
                "data", Map.of("tls.crt", encoded(issued.certificate()), "tls.key", encoded(issued.key()), "ca.crt", trusted.certificate())));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Ended done(Ended ended) {
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
    void withAuthenticationToo() throws Exception {
        secret(authority, authority, "dns:" + names());
        set.bench.login(ROOT);
        Object[] parameters = {"image", "mongo:4.4.28", "storage", "1Gi", "tlsSecret", "shop-tls", "rootCredentialsId", "shop-mongo"};
        assertThat(done(set.deploy(parameters)).console()).contains(", with authentication, TLS alone\n");
        set.ready(3);
        assertThat(done(set.initiate("rootCredentialsId", "shop-mongo")).console()).contains("  created user 'root' of credential 'shop-mongo', ");
        assertThat(done(set.initiate("rootCredentialsId", "shop-mongo")).result()).containsEntry("changed", false);
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
                        command: [sh, -c, '(umask 077; cat /in/tls.crt /in/tls.key >/made/mongod.pem) && exec "$@"', sh, mongod, --replSet, rs0,
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
