package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The repository's own Jenkinsfile on the embedded cluster. */
class JenkinsfileTest {
    private static final Path JENKINSFILE = Path.of("Jenkinsfile");
    private static final String UPDATE = """
            @Library('stateful-mongo') _
            updateGoDemo3 namespace: 'go-demo-3', mongoImage: '%s', apiImage: '%s'
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aKubeconfigThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> Demo.connection("/missing/one:/missing/two"))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("KUBECONFIG is '/missing/one:/missing/two', which cannot be read as one file.")
                .hasMessageContaining("kubectl config view --minify --flatten");
    }

    @Test
    void theDemonstrationDeploysThenUpdates() throws Exception {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        boolean successful =
                new Demo(connection(), Map.of(), new PrintStream(console, true, StandardCharsets.UTF_8)).run();
        assertThat(console.toString(StandardCharsets.UTF_8)).containsSubsequence(
                "Build #1", "with {MONGO_IMAGE=mongo:4.4.29}",
                "[Pipeline] { (Try)", "deployStatefulMongo go-demo-3-build/db", "1 member of rs0",
                "probeService go-demo-3-build/api: GET /demo/hello", "200",
                "deployStatefulMongo go-demo-3-build/db on embedded: absent, volumes deleted", "- Namespace go-demo-3-build",
                "[Pipeline] { (Deploy)", "deployStatefulMongo go-demo-3/db", "mongo:4.4.29, 3 members of rs0",
                "probeService go-demo-3/api: PUT /demo/person?name=build-1", "probeService go-demo-3/api: GET /demo/person", "build-1",
                "all 3 members run mongo:4.4.29 already", "Finished: SUCCESS",
                "Build #2",
                "keeps mongo:4.4.29 (rollingImageUpdate changes images)",
                "rollingImageUpdate go-demo-3/db: mongo:4.4.29 -> mongo:5.0.31, primary db-0",
                "db-2  replaced", "db-1  replaced", "db-0  stepped down", "db-0  replaced", "1 election",
                "annotations[go-demo-3/database]: mongo:4.4.29 -> mongo:5.0.31",
                "probeService go-demo-3/api: GET /demo/person", "build-2",
                "MEMBER  STATE      SYNCS FROM  LAG  VERSION", "5.0.31", "Finished: SUCCESS");
        assertThat(successful).isTrue();
    }

    @Test
    void aBuildThatFindsEverythingAsWantedChangesNothing() throws Exception {
        assertThat(pipeline(1).run(JENKINSFILE).result()).isEqualTo("SUCCESS");
        Set<Object> pods = pods();
        int before = cluster.requests().size();
        Build again = pipeline(2).run(JENKINSFILE);
        assertThat(again.result()).isEqualTo("SUCCESS");
        assertThat(pods()).isEqualTo(pods);
        List<Request> changes = new ArrayList<>(cluster.requests().subList(before, cluster.requests().size()));
        changes.removeIf(r -> !r.isMutating() || !r.path().contains("/namespaces/go-demo-3/"));
        // What is left is asked for, or cannot change anything: questions to members, the test's own writes, dry runs, the lock.
        changes.removeIf(r -> r.path().contains("/portforward") || r.path().contains("/proxy") || r.path().contains("dryRun=All")
                || r.path().contains("/leases"));
        assertThat(changes).isEmpty();
    }

    @Test
    void jenkins03_jenkinsRestartsInEveryStep() throws Exception {
        assertThat(pipeline(1).parameter("MONGO_IMAGE", "mongo:4.4.29").restart(""::equals).run(JENKINSFILE).result()).isEqualTo("SUCCESS");
        Build update = pipeline(2)
                .restart(restarts("+ StatefulSet db", "db-0  Ready after", "asked db-0", "db-2  replaced", "db-1  replaced", "db-0  stepped down"))
                .run(JENKINSFILE);
        assertThat(update.result()).isEqualTo("SUCCESS");
        assertThat(update.log()).containsSubsequence(
                "db-2  replaced", "Resuming build after Jenkins restart", "db-1  replaced", "Resuming build after Jenkins restart",
                "stepped down", "Resuming build after Jenkins restart", "1 election");
    }

    @Test
    void aBrokenReleaseNeverReachesProductionAndIsRemoved() throws Exception {
        Build build = pipeline(1).parameter("API_IMAGE", "vfarcic/go-demo-3:missing1").run(JENKINSFILE);
        assertThat(build.result()).isEqualTo("FAILURE");
        assertThat(build.log()).containsSubsequence(
                "deployStatefulMongo go-demo-3-build/db on embedded: absent, volumes deleted", "- Namespace go-demo-3-build",
                "Stage \"Deploy\" skipped due to earlier failure(s)", "ERROR: applyManifest go-demo-3-build: ");
        assertThat(cluster.requests()).noneMatch(r -> r.isMutating() && r.path().contains("/namespaces/go-demo-3/"));
    }

    @Test
    void anApiThatCannotStartIsRolledBack() throws Exception {
        assertThat(pipeline(1).run(JENKINSFILE).result()).isEqualTo("SUCCESS");
        Build build = pipeline(2).run(UPDATE.formatted("mongo:5.0.31", "vfarcic/go-demo-3:missing1"));
        assertThat(build.error())
                .hasMessageStartingWith("rollingImageUpdate go-demo-3/api: ")
                .hasMessageContaining("Rolled back: all pods run vfarcic/go-demo-3:latest again.");
    }

    @Test
    void whenTheTestFailsAfterAnUpdateTheImagesFromBeforeComeBack() throws Exception {
        assertThat(pipeline(1).parameter("MONGO_IMAGE", "mongo:5.0.30").run(JENKINSFILE).result()).isEqualTo("SUCCESS");
        cluster.deny("*", "services/proxy");
        Build build = pipeline(2).run(UPDATE.formatted("mongo:5.0.31", "vfarcic/go-demo-3:2.0"));
        assertThat(build.log()).containsSubsequence(
                "rollingImageUpdate go-demo-3/db: mongo:5.0.30 -> mongo:5.0.31",
                "rollingImageUpdate go-demo-3/api: vfarcic/go-demo-3:latest -> vfarcic/go-demo-3:2.0",
                "go-demo-3 fails its test after the update: going back to vfarcic/go-demo-3:latest and mongo:5.0.30",
                "rollingImageUpdate go-demo-3/api: vfarcic/go-demo-3:2.0 -> vfarcic/go-demo-3:latest",
                "rollingImageUpdate go-demo-3/db: mongo:5.0.31 -> mongo:5.0.30",
                "ERROR: probeService go-demo-3/api: ",
                "Finished: FAILURE");
    }

    private static java.util.function.Predicate<String> restarts(String... at) {
        Set<String> left = new HashSet<>(List.of(at));
        return line -> left.removeIf(line::contains);
    }

    private Set<Object> pods() throws Exception {
        Set<Object> uids = new HashSet<>();
        try (Kube kube = new Kube(connection())) {
            for (Map<String, Object> pod : kube.list(Kind.POD, "go-demo-3", null)) {
                uids.add(Json.text(pod, "metadata", "uid"));
            }
        }
        assertThat(uids).hasSize(6);
        return uids;
    }

    private Connection connection() throws Exception {
        return Kubeconfig.read(cluster.kubeconfig(), "embedded");
    }

    private Pipeline pipeline(int number) throws Exception {
        return new Pipeline(connection()).library("stateful-mongo", Path.of("")).number(number);
    }
}
