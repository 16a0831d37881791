package io.jenkins.plugins.statefulmongo.testing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The adapter itself: declarative pipelines behave as in Jenkins, arguments bind as in Jenkins. */
class PipelineTest {
    private final Pipeline pipeline = new Pipeline((cluster, run) -> {
        throw new Failure("no cluster here.");
    });

    @Test
    void stagesRunInOrderAndPostRunsAtTheEnd() throws IOException {
        Build build = pipeline.run("""
                pipeline {
                    agent none
                    post { always { echo 'always' }; success { echo 'success' }; failure { echo 'failure' }; cleanup { echo 'cleanup' } }
                    environment { GREETING = 'hello' }
                    parameters { string(name: 'WHO', defaultValue: 'world', description: '') }
                    stages {
                        stage('One') { steps { echo "${env.GREETING} ${params.WHO} ${GREETING}" }; post { success { echo 'one done' } } }
                        stage('Two') { when { expression { params.WHO == 'nobody' } }; steps { echo 'two' } }
                        stage('Three') { steps { script { def x = 1 + 2; echo "three is ${x}" } } }
                    }
                }
                """);
        assertThat(build.result()).isEqualTo("SUCCESS");
        assertThat(build.log()).containsSubsequence(
                "[Pipeline] { (One)", "hello world hello", "one done", "Stage \"Two\" skipped due to when conditional",
                "three is 3", "always", "success", "cleanup", "Finished: SUCCESS");
        assertThat(build.log()).doesNotContain("failure\n").doesNotContain("\ntwo\n");
    }

    @Test
    void aFailureSkipsLaterStagesButNoPost() throws IOException {
        Build build = pipeline.run("""
                pipeline {
                    agent any
                    stages {
                        stage('One') {
                            steps { error 'broken' }
                            post { failure { echo 'one failed' }; cleanup { echo 'one cleaned' } }
                        }
                        stage('Two') { steps { echo 'two' }; post { always { echo 'never' } } }
                    }
                    post { success { echo 'well' }; unsuccessful { echo 'result ' + currentBuild.currentResult } }
                }
                """);
        assertThat(build.result()).isEqualTo("FAILURE");
        assertThat(build.log()).containsSubsequence(
                "one failed", "one cleaned", "Stage \"Two\" skipped due to earlier failure(s)", "result FAILURE", "ERROR: broken",
                "Finished: FAILURE");
        assertThat(build.log()).doesNotContain("never").doesNotContain("well");
    }

    @Test
    void catchErrorGoesOnAndFailsTheBuild() throws IOException {
        Build build = pipeline.run("catchError { error 'first' }\necho 'after'");
        assertThat(build.result()).isEqualTo("FAILURE");
        assertThat(build.log()).containsSubsequence("ERROR: first", "after", "Finished: FAILURE");
    }

    @Test
    void aStepThatNobodyKnowsFails() throws IOException {
        assertThat(pipeline.run("deployStatefulMango()").log()).contains("deployStatefulMango").contains("Finished: FAILURE");
    }

    @Test
    void jenkins22_anUnknownParameterFailsAndIsNamed() throws IOException {
        assertThat(pipeline.run("deployStatefulMongo image: 'mongo:7.0.14', replica: 3").log())
                .contains("deployStatefulMongo has no parameter 'replica'. It has: absent, allowDowntime, allowShrink, cluster, clusterDomain, ");
    }

    @Test
    void aTextThatIsNeitherTrueNorFalseIsNotTakenForFalse() throws IOException {
        assertThat(pipeline.run("deployStatefulMongo image: 'mongo:7.0.14', dryRun: 'yes'").log())
                .contains("deployStatefulMongo: parameter 'dryRun' must be true or false, but is 'yes'.");
    }

    @Test
    void jenkins22_aParameterOfAWrongTypeFailsAndIsNamed() throws IOException {
        assertThat(pipeline.run("deployStatefulMongo image: 'mongo:7.0.14', replicas: 'three'").log())
                .contains("DeployStatefulMongoStep.replicas expects class java.lang.Integer but was unable to coerce the received value \"three\"");
        assertThat(pipeline.run("deployStatefulMongo image: ['mongo:7.0.14']").log())
                .contains("DeployStatefulMongoStep.image expects class java.lang.String but received class java.util.ArrayList");
        assertThat(pipeline.run("initReplicaSet 'rs0'").log()).contains("Expected named arguments but got [rs0]");
    }

    @Test
    void aServicesPortIsANumberOrANameAndAProbeTakesNoOtherName() throws IOException {
        assertThat(pipeline.run("probeService service: 'api', port: 9090").error()).hasMessage("probeService api: no cluster here.");
        assertThat(pipeline.run("probeService service: 'api', port: 'http'").error()).hasMessage("probeService api: no cluster here.");
        assertThat(pipeline.run("probeService service: 'api', port: 80.5").log())
                .contains("ProbeServiceStep.port expects class java.lang.String but received class java.math.BigDecimal");
        assertThat(pipeline.run("probeService service: 'api', name: 'db'").log())
                .contains("probeService has no parameter 'name'. It has: cluster, contains, expectedStatus, forSeconds, ");
    }

    @Test
    void jenkins22_textBecomesNumbersAndFlagsAsInJenkins() throws IOException {
        Build build = pipeline.run("""
                def replicas = 3
                deployStatefulMongo image: "mongo:7.0.${replicas}", replicas: '3', dryRun: 'true', timeoutSeconds: 5
                """);
        assertThat(build.error()).hasMessage("deployStatefulMongo db: no cluster here.");
    }

    @Test
    void aSingleMandatoryParameterNeedsNoName() throws IOException {
        assertThat(pipeline.run("applyManifest 'kind: Service'").error()).hasMessage("applyManifest: no cluster here.");
    }
}
