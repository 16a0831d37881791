package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example that the documentation shows works as it stands, one after the other on one cluster. */
class ExamplesTest {

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/steps.md"})
    void everyPipelineOfThePageRuns(String page) throws Exception {
        List<String> examples = Markdown.of(page).blocks("groovy");
        assertThat(examples).hasSizeGreaterThan(4);
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            for (String example : examples) {
                Build build = new Pipeline(cluster)
                        .library("stateful-mongo", Path.of(""))
                        .credential("orders-mongo", "root", "s3cret")
                        .credential("orders-app", "orders", "s3cret too")
                        .credential("orders-report", "report", "s3cret three")
                        .run(example);
                assertThat(build.result()).as(example + "\n" + build.log()).isEqualTo("SUCCESS");
            }
        }
    }

    @Test
    void theReadmeBeginsWithTheTwoCommands() throws Exception {
        assertThat(Markdown.of("README.md").blocks("sh").subList(0, 2))
                .containsExactly("mvn -q -B test-compile exec:exec@jenkinsfile\n", "mvn -B verify\n");
    }
}
