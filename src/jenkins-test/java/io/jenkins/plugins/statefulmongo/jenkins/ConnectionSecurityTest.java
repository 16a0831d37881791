package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoBuilder;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoStep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.IOException;
import java.net.URL;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who may use a connection, who may test one, and where its secret is to be found: nowhere. */
@WithJenkins
class ConnectionSecurityTest {
    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        ClusterConnection connection = Controller.connect(cluster.kubeconfig());
        connection.setFolders("team");
        StatefulMongoConfiguration.get().setConnections(List.of(connection));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void jenkins12_aJobInTheFolderDeploysAndOneOutsideIsRefused() throws Exception {
        Folder team = jenkins.createProject(Folder.class, "team");
        FreeStyleBuild inside = jenkins.buildAndAssertSuccess(job(team.createProject(FreeStyleProject.class, "deploy")));
        jenkins.assertLogContains("deployStatefulMongo shop/db on embedded", inside);
        FreeStyleBuild outside = jenkins.buildAndAssertStatus(Result.FAILURE, job(jenkins.createFreeStyleProject("deploy")));
        jenkins.assertLogContains("no connection is for job deploy: an administrator has restricted it to the jobs of certain folders.", outside);
        jenkins.assertLogNotContains(cluster.token(), inside);
        SecretSearch search = new SecretSearch().plant("token", cluster.token());
        assertThat(search.inHome(jenkins.jenkins.getRootDir().toPath())).isEmpty();
    }

    @Test
    void onlyAnAdministratorTestsAConnectionAndOnlyByPost() throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER).everywhere().to("administrator")
                .grant(Jenkins.READ, Jenkins.MANAGE, Item.READ, Item.CONFIGURE).everywhere().to("manager"));
        assertThat(test("manager", HttpMethod.POST)).isEqualTo(403);
        assertThat(test("administrator", HttpMethod.GET)).isIn(404, 405);
        assertThat(cluster.requests()).isEmpty();
        assertThat(test("administrator", HttpMethod.POST)).isEqualTo(200);
        assertThat(cluster.requests()).isNotEmpty();
    }

    private int test(String user, HttpMethod method) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user)) {
            WebRequest request = new WebRequest(
                    new URL(jenkins.getURL(), "descriptorByName/" + ClusterConnection.class.getName()
                            + "/testConnection?name=embedded&credentialsId=kubeconfig&serviceAccount=false"),
                    method);
            client.addCrumb(request);
            return client.getPage(request).getWebResponse().getStatusCode();
        }
    }

    private static FreeStyleProject job(FreeStyleProject job) throws IOException {
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setNamespace("shop");
        deploy.setImage("mongo:4.4.29");
        job.getBuildersList().add(new DeployStatefulMongoBuilder(deploy));
        return job;
    }
}
