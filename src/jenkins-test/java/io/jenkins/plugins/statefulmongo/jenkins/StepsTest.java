package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.model.ParameterizedJobMixIn;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The steps in sandboxed Pipelines and in freestyle jobs: what they return, and how they are aborted. */
@WithJenkins
class StepsTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Blockade blockade = new Blockade(cluster);
    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Controller.connect(cluster.kubeconfig());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void jenkins02_aSandboxedPipelineReadsWhatEachStepReturns() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "deploy", """
                def deployed = deployStatefulMongo namespace: 'shop', image: 'mongo:7.0.14', storage: '1Gi'
                echo "created ${deployed.created.join(', ')}, runs ${deployed.image}, dry ${deployed.dryRun}"
                def waited = waitOrdinals namespace: 'shop'
                waited.ordinals.each { echo "${it.name} took ${it.readySeconds + 0} s, holds ${it.claims[0].capacity}" }
                def set = initReplicaSet namespace: 'shop'
                set.members.each { echo "${it.name} is ${it.state}" }
                def update = rollingImageUpdate namespace: 'shop', image: 'mongo:7.0.16'
                update.order.each { echo "replaced ${it.name}" }
                echo "from ${update.from} to ${update.to} with ${update.termAfter - update.termBefore} election, changed ${update.changed}"
                """));
        jenkins.assertLogContains("Service db", build);
        jenkins.assertLogContains("runs mongo:7.0.14, dry false", build);
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            assertThat(JenkinsRule.getLog(build)).containsPattern("db-" + ordinal + " took [0-9.]+ s, holds 1Gi");
            jenkins.assertLogContains("replaced db-" + ordinal, build);
        }
        assertThat(JenkinsRule.getLog(build)).containsPattern("db-[0-2] is PRIMARY").containsPattern("db-[0-2] is SECONDARY");
        jenkins.assertLogContains("from mongo:7.0.14 to mongo:7.0.16 with 1 election, changed true", build);
    }

    @Test
    void aFreestyleJobDoesTheSame() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("deploy");
        for (Stage stage : Stage.values()) {
            job.getBuildersList().add(stage.builder());
        }
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        for (Stage stage : Stage.values()) {
            jenkins.assertLogContains(stage.function() + " shop", build);
        }
        assertThat(JenkinsRule.getLog(build)).containsSubsequence("PRIMARY", "mongo:7.0.16", "1 pod serves", "hello, world!");
    }

    @Test
    void jenkins17_theDefaultsThatAPipelineDeclaresReachItsSteps() throws Exception {
        ClusterConnection nowhere = new ClusterConnection("nowhere");
        nowhere.setServerUrl("https://127.0.0.1:1");
        StatefulMongoConfiguration configuration = StatefulMongoConfiguration.get();
        configuration.setConnections(List.of(nowhere, configuration.getConnections().get(0)));
        reaches("declarative", """
                pipeline {
                    agent none
                    options {
                        statefulMongo(cluster: 'embedded', namespace: 'declarative')
                    }
                    stages {
                        stage('Database') {
                            steps {
                                deployStatefulMongo image: 'mongo:7.0.14'
                                waitOrdinals()
                            }
                        }
                    }
                }
                """);
        reaches("scripted", """
                properties([statefulMongo(cluster: 'embedded', namespace: 'scripted')])
                deployStatefulMongo image: 'mongo:7.0.14'
                waitOrdinals()
                """);
    }

    /** The job, its namespace and its pipeline's kind have one name. */
    private void reaches(String name, String script) throws Exception {
        WorkflowJob job = Controller.pipeline(jenkins, name, script);
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("deployStatefulMongo " + name + "/db on embedded", build);
        jenkins.assertLogContains("waitOrdinals " + name + "/db", build);
        assertThat(job.getProperty(StatefulMongoJobProperty.class))
                .returns("embedded", StatefulMongoJobProperty::getCluster)
                .returns(name, StatefulMongoJobProperty::getNamespace);
    }

    @Test
    void anAbortEndsEachStepOfAPipelineAtOnce() throws Exception {
        for (Stage stage : Stage.values()) {
            aborted(Controller.pipeline(jenkins, stage.function(), stage.script), stage);
        }
    }

    @Test
    void anAbortEndsEachBuildStepOfAFreestyleJobAtOnce() throws Exception {
        for (Stage stage : Stage.values()) {
            FreeStyleProject job = jenkins.createFreeStyleProject(stage.function());
            job.getBuildersList().add(stage.builder());
            aborted(job, stage);
        }
    }

    /** Aborts a build of the job in the middle of its step, and runs another to its end. */
    private <J extends Job<J, R> & ParameterizedJobMixIn.ParameterizedJob<J, R>, R extends Run<J, R> & hudson.model.Queue.Executable>
            void aborted(J job, Stage stage) throws Exception {
        blockade.raise(stage::isMiddle);
        QueueTaskFuture<R> future = job.scheduleBuild2(0);
        R build = future.waitForStart();
        blockade.awaitStep();
        long began = System.nanoTime();
        if (build instanceof WorkflowRun run) {
            run.doStop();
        } else {
            build.getExecutor().interrupt();
        }
        future.get(60, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as(stage.function()).isLessThan(AT_ONCE);
        jenkins.assertBuildStatus(Result.ABORTED, build);

        blockade.lift();
        jenkins.assertLogContains(stage.said, jenkins.assertBuildStatusSuccess(job.scheduleBuild2(0)));
    }
}
