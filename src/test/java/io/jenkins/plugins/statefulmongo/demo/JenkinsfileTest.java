package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The repository's own Jenkinsfile on the embedded cluster. */
class JenkinsfileTest {
    private static final Path JENKINSFILE = Path.of("Jenkinsfile");

    private final EmbeddedCluster cluster = EmbeddedCluster.start();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void goDemo3IsDeployedTestedAndUpdated() throws Exception {
        Build first = pipeline(1).console(System.out).parameter("MONGO_IMAGE", "mongo:4.4.29").run(JENKINSFILE);
        assertThat(first.result()).isEqualTo("SUCCESS");
        Build second = pipeline(2).console(System.out).run(JENKINSFILE);
        assertThat(second.result()).isEqualTo("SUCCESS");
    }

    private Pipeline pipeline(int number) throws Exception {
        return new Pipeline(Kubeconfig.read(cluster.kubeconfig(), "embedded"))
                .library("stateful-mongo", Path.of("."))
                .number(number);
    }
}
