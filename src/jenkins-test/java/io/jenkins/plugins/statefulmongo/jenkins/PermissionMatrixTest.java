package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.Secret;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What each user gets of each web method and of each page that shows connections. */
@WithJenkins
class PermissionMatrixTest {
    private static final String BAD = " /\u00a7:\n{[";
    private static final String JOB = "job/team/job/deploy/";
    private static final String CONFIGURATION = "descriptorByName/" + StatefulMongoConfiguration.class.getName() + "/";
    private static final List<String> NAMES = List.of("alpha-of-team", "beta-of-others", "credential-of-alpha", "credential-of-beta");

    /** Everybody but the anonymous visitor; the developer may configure what is in the folder team. */
    private static final List<String> USERS = List.of("reader", "developer", "credentials-user", "system-reader", "manager", "administrator");

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Map<String, JenkinsRule.WebClient> clients = new LinkedHashMap<>();
    private JenkinsRule jenkins;

    /** A web method of a form. */
    private record Web(Descriptor<?> form, Method method) {
        boolean ofItem() {
            return Stream.of(method.getParameterTypes()).anyMatch(Item.class::equals);
        }

        String path() {
            String name = method.getName().substring(2);
            return (ofItem() ? JOB : "") + "descriptorByName/" + form.getId() + "/" + name.substring(0, 1).toLowerCase() + name.substring(1);
        }
    }

