package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** Jenkins ends in the middle of each step, starts again in a new JVM, and the same build goes on to its end. */
class RestartTest {
    @RegisterExtension
    private final RealJenkinsExtension jenkins = new RealJenkinsExtension().withTimeout(300);

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Blockade blockade = new Blockade(cluster);

    @AfterEach
    void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(value = FlowDurabilityHint.class, names = {"MAX_SURVIVABILITY", "SURVIVABLE_NONATOMIC"})
    void jenkins19_eachStepGoesOnAfterJenkinsWasKilled(FlowDurabilityHint durability) throws Throwable {
        goOn(durability, true);
    }

    @Test
    void jenkins19_eachStepGoesOnAfterAnOrderlyRestart() throws Throwable {
        goOn(FlowDurabilityHint.PERFORMANCE_OPTIMIZED, false);
    }

    private void goOn(FlowDurabilityHint durability, boolean killed) throws Throwable {
        String kubeconfig = cluster.kubeconfig();
        jenkins.startJenkins();
        jenkins.runRemotely(RestartTest::connect, kubeconfig);
        for (Stage stage : Stage.values()) {
            blockade.raise(stage::isMiddle);
            jenkins.runRemotely(RestartTest::begin, stage, durability);
            blockade.awaitStep();
            if (killed) {
                awaitStored(stage);
                jenkins.stopJenkinsForcibly();
            } else {
                jenkins.stopJenkins();
            }
            blockade.lift();
            jenkins.startJenkins();
            String console = jenkins.runRemotely(RestartTest::end, stage);
            assertThat(console).as(stage.function()).contains("Resuming build at ", stage.said, "Finished: SUCCESS");
        }
    }

    private static void connect(JenkinsRule jenkins, String kubeconfig) throws Exception {
        Controller.connect(kubeconfig);
    }

    private static void begin(JenkinsRule jenkins, Stage stage, FlowDurabilityHint durability) throws Exception {
        WorkflowJob job = Controller.pipeline(jenkins, stage.function(), stage.script);
        job.addProperty(new DurabilityHintJobProperty(durability));
        job.scheduleBuild2(0).waitForStart();
    }

    private static String end(JenkinsRule jenkins, Stage stage) throws Exception {
        WorkflowRun build = jenkins.jenkins.getItemByFullName(stage.function(), WorkflowJob.class).getBuildByNumber(1);
        return JenkinsRule.getLog(jenkins.waitForCompletion(build));
    }

    /** Jenkins writes a build's program once the step has started; a build that was killed before would be lost to any step. */
    private void awaitStored(Stage stage) throws IOException, InterruptedException {
        Path program = jenkins.getHome().toPath().resolve("jobs/" + stage.function() + "/builds/1/program.dat");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(program)
                || !Files.readString(program, StandardCharsets.ISO_8859_1).contains("OperationExecution")) {
            assertThat(System.nanoTime()).as(program + " within 30 s").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
