package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoFolderProperty;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.DomAttr;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlOption;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.htmlunit.html.HtmlTextArea;
import org.htmlunit.util.WebConnectionWrapper;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * The forms in a real Jenkins, with Jenkins' content security policy enforced. The tests' browser enforces none: what is served is searched
 * for what the policy would block, and the pages' scripts run.
 */
@WithJenkins
class CspTest {
    private static final String POLICY = "jenkins.security.csp.CspHeader.headerName";

    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) {
        jenkins = rule;
        System.setProperty(POLICY, "Content-Security-Policy");
        ClusterConnection prod = new ClusterConnection("prod");
        prod.setServerUrl("https://kubernetes.example.com:6443");
        prod.setProxy("http://proxy.example.com:3128");
        StatefulMongoConfiguration.get().setConnections(List.of(prod));
    }

    @AfterEach
    void stop() {
        System.clearProperty(POLICY);
    }

    @Test
    void jenkins19_theSystemConfiguration() throws Exception {
        Descriptor<?> ours = StatefulMongoConfiguration.get().getDescriptor();
        nothingIsBlocked("manage/configure", ours, "_.serverUrl", "_.proxy", "_.defaultCluster");
    }

    @Test
    void jenkins19_thePageOfAPipelineOfAFolderAndOfAFreestyleJobWithAllBuildSteps() throws Exception {
        Folder team = jenkins.createProject(Folder.class, "team");
        StatefulMongoFolderProperty ofFolder = new StatefulMongoFolderProperty();
        ofFolder.setCluster("prod");
        team.addProperty(ofFolder);
        nothingIsBlocked("job/team/configure", ofFolder.getDescriptor(), "_.cluster", "_.namespace");
        WorkflowJob pipeline = Controller.pipeline(jenkins, "pipeline", "waitOrdinals()");
        StatefulMongoJobProperty ofJob = new StatefulMongoJobProperty();
        ofJob.setCluster("prod");
        pipeline.addProperty(ofJob);
        nothingIsBlocked("job/pipeline/configure", ofJob.getDescriptor(), "_.cluster", "_.namespace");
        FreeStyleProject freestyle = jenkins.createFreeStyleProject("freestyle");
        freestyle.addProperty(ofJob);
        for (Stage stage : Stage.values()) {
            freestyle.getBuildersList().add(stage.builder());
        }
        nothingIsBlocked("job/freestyle/configure", ofJob.getDescriptor(), "_.cluster", "_.namespace");
        for (Stage stage : Stage.values()) {
            nothingIsBlocked("job/freestyle/configure", stage.builder().getDescriptor(), "_.cluster", "_.namespace", "_.timeoutSeconds");
        }
    }

    @Test
    void jenkins19_theSnippetGeneratorWithEachStep() throws Exception {
        Map<String, String> fields = Map.of("deployStatefulMongo", "_.storageClass", "waitOrdinals", "_.container",
                "initReplicaSet", "_.users", "rollingImageUpdate", "_.rollbackOnFailure", "applyManifest", "_.keepImages",
                "probeService", "_.expectedStatus");
        for (Map.Entry<String, String> field : fields.entrySet()) {
            try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
                List<WebResponse> rendered = new CopyOnWriteArrayList<>();
                new WebConnectionWrapper(client) {
                    @Override
                    public WebResponse getResponse(WebRequest request) throws IOException {
                        WebResponse response = super.getResponse(request);
                        if (request.getUrl().getPath().endsWith("/render")) {
                            rendered.add(response);
                        }
                        return response;
                    }
                };
                HtmlPage page = client.goTo("pipeline-syntax/");
                client.waitForBackgroundJavaScript(10_000);
                HtmlSelect steps = page.getFirstByXPath("//select[contains(@class, 'dropdownList')]");
                HtmlOption step =
                        steps.getOptions().stream().filter(o -> o.getText().startsWith(field.getKey() + ": ")).findFirst().orElseThrow();
                steps.setSelectedAttribute(step, true);
                client.waitForBackgroundJavaScript(10_000);
                assertThat(rendered).as("one is chosen from the start").isNotEmpty();
                DomNode served = html(rendered.get(rendered.size() - 1).getContentAsString());
                assertThat(names(served)).as(field.getKey()).contains(field.getValue(), "_.cluster", "_.namespace");
                assertThat(blocked(List.of(served), policy(page.getWebResponse()))).as(field.getKey()).isEmpty();

                ((HtmlElement) page.getElementById("generatePipelineScript")).click();
                client.waitForBackgroundJavaScript(10_000);
                assertThat(((HtmlTextArea) page.getElementById("prototypeText")).getText()).startsWith(field.getKey());
            }
        }
    }

    @Test
    void theSearchFindsWhatIsThere() throws Exception {
        List<DomNode> bad = List.of(html("<script>f()</script><p onclick='f()' style='color: red'>x</p><a href=' JavaScript:f()'>x</a>"
                + "<img src='//elsewhere.example.com/x'>"));
        assertThat(blocked(bad, "default-src 'self'; style-src 'self'; script-src 'self';")).hasSize(5);
        assertThat(blocked(bad, "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self';")).hasSize(4);
        List<DomNode> good = List.of(html("<script src='/x.js'></script><a href='https://example.com/'>x</a>"));
        assertThat(blocked(good, "default-src 'self'; style-src 'self'; script-src 'self';")).isEmpty();
    }

    /** The page's scripts run, and our part of it, as it is served, holds these fields and nothing that the policy blocks. */
    private void nothingIsBlocked(String path, Descriptor<?> ours, String... fields) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.goTo(path);
            client.waitForBackgroundJavaScript(10_000);
        }
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withJavaScriptEnabled(false)) {
            HtmlPage page = client.goTo(path);
            List<DomNode> part = part(page, ours);
            assertThat(part.stream().flatMap(node -> names(node).stream())).as(path + " " + ours.getId()).contains(fields);
            assertThat(blocked(part, policy(page.getWebResponse()))).as(path + " " + ours.getId()).isEmpty();
        }
    }

    private static String policy(WebResponse response) {
        String policy = response.getResponseHeaderValue("Content-Security-Policy");
        assertThat(policy).contains("script-src");
        assertThat(directive(policy, "script-src")).contains("'self'").doesNotContain("unsafe");
        return policy;
    }

    private static String directive(String policy, String name) {
        return Stream.of(policy.split(";")).map(String::strip).filter(d -> d.startsWith(name + " ")).findFirst().orElse("");
    }

    /** A build step has an element to itself; what is one of a kind stands between two marks. */
    private static List<DomNode> part(HtmlPage page, Descriptor<?> ours) {
        DomNode whole = page.getFirstByXPath("//div[contains(@class, 'repeated-chunk')][@descriptorid = '" + ours.getId() + "']");
        if (whole != null) {
            return List.of(whole);
        }
        List<DomNode> part = new ArrayList<>();
        String name = ours.getJsonSafeClassName();
        DomElement start = page.getFirstByXPath("//div[contains(@class, 'row-set-start')][@name = '" + name + "']");
        assertThat(start).as(ours.getId()).isNotNull();
        DomElement next = start.getNextElementSibling();
        while (!next.getAttribute("class").contains("row-set-end")) {
            part.add(next);
            next = next.getNextElementSibling();
        }
        return part;
    }

    private static List<String> names(DomNode part) {
        List<String> names = new ArrayList<>();
        part.getDomElementDescendants().forEach(e -> names.add(e.getAttribute("name")));
        return names;
    }

    private static List<String> blocked(List<DomNode> part, String policy) {
        boolean styles = directive(policy, "style-src").contains("'unsafe-inline'");
        List<String> blocked = new ArrayList<>();
        for (DomNode root : part) {
            List<DomElement> elements = new ArrayList<>();
            root.getDomElementDescendants().forEach(elements::add);
            if (root instanceof DomElement self) {
                elements.add(self);
            }
            for (DomElement e : elements) {
                if (e.getTagName().equals("script") && !e.hasAttribute("src") || e.getTagName().equals("style") && !styles) {
                    blocked.add(e.asXml());
                }
                for (DomAttr a : e.getAttributesMap().values()) {
                    String value = a.getValue().strip().toLowerCase();
                    boolean loads = List.of("src", "action", "formaction", "data").contains(a.getName());
                    if (a.getName().startsWith("on")
                            || value.startsWith("javascript:")
                            || loads && value.matches("(https?:)?//.*")
                            || a.getName().equals("style") && !styles) {
                        blocked.add(e.getTagName() + " " + a.getName() + "=" + a.getValue());
                    }
                }
            }
        }
        return blocked;
    }

    private DomNode html(String text) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withJavaScriptEnabled(false)) {
            return client.loadHtmlCodeIntoCurrentWindow("<html><body>" + text + "</body></html>").getBody();
        }
    }
}