    @BeforeEach
    void users(JenkinsRule rule) throws Exception {
        jenkins = rule;
        ClusterConnection alpha = connection("alpha-of-team", "credential-of-alpha", "team");
        ClusterConnection beta = connection("beta-of-others", "credential-of-beta", "others");
        StatefulMongoConfiguration.get().setConnections(List.of(alpha, beta));
        Folder team = jenkins.createProject(Folder.class, "team");
        team.createProject(WorkflowJob.class, "deploy").setDefinition(new CpsFlowDefinition("waitOrdinals()", true));
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ).everywhere().to("reader")
                .grant(Jenkins.READ).everywhere().to("developer")
                .grant(Item.READ, Item.CONFIGURE).onFolders(team).to("developer")
                .grant(Jenkins.READ, Item.READ, CredentialsProvider.VIEW, CredentialsProvider.USE_ITEM, CredentialsProvider.USE_OWN)
                .everywhere().to("credentials-user")
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ).everywhere().to("system-reader")
                .grant(Jenkins.READ, Jenkins.MANAGE).everywhere().to("manager")
                .grant(Jenkins.ADMINISTER).everywhere().to("administrator"));
        clients.put("anonymous", client());
        for (String user : USERS) {
            clients.put(user, client().login(user));
        }
    }

    @AfterEach
    void stop() {
        clients.values().forEach(JenkinsRule.WebClient::close);
        cluster.close();
    }

    @Test
    void eachWebMethodTellsThoseWhomItConcernsAndNobodyElse() throws Exception {
        int told = 0;
        int silent = 0;
        for (Web web : webMethods()) {
            for (String user : clients.keySet()) {
                WebResponse answer = ask(user, HttpMethod.POST, web.path(), true);
                String what = user + " " + web.path() + ": " + answer.getStatusCode() + " " + answer.getContentAsString();
                boolean concerned = user.equals("administrator") || user.equals("developer") && web.ofItem();
                assertThat(answer.getStatusCode()).as(what).isIn(concerned ? Set.of(200) : allowed(user, web));
                if (web.method().getName().equals("doTestConnection") && !concerned) {
                    assertThat(answer.getStatusCode()).as(what).isEqualTo(403);
                } else if (web.method().getName().startsWith("doCheck") && answer.getStatusCode() == 200) {
                    // A connection may be called anything.
                    boolean good = web.path().endsWith("ClusterConnection/checkName");
                    assertThat(tells(answer)).as(what).isEqualTo(concerned && !good);
                }
                List<String> seen = NAMES.stream().filter(answer.getContentAsString()::contains).toList();
                assertThat(seen).as(what).isSubsetOf(known(user, web));
                told += seen.isEmpty() ? 0 : 1;
                silent += concerned ? 0 : 1;
            }
        }
        assertThat(told).as("each step's, the job's and the folder's choices, to two users, and credentials to one").isGreaterThan(12);
        assertThat(silent).isGreaterThan(300);
        assertThat(cluster.requests()).as("only the administrator's test got there: with a bad name, and so no connection").isEmpty();
    }

    @Test
    void noWebMethodAnswersGetOrARequestWithoutACrumb() throws Exception {
        for (Web web : webMethods()) {
            assertThat(ask("administrator", HttpMethod.GET, web.path(), true).getStatusCode()).as(web.path()).isIn(404, 405);
            assertThat(ask("administrator", HttpMethod.POST, web.path(), false).getStatusCode()).as(web.path()).isEqualTo(403);
        }
    }

    @Test
    void aConnectionIsShownInTheSystemConfigurationAndNowhereElse() throws Exception {
        assertThat(names("administrator", "manage/configure")).contains("alpha-of-team", "beta-of-others");
        assertThat(names("system-reader", "manage/configure")).contains("alpha-of-team", "beta-of-others");
        for (String user : List.of("anonymous", "reader", "developer", "credentials-user", "manager")) {
            assertThat(names(user, "manage/configure")).as(user).isEmpty();
        }
        List<String> pages = new ArrayList<>(List.of(
                CONFIGURATION + "config", CONFIGURATION, CONFIGURATION + "connections", CONFIGURATION + "connections/0", CONFIGURATION + "connections/0/name",
                CONFIGURATION + "api/json?depth=3", "api/json?depth=3", "pipeline-syntax/", "pipeline-syntax/html", "pipeline-syntax/globals",
                "job/team/configure", "job/team/", JOB, JOB + "configure", JOB + "pipeline-syntax/", JOB + "api/json?depth=3"));
        for (String page : pages) {
            for (String user : List.of("anonymous", "reader", "developer", "credentials-user", "manager")) {
                assertThat(names(user, page)).as(user + " " + page).doesNotContain("beta-of-others", "credential-of-alpha", "credential-of-beta");
                assertThat(user.equals("developer") ? List.of() : names(user, page)).as(user + " " + page).isEmpty();
            }
        }
        assertThat(ask("developer", HttpMethod.GET, JOB + "configure", true).getStatusCode()).isEqualTo(200);
        assertThat(ask("reader", HttpMethod.GET, JOB + "configure", true).getStatusCode()).isEqualTo(403);
        assertThat(ask("developer", HttpMethod.GET, JOB + "pipeline-syntax/", true).getStatusCode()).isEqualTo(200);
    }

    /** Who sees no job does not learn of one, and who sees nothing is to log in. */
    private static Set<Integer> allowed(String user, Web web) {
        if (user.equals("anonymous")) {
            return Set.of(403, 404);
        }
        if (web.method().getName().equals("doTestConnection")) {
            return Set.of(403);
        }
        boolean seesJob = user.equals("reader") || user.equals("credentials-user");
        return web.ofItem() && !seesJob ? Set.of(404) : Set.of(200);
    }

    private static List<String> known(String user, Web web) {
        if (web.method().getName().equals("doFillClusterItems")) {
            // Within the folder team even the administrator is offered only what its jobs may use.
            return user.equals("administrator") || user.equals("developer") ? List.of("alpha-of-team") : List.of();
        }
        boolean credentials = web.method().getName().equals("doFillCredentialsIdItems") && user.equals("administrator");
        return credentials ? List.of("credential-of-alpha", "credential-of-beta") : List.of();
    }

    private static boolean tells(WebResponse answer) {
        return answer.getContentAsString().matches("(?s).*class=\"?(error|warning).*");
    }

    private List<String> names(String user, String path) throws Exception {
        String text = ask(user, HttpMethod.GET, path, true).getContentAsString();
        return NAMES.stream().filter(text::contains).toList();
    }

    private WebResponse ask(String user, HttpMethod method, String path, boolean crumb) throws Exception {
        JenkinsRule.WebClient client = clients.get(user);
        String query = method == HttpMethod.POST ? "?credentialsId=&cluster=&version=&serviceAccount=false&value=" + URLEncoder.encode(BAD, StandardCharsets.UTF_8) : "";
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), path + query), method);
        if (crumb && method == HttpMethod.POST) {
            client.addCrumb(request);
        }
        return client.loadWebResponse(request);
    }

    private JenkinsRule.WebClient client() {
        return jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false).withJavaScriptEnabled(false);
    }

    private List<Web> webMethods() {
        List<Web> methods = new ArrayList<>();
        for (Descriptor<?> form : jenkins.jenkins.getExtensionList(Descriptor.class)) {
            if (form.getClass().getName().startsWith("io.jenkins.plugins.statefulmongo.")) {
                Stream.of(form.getClass().getMethods())
                        .filter(m -> m.getName().matches("do[A-Z].*") && m.getDeclaringClass().getName().startsWith("io.jenkins.plugins.statefulmongo."))
                        .forEach(m -> methods.add(new Web(form, m)));
            }
        }
        assertThat(methods).hasSizeGreaterThan(60);
        return methods;
    }

    private ClusterConnection connection(String name, String credential, String folder) throws Exception {
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new StringCredentialsImpl(CredentialsScope.GLOBAL, credential, null, Secret.fromString(cluster.token())));
        SystemCredentialsProvider.getInstance().save();
        ClusterConnection connection = new ClusterConnection(name);
        connection.setServerUrl("https://127.0.0.1:1");
        connection.setCredentialsId(credential);
        connection.setFolders(folder);
        return connection;
    }
}
