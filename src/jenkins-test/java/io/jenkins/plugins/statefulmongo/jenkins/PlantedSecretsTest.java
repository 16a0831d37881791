package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import hudson.util.RingBufferLogHandler;
import hudson.util.Secret;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.steps.ApplyManifestBuilder;
import io.jenkins.plugins.statefulmongo.steps.ApplyManifestStep;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoBuilder;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoStep;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetBuilder;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetStep;
import io.jenkins.plugins.statefulmongo.steps.OperationBuilder;
import io.jenkins.plugins.statefulmongo.steps.OperationStep;
import io.jenkins.plugins.statefulmongo.steps.ProbeServiceBuilder;
import io.jenkins.plugins.statefulmongo.steps.ProbeServiceStep;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateBuilder;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateStep;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsBuilder;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsStep;
import io.jenkins.plugins.statefulmongo.testing.TlsServer;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import jenkins.model.Jenkins;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Secrets are planted, steps run with them and fail in every way, and then all that Jenkins wrote or answers is searched for them. */
@WithJenkins
class PlantedSecretsTest {
    private static final String MARK = "pl4nted&/+=\"";
    private static final Map<String, String> STEPS = new LinkedHashMap<>();

    static {
        STEPS.put("deploy", "deployStatefulMongo cluster: CLUSTER, namespace: 'shop', image: 'mongo:7.0.14', memory: '256Mi'");
        STEPS.put("wait", "waitOrdinals cluster: CLUSTER, namespace: 'shop', timeoutSeconds: 60");
        STEPS.put("initiate", "initReplicaSet cluster: CLUSTER, namespace: 'shop'");
        STEPS.put("update", "rollingImageUpdate cluster: CLUSTER, namespace: 'shop', image: 'mongo:7.0.16'");
        STEPS.put("apply", "applyManifest cluster: CLUSTER, namespace: 'shop', manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}'");
        STEPS.put("probe", "probeService cluster: CLUSTER, namespace: 'shop', service: 'api', withinSeconds: 0");
    }

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Blockade blockade = new Blockade(cluster);
    private final SecretSearch search = new SecretSearch();
    private final List<ClusterConnection> connections = new ArrayList<>();
    private final Log log = new Log();
    private final RingBufferLogHandler ring = new RingBufferLogHandler(2_000);
    private JenkinsRule jenkins;

    /** The system log, with the stack traces that its pages and files show. */
    private static final class Log extends Handler {
        private final StringBuffer text = new StringBuffer();

        @Override
        public void publish(LogRecord record) {
            text.append(new SimpleFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void plant(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setNumExecutors(STEPS.size());
        Logger.getLogger("").addHandler(log);
        Logger.getLogger("").addHandler(ring);
        Jenkins.logRecords = ring.getView(); // as Jenkins does where it is a web application
        search.plant("token of the cluster", cluster.token());
        file("good", cluster.kubeconfig());
    }

    @AfterEach
    void stop() {
        Logger.getLogger("").removeHandler(log);
        Logger.getLogger("").removeHandler(ring);
        cluster.close();
    }

    @Test
    void jenkins14_noSecretIsFoundAfterEachStepAndBuildStepSucceeded() throws Exception {
        save();
        String api = "applyManifest namespace: 'shop', wait: false, manifest: '''" + """
                {apiVersion: v1, kind: Service, metadata: {name: api}, spec: {selector: {app: api}, ports: [{port: 8080}]}}'''
                """;
        String all = String.join("\n", STEPS.entrySet().stream().filter(s -> !s.getKey().equals("probe")).map(s -> in("good", s.getValue())).toList());
        jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "pipeline", all + "\n" + api));
        FreeStyleProject job = jenkins.createFreeStyleProject("freestyle");
        builders("good").stream().limit(5).forEach(job.getBuildersList()::add);
        jenkins.buildAndAssertSuccess(job);
        nothingIsFound();
    }

    @Test
    void jenkins14_noSecretIsFoundAfterEachStepFailedOnEachCredential(@TempDir Path folder) throws Exception {
        TlsServer.Authority authority = new TlsServer.Authority(folder.resolve("authority.p12"));
        try (TlsServer untrusted = authority.serve("ip:127.0.0.1")) {
            text("wrong-token", untrusted.url(), planted("token of nobody").replace("\"", ""));
            text("broken-token", untrusted.url(), planted("first line of a token") + "\n" + planted("second line of a token"));
            file("token-as-file", planted("token as a file"));
            file("password", kubeconfig("https://127.0.0.1:1", "{username: admin, password: '" + planted("password of a kubeconfig") + "'}"));
            file("user-in-url", kubeconfig("https://admin:" + planted("password in a URL").replace("\"", "") + "@127.0.0.1:1", "{token: t}"));
            file("not-accepted", kubeconfig(cluster.url(), "{token: '" + planted("token that is not accepted") + "'}"));
            String key = "-----BEGIN PRIVATE KEY-----\n" + planted("client key") + "\n-----END PRIVATE KEY-----\n";
            String data = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
            file("client-key", kubeconfig("https://127.0.0.1:1", "{client-certificate-data: Y2VydA==, client-key-data: " + data + "}"));
            save();
            for (ClusterConnection connection : connections.subList(1, connections.size())) {
                fails(connection.getName());
            }
            assertThat(untrusted.authorizations()).as("TLS came first").isEmpty();
        }
        nothingIsFound();
    }

