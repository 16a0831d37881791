package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Jenkins ends while a step is under way: nothing of the plugin goes on in this JVM, and the next Jenkins in it finishes the build. */
class ShutdownTest {
    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Blockade blockade = new Blockade(cluster);

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void noThreadOfThePluginOutlivesJenkins() throws Throwable {
        session.then(this::deployAndLeaveAnUpdateInItsMiddle);
        assertThat(threads()).isEmpty();
        blockade.lift();
        session.then(ShutdownTest::end);
        assertThat(threads()).isEmpty();
    }

    private void deployAndLeaveAnUpdateInItsMiddle(JenkinsRule jenkins) throws Exception {
        Controller.connect(cluster.kubeconfig());
        String deployed = String.join("\n", Stage.DEPLOY.script, Stage.WAIT.script, Stage.INITIATE.script);
        jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "deploy", deployed));
        assertThat(threads()).isNotEmpty();
        blockade.raise(Stage.UPDATE::isMiddle);
        Controller.pipeline(jenkins, "update", Stage.UPDATE.script).scheduleBuild2(0).waitForStart();
        blockade.awaitStep();
    }

    private static void end(JenkinsRule jenkins) throws Exception {
        WorkflowRun build = jenkins.jenkins.getItemByFullName("update", WorkflowJob.class).getBuildByNumber(1);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    /**
     * The engine's, the members' and those of the client for the API server, once they had some seconds to end: idle ones do so after 5 s, and
     * the last of Java's HTTP client looks every 3 s whether anybody still holds that.
     */
    private static List<String> threads() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        List<String> found;
        do {
            found = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.contains("stateful-mongo") || name.startsWith("HttpClient-"))
                    .sorted()
                    .toList();
            System.gc();
            Thread.sleep(200);
        } while (!found.isEmpty() && System.nanoTime() < deadline);
        return found;
    }
}
