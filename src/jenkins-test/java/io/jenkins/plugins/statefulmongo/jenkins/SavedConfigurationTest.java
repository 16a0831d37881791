package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoFolderProperty;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import io.jenkins.plugins.statefulmongo.steps.OperationBuilder;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.jvnet.hudson.test.recipes.LocalData;

/**
 * JENKINS_HOME as an earlier version of the plugin left it: without the fields that came later, and with some that are not known any more.
 * Nothing else is lost with those.
 */
@WithJenkins
class SavedConfigurationTest {
    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private JenkinsRule jenkins;

    @BeforeEach
    void start(JenkinsRule rule) {
        jenkins = rule;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    @LocalData
    void jenkins19_connectionsDefaultsBuildStepsAndThePageAreThere() throws Exception {
        StatefulMongoConfiguration configuration = StatefulMongoConfiguration.get();
        assertThat(configuration.getDefaultCluster()).isEqualTo("prod");
        assertThat(configuration.getConnections()).extracting(ClusterConnection::getName).containsExactly("prod", "embedded");
        assertThat(configuration.getConnections().get(0))
                .returns("https://kubernetes.example.com:6443", ClusterConnection::getServerUrl)
                .returns("prod-token", ClusterConnection::getCredentialsId)
                .returns("shop", ClusterConnection::getNamespace)
                .returns(null, ClusterConnection::getFolders)
                .returns(null, ClusterConnection::getProxy);

        Folder team = jenkins.jenkins.getItemByFullName("team", Folder.class);
        assertThat(team.getProperties().get(StatefulMongoFolderProperty.class)).returns("shop", StatefulMongoFolderProperty::getNamespace);
        FreeStyleProject job = jenkins.jenkins.getItemByFullName("team/deploy", FreeStyleProject.class);
        assertThat(job.getProperty(StatefulMongoJobProperty.class))
                .returns("embedded", StatefulMongoJobProperty::getCluster)
                .returns(null, StatefulMongoJobProperty::getNamespace);
        assertThat(job.getBuilders()).extracting(b -> Snippetizer.object2Groovy(((OperationBuilder) b).getStep())).containsExactly(
                "deployStatefulMongo image: 'mongo:7.0.14', memory: '256Mi', replicas: 3",
                "waitOrdinals stuckSeconds: 60",
                "initReplicaSet()",
                "rollingImageUpdate image: 'mongo:7.0.16', rollbackOnFailure: false",
                "applyManifest manifest: '''" + Stage.APPLY.script.split("'''")[1].replace("'", "\\'") + "''', stuckSeconds: 60",
                "probeService path: '/demo/hello', service: 'api', withinSeconds: 60");
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(client.getPage(job.getBuildByNumber(1), "stateful-mongo").asNormalizedText())
                    .contains("2 steps: 1 done, 1 failed", "waitOrdinals shop/db", "mongo-data-db-0", "db-2 Ready after 0 s",
                            "rollingImageUpdate shop/db", "SECONDARY", "the image mongo:7.0.16 of container db does not exist");
        }
        goesOn(job);
    }

    /** With the credential that this Jenkins lacks so far. */
    private void goesOn(FreeStyleProject job) throws Exception {
        SecretBytes secret = SecretBytes.fromBytes(cluster.kubeconfig().getBytes(StandardCharsets.UTF_8));
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new FileCredentialsImpl(CredentialsScope.GLOBAL, "kubeconfig", null, "kubeconfig", secret));
        SystemCredentialsProvider.getInstance().save();
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        assertThat(build.getNumber()).isEqualTo(2);
        jenkins.assertLogContains("deployStatefulMongo shop/db on embedded", build);
        jenkins.assertLogContains(Stage.PROBE.said, build);
    }
}
