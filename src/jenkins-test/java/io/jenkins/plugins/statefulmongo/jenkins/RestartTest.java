package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

/** Jenkins ends while builds are each in the middle of another step, starts again in a new JVM, and the same builds go on to their end. */
class RestartTest {
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
        cluster.unpublish("mongo:7.0.15");
        jenkins.startJenkins();
        jenkins.runRemotely(RestartTest::prepare, cluster.kubeconfig());
        Map<Point, Blockade> blockades = new EnumMap<>(Point.class);
        for (Point point : Point.values()) {
            blockades.put(point, new Blockade(cluster));
        }
        for (Point point : Point.values()) {
            blockades.get(point).raise(point::isMiddle);
            jenkins.runRemotely(RestartTest::begin, point, durability);
            blockades.get(point).awaitStep();
            if (killed) {
                Controller.awaitStored(jenkins.getHome().toPath(), point.place(), "OperationExecution");
            }
        }
        if (killed) {
            jenkins.stopJenkinsForcibly();
        } else {
            jenkins.stopJenkins();
        }
        blockades.values().forEach(Blockade::lift);
        jenkins.startJenkins();
        for (Point point : Point.values()) {
            String console = jenkins.runRemotely(RestartTest::end, point);
            String result = point == Point.ROLLBACK ? "Finished: FAILURE" : "Finished: SUCCESS";
            assertThat(console).as(point.place()).contains("Resuming build at ", point.said, result);
        }
        // What was done before is not done again.
        assertThat(cluster.requests()).filteredOn(r -> r.path().contains("/second-member/pods/db-2/eviction")).hasSize(1);
        assertThat(cluster.requests()).filteredOn(r -> r.path().contains("/rollback/pods/") && r.isMutating())
                .allMatch(r -> r.path().contains("/pods/db-2"));
    }

    /** For each of them a namespace of its own, with what it needs to find there. */
    private static void prepare(JenkinsRule jenkins, String kubeconfig) throws Exception {
        Controller.connect(kubeconfig);
        String all = Stream.of(Point.values())
                .map(point -> "'" + point.place() + "': {\n" + point.preparation() + "\n}")
                .collect(Collectors.joining(",\n", "parallel(\n", ")"));
        jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "prepare", all));
    }

    static void begin(JenkinsRule jenkins, Point point, FlowDurabilityHint durability) throws Exception {
        WorkflowJob job = Controller.pipeline(jenkins, point.place(), point.script());
        job.addProperty(new DurabilityHintJobProperty(durability));
        job.scheduleBuild2(0).waitForStart();
    }

    static String end(JenkinsRule jenkins, Point point) throws Exception {
        WorkflowRun build = jenkins.jenkins.getItemByFullName(point.place(), WorkflowJob.class).getBuildByNumber(1);
        return JenkinsRule.getLog(jenkins.waitForCompletion(build));
    }
}
