package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.List;
import java.util.Locale;
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

/** Jenkins ends while four builds are each in the middle of another step, starts again in a new JVM, and the same builds go on to their end. */
class RestartTest {
    /** A step that had no answer of the cluster yet gives up soon: that one begins last. */
    private static final List<Stage> ORDER = List.of(Stage.DEPLOY, Stage.INITIATE, Stage.UPDATE, Stage.WAIT);

    @RegisterExtension
    private final RealJenkinsExtension jenkins = new RealJenkinsExtension().withTimeout(300).javaOptions("-XX:TieredStopAtLevel=1");

    private final EmbeddedCluster cluster = EmbeddedCluster.start();

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
        jenkins.startJenkins();
        jenkins.runRemotely(RestartTest::prepare, cluster.kubeconfig());
        List<Blockade> blockades = ORDER.stream().map(stage -> new Blockade(cluster)).toList();
        for (Stage stage : ORDER) {
            Blockade blockade = blockades.get(ORDER.indexOf(stage));
            blockade.raise(request -> request.path().contains("/" + namespace(stage) + "/") && stage.isMiddle(request));
            jenkins.runRemotely(RestartTest::begin, stage, durability);
            blockade.awaitStep();
            if (killed) {
                Controller.awaitStored(jenkins.getHome().toPath(), stage.function(), "OperationExecution");
            }
        }
        if (killed) {
            jenkins.stopJenkinsForcibly();
        } else {
            jenkins.stopJenkins();
        }
        blockades.forEach(Blockade::lift);
        jenkins.startJenkins();
        for (Stage stage : ORDER) {
            String console = jenkins.runRemotely(RestartTest::end, stage);
            assertThat(console).as(stage.function()).contains("Resuming build at ", stage.said, "Finished: SUCCESS");
        }
    }

    /** For each step a namespace of its own, with what it needs to find there. */
    private static void prepare(JenkinsRule jenkins, String kubeconfig) throws Exception {
        Controller.connect(kubeconfig);
        StringBuilder before = new StringBuilder();
        for (Stage stage : Stage.values()) {
            for (int i = 0; i < stage.ordinal(); i++) {
                before.append(in(namespace(stage), Stage.values()[i])).append('\n');
            }
        }
        jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "prepare", before.toString()));
    }

    private static void begin(JenkinsRule jenkins, Stage stage, FlowDurabilityHint durability) throws Exception {
        WorkflowJob job = Controller.pipeline(jenkins, stage.function(), in(namespace(stage), stage));
        job.addProperty(new DurabilityHintJobProperty(durability));
        job.scheduleBuild2(0).waitForStart();
    }

    private static String end(JenkinsRule jenkins, Stage stage) throws Exception {
        WorkflowRun build = jenkins.jenkins.getItemByFullName(stage.function(), WorkflowJob.class).getBuildByNumber(1);
        return JenkinsRule.getLog(jenkins.waitForCompletion(build));
    }

    private static String namespace(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    private static String in(String namespace, Stage stage) {
        return stage.script.replace("'shop'", "'" + namespace + "'");
    }
}
