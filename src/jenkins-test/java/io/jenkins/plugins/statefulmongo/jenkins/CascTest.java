package io.jenkins.plugins.statefulmongo.jenkins;

import static io.jenkins.plugins.casc.misc.Util.getUnclassifiedRoot;
import static io.jenkins.plugins.casc.misc.Util.toStringFromYamlFile;
import static io.jenkins.plugins.casc.misc.Util.toYamlString;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.ConfiguredWithCode;
import io.jenkins.plugins.casc.misc.JenkinsConfiguredWithCodeRule;
import io.jenkins.plugins.casc.misc.junit.jupiter.WithJenkinsConfiguredWithCode;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import org.junit.jupiter.api.Test;

/** The configuration as code: read, and written again as it was. */
@WithJenkinsConfiguredWithCode
class CascTest {

    @Test
    @ConfiguredWithCode("casc.yml")
    void everyFieldIsReadAndWritten(JenkinsConfiguredWithCodeRule jenkins) throws Exception {
        StatefulMongoConfiguration configuration = StatefulMongoConfiguration.get();
        assertThat(configuration.getDefaultCluster()).isEqualTo("prod");
        assertThat(configuration.getConnections()).hasSize(2);
        assertThat(configuration.getConnections().get(0))
                .returns("prod", ClusterConnection::getName)
                .returns("team/shop\noperations", ClusterConnection::getFolders)
                .returns("http://proxy.example.com:3128", ClusterConnection::getProxy);
        assertThat(configuration.getConnections().get(1).isServiceAccount()).isTrue();

        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        String written = toYamlString(getUnclassifiedRoot(context).get("statefulMongo"));
        assertThat(written).isEqualTo(toStringFromYamlFile(this, "casc-export.yml"));
    }
}
