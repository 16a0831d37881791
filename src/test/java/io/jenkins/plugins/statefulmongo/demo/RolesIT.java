package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.statefulmongo.demo.RolesTest.Granted;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The documented Role on the cluster of KUBECONFIG, whose API server enforces it: a release's whole life with nothing but that. */
class RolesIT {
    private static final String LIFE = """
            deployStatefulMongo namespace: 'N', image: 'mongo:7.0.14'
            waitOrdinals namespace: 'N'
            initReplicaSet namespace: 'N'
            applyManifest namespace: 'N', name: 'app', keepImages: true, manifest: '''
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: api}
            spec:
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec:
                  containers:
                    - {name: api, image: 'vfarcic/go-demo-3:latest', env: [{name: DB, value: db}], ports: [{containerPort: 8080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: api}
            spec: {selector: {app: api}, ports: [{port: 8080}]}
            '''
            probeService namespace: 'N', service: 'api', path: '/demo/hello', withinSeconds: 60
            probeService namespace: 'N', service: 'api', method: 'PUT', path: '/demo/person?name=ada'
            rollingImageUpdate namespace: 'N', image: 'mongo:7.0.16'
            rollingImageUpdate namespace: 'N', kind: 'Deployment', name: 'api', image: 'vfarcic/go-demo-3:1.0'
            deployStatefulMongo namespace: 'N', name: 'app', absent: true
            deployStatefulMongo namespace: 'N', absent: true, volumes: 'delete'
            """;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.environment();
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void jenkins15_theDocumentedRoleIsEnoughAndNothingElseIsAskedFor() throws Exception {
        Build build = new Pipeline(jenkins()).console(System.out).run(LIFE.replace("'N'", "'" + bench.namespace() + "'"));
        assertThat(build.successful()).as(build.log()).isTrue();

        Path audit = Path.of(System.getenv("KUBECONFIG")).resolveSibling("logs").resolve("audit.log");
        Assumptions.assumeTrue(Files.exists(audit), "only the test bed's audit log can be read");
        Set<Granted> asked;
        try (Stream<String> lines = Files.lines(audit)) {
            String user = "\"system:serviceaccount:" + bench.namespace() + ":jenkins\"";
            asked = lines.filter(l -> l.contains(user)).map(RolesIT::asked).filter(g -> g.resource() != null).collect(Collectors.toSet());
        }
        // What the optional ClusterRole would allow is asked for as well: the steps said above what they do without.
        Set<Granted> documented = RolesTest.rights("Role");
        documented.addAll(RolesTest.rights("ClusterRole"));
        assertThat(documented).containsAll(asked);
        assertThat(asked).as("of a life without failures").hasSizeGreaterThan(40);
    }

    private static Granted asked(String line) {
        try {
            JsonNode object = new ObjectMapper().readTree(line).path("objectRef");
            JsonNode verb = new ObjectMapper().readTree(line).path("verb");
            String resource = object.path("resource").asText(null);
            String sub = object.path("subresource").asText("");
            return new Granted(object.path("apiGroup").asText(""), sub.isEmpty() ? resource : resource + "/" + sub, verb.asText());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What docs/production.md has an administrator do: a service account, the Role, its binding, a token. */
    private Connection jenkins() throws Exception {
        String role = Markdown.of("docs/production.md").blocks("yaml").stream().filter(b -> b.contains("kind: Role\n")).findFirst().orElseThrow();
        bench.apply(role + """
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: jenkins}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: jenkins}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: stateful-mongo}
                subjects: [{kind: ServiceAccount, name: jenkins, namespace: %s}]
                ---
                apiVersion: v1
                kind: Secret
                type: kubernetes.io/service-account-token
                metadata: {name: jenkins, annotations: {kubernetes.io/service-account.name: jenkins}}
                """.formatted(bench.namespace()));
        bench.until("the token", () -> Json.text(bench.get(Kind.SECRET, "jenkins"), "data", "token") != null);
        String token = new String(Base64.getDecoder().decode(Json.text(bench.get(Kind.SECRET, "jenkins"), "data", "token")), StandardCharsets.UTF_8);
        Connection admin = Kubeconfig.read(Files.readString(Path.of(System.getenv("KUBECONFIG"))), "it");
        String authority = new String(Base64.getDecoder().decode(Json.text(bench.get(Kind.SECRET, "jenkins"), "data", "ca.crt")), StandardCharsets.UTF_8);
        return new Connection("it", admin.server(), authority, token, null, null, null);
    }
}
