package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.page.BuildPage;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoBuilder;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoStep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The page of a build in a real Jenkins, with Jenkins' content security policy enforced. */
@WithJenkins
class BuildPageTest {
    private static final String POLICY = "jenkins.security.csp.CspHeader.headerName";
    private static final String IN_PARALLEL = """
            parallel left: {
                deployStatefulMongo cluster: 'embedded', namespace: 'left', image: 'mongo:4.4.28'
                waitOrdinals cluster: 'embedded', namespace: 'left'
            }, right: {
                deployStatefulMongo cluster: 'embedded', namespace: 'right', image: 'mongo:4.4.28'
                waitOrdinals cluster: 'embedded', namespace: 'right'
            }
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        System.setProperty(POLICY, "Content-Security-Policy");
        Controller.connect(cluster.kubeconfig());
    }

    @AfterEach
    void stop() {
        System.clearProperty(POLICY);
        cluster.close();
    }

    @Test
    void jenkins19_twoStepsInParallelAreBothOnThePageUnderThePolicy() throws Exception {
        WorkflowRun run = runPipeline();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.getPage(run, "stateful-mongo");
            assertThat(page.getWebResponse().getResponseHeaderValue("Content-Security-Policy")).contains("script-src").contains("'self'");
            assertThat(page.getElementById("stateful-mongo-summary").getTextContent().strip()).isEqualTo("4 steps: 4 done");
            assertThat(page.getByXPath("//section/h2").stream().map(h -> ((DomElement) h).getTextContent().strip())).containsExactlyInAnyOrder(
                    "deployStatefulMongo left/db", "waitOrdinals left/db", "deployStatefulMongo right/db", "waitOrdinals right/db");
            assertThat(page.getByXPath("//section//table[thead]//td[text()='db-2']")).hasSize(2);
            assertThat(page.getByXPath("//section//*[local-name() = 'rect'][contains(@class, 'stateful-mongo-ready')]")).isNotEmpty();
            assertThat(page.getByXPath("//*[@id='main-panel']//script[not(@src)] | //div[@id='stateful-mongo']//*[@style]")).isEmpty();
            assertThat(page.getByXPath("//script[contains(@src, 'BuildPage/page.js')]")).hasSize(1);
            assertThat(client.goTo(run.getUrl()).asNormalizedText()).contains("Stateful Mongo: 4 steps: 4 done");
        }
    }

    @Test
    void theOpenPageFollowsTheBuildToItsEnd() throws Exception {
        Blockade blockade = new Blockade(cluster);
        blockade.raise(Stage.UPDATE::isMiddle);
        String all = Stream.of(Stage.values()).map(stage -> stage.script).collect(Collectors.joining("\n"));
        WorkflowRun run = Controller.pipeline(jenkins, "deploy", all).scheduleBuild2(0).waitForStart();
        blockade.awaitStep();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.getPage(run, "stateful-mongo");
            DomElement summary = page.getElementById("stateful-mongo-summary");
            assertThat(summary.getTextContent().strip()).isEqualTo("4 steps: 3 done, 1 running");
            assertThat(page.getByXPath("//td[text()='7.0.16']")).isEmpty();
            ((DomElement) page.getFirstByXPath("//section[4]//details")).removeAttribute("open");
            blockade.lift();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            // The last step is done a moment before the build is.
            for (int i = 0; i < 60 && !page.getElementById("stateful-mongo").getAttribute("data-building").equals("false"); i++) {
                client.waitForBackgroundJavaScript(500);
            }
            assertThat(summary.getTextContent().strip()).isEqualTo("6 steps: 6 done");
            assertThat(page.getElementById("stateful-mongo").getAttribute("data-building")).isEqualTo("false");
            assertThat(page.getByXPath("//section[4]//td[text()='7.0.16']")).hasSize(3);
            assertThat(page.getByXPath("//section[4]//details[not(@open)]")).as("what the reader closed").hasSize(1);
        }
    }

    @Test
    void theFragmentIsServedByItselfAndTheOtherPartsAreNot() throws Exception {
        WorkflowRun run = runPipeline();
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            String url = run.getUrl() + "stateful-mongo/";
            HtmlPage fragment = client.goTo(url + "fragment");
            assertThat(fragment.getElementById("stateful-mongo").getAttribute("data-building")).isEqualTo("false");
            assertThat(fragment.getElementById("side-panel")).isNull();
            assertThat(client.goTo(url + "tables", null).getWebResponse().getStatusCode()).isEqualTo(404);
        }
    }

    @Test
    void onlyWhoMayReadTheJobOpensThePage() throws Exception {
        WorkflowRun run = runPipeline();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().to("visitor")
                .grant(Jenkins.READ, Item.READ).everywhere().to("reader"));
        for (String view : List.of("", "fragment")) {
            assertThat(status(run, view, "reader")).isEqualTo(200);
            assertThat(status(run, view, "visitor")).isIn(403, 404);
        }
    }

    @Test
    void jep200_whatIsStoredIsReadAgain() throws Exception {
        WorkflowRun run = runPipeline();
        run.reload();
        BuildPage page = run.getAction(BuildPage.class);
        assertThat(page.getSummary()).isEqualTo("4 steps: 4 done");
        assertThat(page.getSections()).filteredOn(s -> s.getSection().getFunction().equals("waitOrdinals")).hasSize(2).allSatisfy(s -> {
            assertThat(s.getPods()).hasSize(3);
            assertThat(s.getSection().getClaims()).hasSize(3);
        });
        assertThat(page.getRun()).isSameAs(run);
    }

    @Test
    void aFreestyleBuildHasThePageToo() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setCluster("embedded");
        deploy.setNamespace("shop");
        deploy.setImage("mongo:4.4.29");
        job.getBuildersList().add(new DeployStatefulMongoBuilder(deploy));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(client.getPage(build, "stateful-mongo").asNormalizedText()).contains("1 step: 1 done").contains("deployStatefulMongo shop/db");
        }
    }

    private WorkflowRun runPipeline() throws Exception {
        return jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "deploy", IN_PARALLEL));
    }

    private int status(Run<?, ?> run, String view, String user) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user)) {
            return client.goTo(run.getUrl() + "stateful-mongo/" + view).getWebResponse().getStatusCode();
        }
    }
}
