package io.jenkins.plugins.statefulmongo.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job on the cluster of KUBECONFIG: real controllers, pods and members that really elect. */
class JenkinsfileIT {
    private Bench bench;
    private Connection connection;
    private Kube kube;
    private int builds;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.environment();
        connection = Kubeconfig.read(Files.readString(Path.of(System.getenv("KUBECONFIG"))), "it");
        kube = bench.kube();
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void deploysUpdatesUnderLoadAndThenChangesNothing() throws Exception {
        Build deployed = build("mongo:7.0.14");
        assertThat(deployed.successful()).as(deployed.log()).isTrue();
        assertThat(deployed.log()).contains("- Namespace " + bench.namespace() + "-build");
        assertThat(volumes()).hasSize(3).doesNotHaveDuplicates();
        assertMembers(deployed.log(), "7.0.14");

        person("PUT", "/demo/person?name=before");
        writer();
        Build updated = build("mongo:7.0.16");
        assertThat(updated.successful()).as(updated.log()).isTrue();
        assertMembers(updated.log(), "7.0.16");
        assertThat(updated.log())
                .containsSubsequence(
                        "db-2  replaced, Ready, caught up with db-0",
                        "db-1  replaced, Ready, caught up with db-0",
                        "db-0  stepped down, db-",
                        "db-0  replaced, Ready, caught up with db-",
                        ": 1 election, at most ");
        assertThat(person("GET", "/demo/person")).contains("before");
        Map<String, Object> verdict = kube.read(ask("writer", "/verify"));
        assertThat(Json.number(verdict, 0, "acknowledged")).isPositive();
        assertThat(verdict.get("lost")).isNull();

        Map<String, String> before = uids();
        int generation = generation(Kind.STATEFUL_SET, "db");
        Build again = build("mongo:7.0.16");
        assertThat(again.successful()).as(again.log()).isTrue();
        assertThat(uids()).isEqualTo(before);
        assertThat(generation(Kind.STATEFUL_SET, "db")).isEqualTo(generation);
        assertThat(again.log().substring(again.log().indexOf("{ (Deploy)")))
                .contains("nothing to do: 0 created, 0 changed", "all 3 members run mongo:7.0.16 already")
                .doesNotContain("applied:", "replaced, Ready");
    }

    @Test
    void deploysTheBooksOwnManifest() throws Exception {
        String manifest;
        try (InputStream in = JenkinsfileIT.class.getResourceAsStream("/manifests/go-demo-3.yml")) {
            manifest = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("NAMESPACE", bench.namespace());
        }
        Build build = new Pipeline(connection)
                .console(System.out)
                .run("""
                        node {
                            deployStatefulMongo namespace: '%1$s', manifest: '''%2$s'''
                            waitOrdinals namespace: '%1$s'
                            initReplicaSet namespace: '%1$s'
                            probeService namespace: '%1$s', service: 'api', path: '/demo/person'
                            rollingImageUpdate namespace: '%1$s', image: 'mongo:4.4.30'
                        }
                        """.formatted(bench.namespace(), manifest));
        assertThat(build.successful()).as(build.log()).isTrue();
        assertMembers(build.log(), "4.4.29");
        assertThat(build.log()).contains("mongo:4.4.29 -> mongo:4.4.30", ": 1 election, at most ");
        assertThat(volumes()).hasSize(3).doesNotHaveDuplicates();
    }

    private Build build(String image) throws Exception {
        return new Pipeline(connection)
                .library("stateful-mongo", Path.of(""))
                .number(++builds)
                .parameter("NAMESPACE", bench.namespace())
                .parameter("MONGO_IMAGE", image)
                .console(System.out)
                .run(Path.of("Jenkinsfile"));
    }

    /** The last table of the console. */
    private static void assertMembers(String log, String version) {
        List<String> rows = log.substring(log.lastIndexOf("MEMBER  STATE"))
                .lines()
                .filter(l -> l.strip().startsWith("db-"))
                .limit(3)
                .toList();
        assertThat(rows).hasSize(3).allMatch(r -> r.endsWith(version));
        assertThat(rows).filteredOn(r -> r.contains("PRIMARY")).hasSize(1);
        assertThat(rows).filteredOn(r -> r.contains("SECONDARY")).hasSize(2);
    }

    private void writer() throws Exception {
        bench.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: writer}
                spec: {selector: {app: writer}, ports: [{port: 8080}]}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: writer}
                spec:
                  selector: {matchLabels: {app: writer}}
                  template:
                    metadata: {labels: {app: writer}}
                    spec:
                      containers:
                        - name: writer
                          image: testbed/writer
                          env: [{name: DB, value: 'mongodb://db-0.db:27017,db-1.db:27017,db-2.db:27017/?replicaSet=rs0'}]
                """);
        bench.until("the writer writes", () -> {
            String stats = ask("writer", "/stats");
            return stats.startsWith("{") && Json.number(kube.read(stats), 0, "acknowledged") > 100;
        });
    }

    private String person(String method, String path) throws Exception {
        Kube.Answer answer = kube.proxy(bench.namespace(), "api", "8080", method, path);
        assertThat(answer.code()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String ask(String service, String path) throws Exception {
        return kube.proxy(bench.namespace(), service, "8080", "GET", path).body();
    }

    private List<String> volumes() throws Exception {
        return kube.list(Kind.CLAIM, bench.namespace(), null).stream()
                .map(c -> Json.text(c, "spec", "volumeName"))
                .toList();
    }

    private Map<String, String> uids() throws Exception {
        Map<String, String> uids = new TreeMap<>();
        for (Map<String, Object> pod : kube.list(Kind.POD, bench.namespace(), null)) {
            uids.put(PodState.of(pod).name(), PodState.of(pod).uid());
        }
        return uids;
    }

    private int generation(Kind kind, String name) throws Exception {
        return Json.number(bench.get(kind, name), 0, "metadata", "generation");
    }
}
