package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The steps in a pipeline on the embedded cluster: results, restarts of Jenkins, aborts, failures. */
class StepsTest {
    private static final String DEPLOY = """
            deployStatefulMongo namespace: 'n', image: 'mongo:5.0.30'
            def waited = waitOrdinals namespace: 'n'
            def set = initReplicaSet namespace: 'n'
            echo "ready ${waited.ordinals*.name}, primary ${set.primary}, ${set.members.size()} members, ${set.connectionString}"
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aDatabaseIsDeployedFollowedAndInitiated() throws Exception {
        Build build = pipeline().run(DEPLOY);
        assertThat(build.log()).containsSubsequence(
                "[Pipeline] deployStatefulMongo",
                "deployStatefulMongo n/db on embedded",
                "[Pipeline] waitOrdinals",
                "waitOrdinals n/db",
                "[Pipeline] initReplicaSet",
                "initReplicaSet n/db as rs0",
                "ready [db-0, db-1, db-2], primary db-",
                "3 members, mongodb://",
                "Finished: SUCCESS");
    }

    @Test
    void jenkins03_everyStepGoesOnAfterARestartOfJenkins() throws Exception {
        Build build = pipeline().restart(""::equals).run(DEPLOY);
        assertThat(build.log()).containsSubsequence(
                "[Pipeline] deployStatefulMongo", "Resuming build after Jenkins restart",
                "[Pipeline] waitOrdinals", "Resuming build after Jenkins restart",
                "[Pipeline] initReplicaSet", "Resuming build after Jenkins restart",
                "primary db-", "Finished: SUCCESS");
    }

    @Test
    void jenkins03_aRestartInTheMiddleIsContinued() throws Exception {
        for (String line : new String[] {"+ Service db", "db-1  Ready", "asked db-0"}) {
            String namespace = "n" + line.hashCode();
            Build build = pipeline()
                    .restart(once(printed -> printed.contains(line)))
                    .run(DEPLOY.replace("'n'", "'" + namespace.replace("-", "m") + "'"));
            assertThat(build.log()).contains("Resuming build after Jenkins restart").contains("Finished: SUCCESS");
        }
    }

    @Test
    void jenkins03_aDeadlineThatPassedDuringTheRestartIsJudgedAfterALook() throws Exception {
        pipeline().run(DEPLOY);
        Build build = pipeline()
                .restart(line -> {
                    if (line.isEmpty()) {
                        sleepMillis(1100);
                    }
                    return line.isEmpty();
                })
                .run("initReplicaSet namespace: 'n', timeoutSeconds: 1");
        assertThat(build.log()).contains("PRIMARY").contains("Finished: SUCCESS");
    }

    @Test
    void anAbortedStepEndsAtOnceAndSaysWhatItLeaves() throws Exception {
        Pipeline pipeline = pipeline();
        CompletableFuture<Build> build = CompletableFuture.supplyAsync(() -> {
            try {
                return pipeline.run("""
                        deployStatefulMongo namespace: 'n', image: 'mongo:5.0.30', cpu: '500'
                        waitOrdinals namespace: 'n'
                        echo 'never'
                        """);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!build.isDone() && !String.valueOf(pipeline.status()).startsWith("waiting for")) {
            sleepMillis(20);
        }
        pipeline.abort();
        Build ended = build.get(5, TimeUnit.SECONDS);
        assertThat(ended.result()).isEqualTo("ABORTED");
        assertThat(ended.log()).contains("Finished: ABORTED").doesNotContain("never");
    }

    /** As where a service account's token is replaced while a step runs. */
    @Test
    void aCredentialThatIsNotAcceptedAnyMoreIsTakenAnew() throws Exception {
        AtomicBoolean waits = new AtomicBoolean();
        cluster.fault(r -> waits.get() && r.path().contains("/statefulsets/db"), Fault.STATUS_401, 2);
        Build build = pipeline()
                .restart(line -> {
                    waits.compareAndSet(false, line.contains("db-2  replaced"));
                    return false;
                })
                .run(DEPLOY + "rollingImageUpdate namespace: 'n', image: 'mongo:5.0.31', memberTimeoutSeconds: 60");
        assertThat(build.log()).containsSubsequence(
                "db-2  replaced", "  the API server does not accept the credential (401): takes the one that Jenkins has now", "db-0  replaced", "Finished: SUCCESS");
    }

    @Test
    void aTimeoutBlockAbortsTheStepInIt() throws Exception {
        Build build = pipeline().run("""
                deployStatefulMongo namespace: 'n', image: 'mongo:5.0.30', cpu: '500'
                timeout(time: 1, unit: 'SECONDS') { waitOrdinals namespace: 'n' }
                """);
        assertThat(build.log()).contains("Cancelling nested steps due to timeout").contains("Finished: ABORTED");
    }

    @Test
    void aFailureNamesTheStepAndTheObject() throws Exception {
        assertThat(pipeline().run("waitOrdinals namespace: 'default', name: 'shop'").error())
                .isInstanceOf(hudson.AbortException.class)
                .hasMessageStartingWith("waitOrdinals default/shop: there is no StatefulSet shop in namespace default.");
        assertThat(pipeline().run("initReplicaSet namespace: 'Shop'").error())
                .hasMessageStartingWith("initReplicaSet Shop/db: parameter 'namespace' must consist of");
        assertThat(pipeline().run("initReplicaSet()").error())
                .hasMessage("initReplicaSet db: parameter 'namespace' is missing, and connection embedded names none.\n"
                        + "  Give the step a namespace, or the connection a default one.");
        assertThat(pipeline().run("initReplicaSet namespace: 'n', timeoutSeconds: 0").error())
                .hasMessage("initReplicaSet n/db: parameter 'timeoutSeconds' must be from 1 to 604800, but is 0.");
    }

    @Test
    void theTimeoutSaysWhatWasWaitedFor() throws Exception {
        Build build = pipeline().run("""
                deployStatefulMongo namespace: 'n', image: 'mongo:5.0.30', cpu: '500'
                waitOrdinals namespace: 'n', timeoutSeconds: 1
                """);
        assertThat(build.error()).hasMessageStartingWith("waitOrdinals n/db: timed out waiting for ")
                .hasMessageContaining("Raise timeoutSeconds if this is only slow; running the step again continues from here.");
    }

    private static Predicate<String> once(Predicate<String> when) {
        AtomicBoolean did = new AtomicBoolean();
        return line -> when.test(line) && did.compareAndSet(false, true);
    }

    private Pipeline pipeline() throws Exception {
        return new Pipeline(Kubeconfig.read(cluster.kubeconfig(), "embedded"));
    }

    private static void sleepMillis(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
