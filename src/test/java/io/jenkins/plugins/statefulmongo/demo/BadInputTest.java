package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user gets wrong in a Jenkinsfile, and what the build's console answers: cause and remedy, and nothing was changed. */
class BadInputTest {
    private static EmbeddedCluster cluster;

    /** One cluster for all: namespace {@code deployed} holds an initiated set, {@code broken} sets that cannot work. */
    @BeforeAll
    static void deploy() throws Exception {
        cluster = EmbeddedCluster.start();
        Build build = run("""
                deployStatefulMongo namespace: 'deployed', image: 'mongo:6.0.13'
                waitOrdinals namespace: 'deployed'
                initReplicaSet namespace: 'deployed'
                deployStatefulMongo namespace: 'missing-image', image: 'mongo:missing-7.0', version: '7.0.1', replicas: 1
                """);
        assertThat(build.successful()).as(build.log()).isTrue();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String manifest(String from, String to) {
        try (InputStream in = BadInputTest.class.getResourceAsStream("/manifests/go-demo-3.yml")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("namespace: NAMESPACE", "namespace: fresh");
            assertThat(text).contains(from);
            return "deployStatefulMongo namespace: 'fresh', manifest: '''" + text.replace(from, to) + "'''";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:7.0.14', replicas: 0",
                        "deployStatefulMongo fresh/db: parameter 'replicas' must be from 1 to 50, but is 0."),
                row("deployStatefulMongo namespace: 'fresh'",
                        "parameter 'image' is missing: give it, for example image: 'mongo:"),
                row("deployStatefulMongo namespace: 'Fresh', image: 'mongo:7.0.14'",
                        "parameter 'namespace' must consist of at most 63 lower-case letters"),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:7.0.14', storage: 'much'",
                        "parameter 'storage' must be a quantity greater than zero such as 2Gi or 500m, but is 'much'."),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:3.6'", "mongo:3.6 is refused: these steps handle MongoDB 4.2 and later"),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:latest'", "version: '"),
                row("deployStatefulMongo namespace: 'fresh', imge: 'mongo:7.0.14'", "imge"),
                row(manifest("kind: StatefulSet", "kind: Deployment"), "exactly one StatefulSet, the database, but holds none"),
                row(manifest("kind: Deployment", "kind: StatefulSet"), "exactly one StatefulSet, the database, but holds 2"),
                row(manifest("  replicas: 3", "  replicas: 3\n replicas: 4"), "the manifest is no valid YAML at line "),
                row(manifest("        - rs0\n", "        - rs0\n        - --smallfiles\n"), "--smallfiles", "4.2"),
                row(manifest("        - \"--bind_ip_all\"\n", ""), "--bind_ip_all"),
                row("deployStatefulMongo namespace: 'deployed', image: 'mongo:6.0.13', replicas: 2",
                        "StatefulSet db runs 3 members, and 2 are wanted.", "Nothing was touched."),
                row("deployStatefulMongo namespace: 'deployed', image: 'mongo:6.0.13', replicaSet: 'rs1'",
                        "its members run with --replSet rs0, and would with rs1.", "Give replicaSet: 'rs0'", "Nothing was touched."),
                row("waitOrdinals namespace: 'nowhere'",
                        "waitOrdinals nowhere/db: there is no namespace nowhere on embedded.\n  Check the parameters 'namespace' and 'cluster'"),
                row("waitOrdinals namespace: 'deployed', name: 'shop'",
                        "there is no StatefulSet shop in namespace deployed.\n  It has: db.\n  Check the parameters 'namespace', 'name' and 'cluster'"),
                row("waitOrdinals namespace: 'missing-image'",
                        "waitOrdinals missing-image/db: db-0 cannot start: the image mongo:missing-7.0 of container db does not exist."),
                row("initReplicaSet namespace: 'nowhere'", "there is no namespace nowhere on embedded."),
                row("initReplicaSet namespace: 'deployed', replicaSet: 'rs1'",
                        "parameter 'replicaSet' is 'rs1', but mongod of StatefulSet db runs with --replSet rs0."),
                row("initReplicaSet namespace: 'deployed', container: 'mongo'",
                        "parameter 'container' names 'mongo', but StatefulSet db has no such container.\n  It has: db."),
                row("rollingImageUpdate namespace: 'deployed', image: 'mongo:5.0.31'",
                        "going from MongoDB 6.0.13 (db-0) down to 5.0.31 is not possible."),
                row("rollingImageUpdate namespace: 'deployed', image: 'mongo:8.0.4'",
                        "going from MongoDB 6.0.13 (db-0) to 8.0.4 skips a release.", "Update to the newest 7.0 first"),
                row("rollingImageUpdate namespace: 'deployed', image: 'mongo 7'",
                        "parameter 'image' must be the name of an image such as mongo:7.0.16, but is 'mongo 7'."),
                row("rollingImageUpdate namespace: 'deployed', name: 'api', kind: 'Deployment', image: 'a:1'",
                        "there is no Deployment api in namespace deployed.\n  It has none at all."),
                row("rollingImageUpdate namespace: 'deployed', kind: 'DaemonSet', image: 'a:1'",
                        "parameter 'kind' must be one of StatefulSet, Deployment, but is 'DaemonSet'."),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:7.0.14', rootCredentialsId: 'nobodys'",
                        "deployStatefulMongo fresh/db: parameter 'rootCredentialsId' names the credential 'nobodys', and this build finds no user name"
                                + " with password of that id.", "Add one in Manage Jenkins, Credentials, or in the credentials of the job's folder."),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: '../../secrets'", "names the credential '../../secrets', and this build finds no"),
                row("rollingImageUpdate namespace: 'deployed', image: 'mongo:6.0.20', rootCredentialsId: 'Root User'", "names the credential 'Root User', and"),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: 5", "rootCredentialsId"),
                row("deployStatefulMongo namespace: 'deployed', image: 'mongo:6.0.13', rootCredentialsId: 'known'",
                        "StatefulSet db: its members run without authentication, and would ask for it (--keyFile).", "Nothing was touched."),
                row("rollingImageUpdate namespace: 'deployed', image: 'mongo:6.0.20', rootCredentialsId: 'known'",
                        "no member takes user 'root' of credential 'known'.", "mongod of StatefulSet db has no --keyFile from a Secret."),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:7.0.14', tlsSecret: 'shop-tls'",
                        "deployStatefulMongo fresh/db: parameter 'tlsSecret': Secret shop-tls is not there.", "Nothing was touched."),
                row("deployStatefulMongo namespace: 'deployed', name: 'other', image: 'mongo:7.0.14', tlsSecret: 'shop-tls'", "Secret shop-tls is not there."),
                row("deployStatefulMongo namespace: 'fresh', image: 'mongo:7.0.14', tlsSecret: 'Shop TLS'", "parameter 'tlsSecret' must consist of lower-case letters"),
                row("deployStatefulMongo namespace: 'fresh', tlsSecret: 'shop-tls', manifest: 'kind: Service'",
                        "parameter 'tlsSecret' cannot be given together with manifest."),
                row("deployStatefulMongo namespace: 'deployed', image: 'mongo:6.0.13', tlsSecret: 'shop-tls'",
                        "its members run with TLS mode disabled, and would with requireTLS.", "Nothing was touched."),
                row("initReplicaSet namespace: 'deployed', rotateRootPassword: true",
                        "parameter 'rotateRootPassword' needs parameter 'rootCredentialsId', whose password is to be the new one."),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: 'known', rotateRootPassword: 'yes'",
                        "parameter 'rotateRootPassword' must be true or false, but is 'yes'."),
                row("initReplicaSet namespace: 'deployed', users: 'app: {database: shop, roles: read}'",
                        "parameter 'users' needs parameter 'rootCredentialsId', the user who creates the others."),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: 'known', users: 'nobodys: {database: shop, roles: read}'",
                        "initReplicaSet deployed/db: parameter 'users' names the credential 'nobodys', and this build finds no user name with password of that id."),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: 'known', users: 'known: {database: admin, roles: root}'",
                        "parameter 'users' has for credential 'known' the user and the database of parameter 'rootCredentialsId'."),
                row("initReplicaSet namespace: 'deployed', rootCredentialsId: 'known', users: 'known: {database: shop, roles: [a, b c]}'",
                        "parameter 'users' has for credential 'known' the role 'b c', which is none."),
                row("probeService namespace: 'deployed', service: 'api', path: 'demo'", "'path'"),
                row("probeService namespace: 'deployed', service: 'api', path: '/100%'", "parameter 'path' holds a '%' without two hexadecimal digits"),
                row("probeService namespace: 'deployed', service: 'api', path: '/a|b'", "parameter 'path' holds a '%' without", "a character that no URL has"),
                row("probeService namespace: 'deployed', service: 'api', path: '/../../../secrets'", "parameter 'path' must not hold the segments '.' or '..'"),
                row("probeService namespace: 'deployed', service: 'api', path: '/x/%2E%2e/%2e./secrets?a'", "parameter 'path' must not hold the segments"),
                row("initReplicaSet namespace: 'deployed', clusterDomain: 'a.' * 5000 + 'b'", "parameter 'clusterDomain' must be a DNS domain"),
                row("applyManifest namespace: 'deployed', manifest: ' '", "is missing: give it, for example manifest: readFile('app.yml')."),
                row("applyManifest namespace: 'deployed', manifest: 'a: ['", "no valid YAML at line 1"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isRefusedWithCauseAndRemedyAndNothingIsChanged(String script, String[] message) throws Exception {
        long before = mutations();
        Build build = run(script);
        assertThat(build.result()).isEqualTo("FAILURE");
        assertThat(build.error().getMessage()).contains(message);
        assertThat(mutations()).as("mutating calls").isEqualTo(before);
    }

    @Test
    void aClusterThatDoesNotAnswerFailsWithinSeconds() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Connection nobody = new Connection("prod", "http://127.0.0.1:" + port, null, "t", null, null, null);
        long begun = System.nanoTime();
        Build build = new Pipeline(nobody).run("deployStatefulMongo namespace: 'n', image: 'mongo:7.0.14'");
        assertThat(build.error().getMessage())
                .startsWith("deployStatefulMongo n/db: cannot reach the API server of prod (http://127.0.0.1:" + port + "): ")
                .contains("No call got through for ");
        assertThat(System.nanoTime() - begun).isLessThan(30_000_000_000L);
    }

    @Test
    void aMissingPermissionIsNamed() throws Exception {
        try (EmbeddedCluster strict = EmbeddedCluster.start()) {
            strict.deny("patch", "statefulsets");
            Build build = new Pipeline(Kubeconfig.read(strict.kubeconfig(), "prod"))
                    .run("deployStatefulMongo namespace: 'n', image: 'mongo:7.0.14'");
            assertThat(build.error().getMessage())
                    .contains("cannot patch resource \"statefulsets\"", "docs/production.md has the Role that is enough");
            assertThat(strict.requests())
                    .as("the namespace that the step had created is gone again")
                    .anyMatch(r -> r.verb().equals("delete") && r.path().endsWith("/namespaces/n"));
        }
    }

    private static Build run(String script) throws Exception {
        return new Pipeline(Kubeconfig.read(cluster.kubeconfig(), "embedded")).credential("known", "root", "s3cret").run(script);
    }

    /** Those that were carried out; a dry run stores nothing. */
    private static long mutations() {
        List<Request> all = cluster.requests();
        return all.stream()
                .filter(r -> r.isMutating() && !r.path().contains("dryRun=All") && r.code() < 300)
                .filter(r -> !r.path().contains("portforward"))
                .count();
    }

    private static Arguments row(String script, String... message) {
        return arguments(script, message);
    }
}