    @Test
    void jenkins14_noSecretIsFoundAfterEachStepMet403And500AndAnAbort() throws Exception {
        save();
        cluster.deny("*", "*");
        fails("good");
        cluster.allow("*", "*");
        for (Stage stage : Stage.values()) {
            blockade.raise(stage::isMiddle);
            WorkflowRun run = Controller.pipeline(jenkins, "abort-" + stage, stage.script).scheduleBuild2(0).waitForStart();
            blockade.awaitStep();
            run.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
            blockade.lift();
            jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "after-" + stage, stage.script));
        }
        cluster.fault(request -> true, Fault.STATUS_500, Integer.MAX_VALUE);
        fails("good");
        nothingIsFound();
    }

    @Test
    void jenkins14_aManifestWithASecretIsRefusedAndWhatItHoldsIsFoundNowhereNotEvenWhileTheBuildGoesOn() throws Exception {
        String password = planted("password of a database").replace("\"", "");
        search.plant("password of a database", password);
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new StringCredentialsImpl(CredentialsScope.GLOBAL, "password", null, Secret.fromString(password)));
        save();
        Path home = jenkins.jenkins.getRootDir().toPath();
        for (String step : List.of("applyManifest", "deployStatefulMongo")) {
            String script = """
                    catchError {
                        withCredentials([string(credentialsId: 'password', variable: 'PASSWORD')]) {
                            %s namespace: 'shop', manifest: "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: '${PASSWORD}'}}"
                        }
                    }
                    sleep 600
                    """.formatted(step);
            WorkflowRun run = Controller.pipeline(jenkins, step, script).scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("holds a secret's data, which a step's arguments must not", run);
            Controller.awaitStored(home, step, "SleepStep");
            assertThat(search.inHome(home)).isEmpty();
            run.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        }
        assertThat(cluster.requests()).filteredOn(Request::isMutating).isEmpty();
        nothingIsFound();
    }

    @Test
    void aPasswordInTheProxysUrlIsNotStored() throws Exception {
        ClusterConnection connection = new ClusterConnection("far");
        connection.setProxy("http://user:" + planted("password of a proxy") + "@127.0.0.1:1");
        assertThatThrownBy(() -> StatefulMongoConfiguration.get().setConnections(List.of(connection)))
                .hasMessageContaining("would be stored and shown in the clear");
        nothingIsFound();
    }

    @Test
    void theSearchFindsWhatIsThere() throws Exception {
        save();
        planted("control");
        for (String form : search.forms("control")) {
            WorkflowJob job = jenkins.createProject(WorkflowJob.class, "leak" + search.forms("control").indexOf(form));
            job.setDefinition(new CpsFlowDefinition("echo '" + form.replace("\\", "\\\\") + "'", true));
            WorkflowRun run = jenkins.buildAndAssertSuccess(job);
            assertThat(search.in(JenkinsRule.getLog(run))).as(form).containsExactly("control");
            assertThat(search.inHome(jenkins.jenkins.getRootDir().toPath())).as(form).anyMatch(f -> f.startsWith("jobs/" + job.getName() + "/builds/1/log"));
        }
        Logger.getLogger("planted").warning(search.forms("control").get(0));
        assertThat(search.in(log.text.toString())).containsExactly("control");
        assertThat(Jenkins.logRecords).anyMatch(record -> search.in(record.getMessage()).contains("control"));
        assertThat(search.in(page("manage/log/all"))).containsExactly("control");
    }

    /** Each step in a Pipeline, side by side, and each build step in a job of its own. */
    private void fails(String connection) throws Exception {
        StringBuilder script = new StringBuilder("parallel(\n");
        STEPS.forEach((name, step) -> script.append(name).append(": { ").append(in(connection, step)).append(" },\n"));
        String name = connection + "-" + jenkins.jenkins.getItems().size();
        WorkflowRun run = jenkins.buildAndAssertStatus(Result.FAILURE, Controller.pipeline(jenkins, name, script.append("failFast: false)").toString()));
        assertThat(JenkinsRule.getLog(run)).doesNotContain("This is a defect of the plugin");
        List<Future<FreeStyleBuild>> builds = new ArrayList<>();
        for (OperationBuilder builder : builders(connection)) {
            FreeStyleProject job = jenkins.createFreeStyleProject(name + "-" + builder.getClass().getSimpleName());
            job.getBuildersList().add(builder);
            builds.add(job.scheduleBuild2(0));
        }
        for (Future<FreeStyleBuild> build : builds) {
            jenkins.assertBuildStatus(Result.FAILURE, build.get());
            jenkins.assertLogNotContains("This is a defect of the plugin", build.get());
        }
    }

    private static List<OperationBuilder> builders(String connection) {
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setImage("mongo:7.0.14");
        deploy.setMemory("256Mi");
        return List.of(
                new DeployStatefulMongoBuilder(on(connection, deploy)),
                new WaitOrdinalsBuilder(on(connection, new WaitOrdinalsStep())),
                new InitReplicaSetBuilder(on(connection, new InitReplicaSetStep())),
                new RollingImageUpdateBuilder(on(connection, new RollingImageUpdateStep("mongo:7.0.16"))),
                new ApplyManifestBuilder(on(connection, new ApplyManifestStep("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"))),
                new ProbeServiceBuilder(on(connection, new ProbeServiceStep("api"))));
    }

    private static <S extends OperationStep> S on(String connection, S step) {
        step.setCluster(connection);
        step.setNamespace("shop");
        return step;
    }

    private static String in(String connection, String step) {
        return step.replace("CLUSTER", "'" + connection + "'");
    }

    private void nothingIsFound() throws Exception {
        jenkins.waitUntilNoActivity();
        assertThat(search.inHome(jenkins.jenkins.getRootDir().toPath())).isEmpty();
        assertThat(search.in(log.text.toString())).as("system log").isEmpty();
        for (LogRecord record : Jenkins.logRecords) {
            assertThat(search.in(new SimpleFormatter().format(record))).as("ring buffer").isEmpty();
        }
        List<String> pages = new ArrayList<>(List.of("manage/configure", "manage/log/all", "api/json?depth=4", ""));
        jenkins.jenkins.getAllItems(Job.class).forEach(job -> {
            pages.addAll(List.of(job.getUrl(), job.getUrl() + "configure", job.getUrl() + "config.xml"));
            for (Object each : job.getBuilds()) {
                Run<?, ?> run = (Run<?, ?>) each;
                pages.addAll(List.of(run.getUrl(), run.getUrl() + "console", run.getUrl() + "consoleText", run.getUrl() + "api/json?depth=3",
                        run.getUrl() + "stateful-mongo/"));
                if (run instanceof WorkflowRun) {
                    pages.addAll(List.of(run.getUrl() + "flowGraphTable/", run.getUrl() + "execution/node/2/"));
                }
            }
        });
        for (String page : pages) {
            assertThat(search.in(page(page))).as(page).isEmpty();
        }
    }

    private String page(String path) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false).withJavaScriptEnabled(false)) {
            return client.loadWebResponse(new WebRequest(new URL(jenkins.getURL(), path))).getContentAsString();
        }
    }

    /** A secret that occurs nowhere else, with the letters that encodings change. */
    private String planted(String name) {
        String secret = MARK + UUID.randomUUID();
        search.plant(name, secret);
        if (secret.contains("\"")) {
            search.plant(name + " without its quote", secret.replace("\"", ""));
        }
        return secret;
    }

    private static String kubeconfig(String server, String user) {
        return "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, cluster: {server: '" + server
                + "'}}], users: [{name: u, user: " + user + "}]}";
    }

    private void text(String name, String server, String secret) throws Exception {
        add(name, new StringCredentialsImpl(CredentialsScope.GLOBAL, name, null, Secret.fromString(secret))).setServerUrl(server);
    }

    private void file(String name, String content) throws Exception {
        SecretBytes bytes = SecretBytes.fromBytes(content.getBytes(StandardCharsets.UTF_8));
        add(name, new FileCredentialsImpl(CredentialsScope.GLOBAL, name, null, "kubeconfig", bytes));
    }

    private ClusterConnection add(String name, Credentials credential) {
        SystemCredentialsProvider.getInstance().getCredentials().add(credential);
        ClusterConnection connection = new ClusterConnection(name);
        connection.setCredentialsId(name);
        connections.add(connection);
        return connection;
    }

    private void save() throws Exception {
        SystemCredentialsProvider.getInstance().save();
        StatefulMongoConfiguration.get().setConnections(connections);
    }
}
