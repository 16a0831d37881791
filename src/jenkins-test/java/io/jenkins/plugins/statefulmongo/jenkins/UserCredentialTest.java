package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Result;
import io.jenkins.plugins.statefulmongo.config.UserCredential;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The credential of a set's root user: a folder's, found by its jobs alone, and its password and the key of the members nowhere. */
@WithJenkins
class UserCredentialTest {
    private static final String PASSWORD = "pl4nted-root&/+=";
    private static final String SCRIPT = """
            deployStatefulMongo namespace: 'shop', image: 'mongo:4.4.28', memory: '256Mi', rootCredentialsId: 'shop-mongo'
            waitOrdinals namespace: 'shop'
            initReplicaSet namespace: 'shop', rootCredentialsId: 'shop-mongo'
            rollingImageUpdate namespace: 'shop', image: 'mongo:4.4.29', rootCredentialsId: 'shop-mongo'
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final SecretSearch search = new SecretSearch();
    private JenkinsRule jenkins;
    private Folder team;

    @BeforeEach
    void set(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Controller.connect(cluster.kubeconfig());
        team = jenkins.createProject(Folder.class, "team");
        add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "shop-mongo", null, "root", PASSWORD));
        search.plant("password", PASSWORD);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void add(Credentials credential) throws Exception {
        for (CredentialsStore store : CredentialsProvider.lookupStores(team)) {
            if (store.getContext() == team) {
                assertThat(store.addCredentials(Domain.global(), credential)).isTrue();
            }
        }
    }

    @Test
    void jenkins12_aCredentialOfTheFolderIsForItsJobsOnly() throws Exception {
        WorkflowRun outside = jenkins.buildAndAssertStatus(Result.FAILURE, Controller.pipeline(jenkins, "outside", SCRIPT));
        jenkins.assertLogContains(
                "parameter 'rootCredentialsId' names the credential 'shop-mongo', and this build finds no user name with password of that id.", outside);
        WorkflowJob job = team.createProject(WorkflowJob.class, "deploy");
        assertThat(UserCredential.choices(job, "")).extracting(c -> c.value).containsExactly("", "shop-mongo");
        assertThat(UserCredential.choices(outside.getParent(), "")).extracting(c -> c.value).containsExactly("");
    }

    @Test
    void jenkins14_neitherThePasswordNorTheMembersKeyIsFoundAfterAWholeDeployment() throws Exception {
        WorkflowJob job = team.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new CpsFlowDefinition(SCRIPT, true));
        WorkflowRun run = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("created user 'root' of credential 'shop-mongo', with the role root", run);
        try (Kube kube = new Kube(Kubeconfig.read(cluster.kubeconfig(), "test"))) {
            String data = Json.text(kube.get(Kind.SECRET, "shop", "db-keyfile").orElseThrow(), "data", "keyfile");
            search.plant("key", new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII));
            search.plant("key as the Secret holds it", data);
        }
        jenkins.waitUntilNoActivity();
        assertThat(search.inHome(jenkins.jenkins.getRootDir().toPath())).isEmpty();
        assertThat(search.in(JenkinsRule.getLog(run))).isEmpty();
    }
}
