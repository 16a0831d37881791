package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import groovy.lang.GroovyObjectSupport;
import groovy.lang.GroovyShell;
import groovy.util.DelegatingScript;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoFolderProperty;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.htmlunit.html.HtmlTextArea;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Each form shows what is there, and saving it changes nothing. */
@WithJenkins
class RoundTripTest {
    /** What Groovy, a shell and YAML each read in their own way. */
    private static final String TEXT = "it's \"$HERE\", ${there} \\ #\n  and: below";

    private JenkinsRule jenkins;

    @BeforeEach
    void connections(JenkinsRule rule) {
        jenkins = rule;
        ClusterConnection prod = new ClusterConnection("prod");
        prod.setServerUrl("https://kubernetes.example.com:6443");
        prod.setCaCertificate("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----");
        prod.setNamespace("shop");
        prod.setFolders("team\noperations");
        prod.setProxy("http://proxy.example.com:3128");
        prod.setNoProxy(".example.org");
        ClusterConnection here = new ClusterConnection("here");
        here.setServiceAccount(true);
        StatefulMongoConfiguration.get().setConnections(List.of(prod, here));
        StatefulMongoConfiguration.get().setDefaultCluster("here");
    }

    @Test
    void theSystemConfiguration() throws Exception {
        List<ClusterConnection> before = List.copyOf(StatefulMongoConfiguration.get().getConnections());
        jenkins.configRoundtrip();
        StatefulMongoConfiguration after = StatefulMongoConfiguration.get();
        assertThat(after.getConnections()).usingRecursiveComparison().isEqualTo(before);
        assertThat(after.getDefaultCluster()).isEqualTo("here");
    }

    @Test
    void jenkins17_theDefaultsOfAJobAndOfAFolder() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        StatefulMongoJobProperty ofJob = new StatefulMongoJobProperty();
        ofJob.setCluster("here");
        ofJob.setNamespace("shop");
        job.addProperty(ofJob);
        jenkins.configRoundtrip(job);
        assertThat(job.getProperty(StatefulMongoJobProperty.class))
                .returns("here", StatefulMongoJobProperty::getCluster)
                .returns("shop", StatefulMongoJobProperty::getNamespace);

        Folder team = jenkins.createProject(Folder.class, "team");
        StatefulMongoFolderProperty ofFolder = new StatefulMongoFolderProperty();
        ofFolder.setCluster("prod");
        ofFolder.setNamespace("team");
        team.addProperty(ofFolder);
        jenkins.submit(jenkins.createWebClient().getPage(team, "configure").getFormByName("config"));
        assertThat(team.getProperties().get(StatefulMongoFolderProperty.class))
                .returns("prod", StatefulMongoFolderProperty::getCluster)
                .returns("team", StatefulMongoFolderProperty::getNamespace);
    }

    @Test
    void jenkins16_everyBuildStepWithTheFormOfItsStep() throws Exception {
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setCluster("here");
        deploy.setNamespace("$SPACE");
        deploy.setImage("mongo:7.0.14");
        deploy.setReplicas(5);
        deploy.setVolumes("delete");
        deploy.setRootCredentialsId("shop-mongo");
        deploy.setAbsent(true);
        same(new DeployStatefulMongoBuilder(deploy));
        WaitOrdinalsStep wait = new WaitOrdinalsStep();
        wait.setStuckSeconds(30);
        same(new WaitOrdinalsBuilder(wait));
        InitReplicaSetStep initiate = new InitReplicaSetStep();
        initiate.setRootCredentialsId("shop-mongo");
        initiate.setRotateRootPassword(true);
        same(new InitReplicaSetBuilder(initiate));
        RollingImageUpdateStep update = new RollingImageUpdateStep("mongo:7.0.16");
        update.setRootCredentialsId("shop-mongo");
        update.setRollbackOnFailure(false);
        update.setFeatureCompatibilityVersion("raise");
        same(new RollingImageUpdateBuilder(update));
        ApplyManifestStep apply = new ApplyManifestStep("kind: Service");
        apply.setWait(false);
        same(new ApplyManifestBuilder(apply));
        ProbeServiceStep probe = new ProbeServiceStep("api");
        probe.setMethod("PUT");
        probe.setPort("http");
        same(new ProbeServiceBuilder(probe));
    }

    @Test
    void jenkins18_aSnippetPrintsOnlyWhatDiffersFromTheDefault() throws Exception {
        assertThat(Snippetizer.object2Groovy(after(new InitReplicaSetBuilder(new InitReplicaSetStep())))).isEqualTo("initReplicaSet()");
        assertThat(Snippetizer.object2Groovy(after(new RollingImageUpdateBuilder(new RollingImageUpdateStep("mongo:7.0.16")))))
                .isEqualTo("rollingImageUpdate 'mongo:7.0.16'");
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setImage("mongo:7.0.14");
        deploy.setReplicas(5);
        assertThat(Snippetizer.object2Groovy(after(new DeployStatefulMongoBuilder(deploy))))
                .isEqualTo("deployStatefulMongo image: 'mongo:7.0.14', replicas: 5");
        assertThat(Snippetizer.object2Groovy(after(new WaitOrdinalsBuilder(new WaitOrdinalsStep())))).isEqualTo("waitOrdinals()");
        assertThat(Snippetizer.object2Groovy(after(new ApplyManifestBuilder(new ApplyManifestStep("kind: Service")))))
                .isEqualTo("applyManifest 'kind: Service'");
        assertThat(Snippetizer.object2Groovy(after(new ProbeServiceBuilder(new ProbeServiceStep("api"))))).isEqualTo("probeService 'api'");
    }

    @Test
    void jenkins18_aFormThatNobodyTouchedPrintsNoArgumentThatHasADefault() throws Exception {
        Map<String, String> printed = new TreeMap<>();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.goTo("pipeline-syntax/");
            HtmlSelect steps = page.getFirstByXPath("//select[contains(@class, 'dropdownList')]");
            for (Stage stage : Stage.values()) {
                steps.getOptions().stream().filter(o -> o.getText().startsWith(stage.function() + ": ")).forEach(o -> o.setSelected(true));
                client.waitForBackgroundJavaScript(10_000);
                ((HtmlElement) page.getElementById("generatePipelineScript")).click();
                client.waitForBackgroundJavaScript(10_000);
                printed.put(stage.function(), ((HtmlTextArea) page.getElementById("prototypeText")).getText().strip());
            }
        }
        assertThat(printed).hasSize(6).allSatisfy((function, snippet) -> assertThat(snippet).isEqualTo(function + "()"));
    }

    @Test
    void jenkins18_eachSnippetOfEachStepIsReadAgainAsThatStep() throws Exception {
        List<StepDescriptor> steps = StepDescriptor.all().stream().filter(d -> OperationStep.class.isAssignableFrom(d.clazz)).toList();
        assertThat(steps).hasSize(6);
        for (StepDescriptor step : steps) {
            List<DescribableParameter> parameters = List.copyOf(DescribableModel.of(step.clazz).getParameters());
            Map<String, Object> required = new LinkedHashMap<>();
            parameters.stream().filter(DescribableParameter::isRequired).forEach(p -> required.put(p.getName(), TEXT));
            assertThat(readAgain(step, required)).isEqualTo(required);
            Map<String, Object> all = new LinkedHashMap<>(required);
            for (DescribableParameter parameter : parameters) {
                for (Object value : values(parameter)) {
                    Map<String, Object> one = new LinkedHashMap<>(required);
                    one.put(parameter.getName(), value);
                    // One of true and false is the default, which is not printed.
                    assertThat(readAgain(step, one)).isIn(value instanceof Boolean ? List.of(one, required) : List.of(one));
                    all.putAll(readAgain(step, one));
                }
            }
            assertThat(all).as(step.getFunctionName()).hasSize(parameters.size());
            assertThat(readAgain(step, all)).isEqualTo(all);
        }
    }

    private static List<Object> values(DescribableParameter parameter) {
        Class<?> type = parameter.getErasedType();
        return type == boolean.class ? List.of(true, false) : type == Integer.class ? List.of(7) : List.of(TEXT);
    }

    /** What the snippet of a step with these arguments gives as arguments where it runs. */
    private static Map<String, Object> readAgain(StepDescriptor step, Map<String, Object> arguments) throws Exception {
        DescribableModel<? extends Step> model = DescribableModel.of(step.clazz);
        Step before = model.instantiate(arguments, null);
        String snippet = Snippetizer.object2Groovy(before);
        CompilerConfiguration scripts = new CompilerConfiguration();
        scripts.setScriptBaseClass(DelegatingScript.class.getName());
        DelegatingScript script = (DelegatingScript) new GroovyShell(scripts).parse(snippet);
        Map<String, Object> read = new LinkedHashMap<>();
        script.setDelegate(new GroovyObjectSupport() {
            @Override
            public Object invokeMethod(String name, Object given) {
                assertThat(name).isEqualTo(step.getFunctionName());
                for (Object argument : (Object[]) given) {
                    if (argument instanceof Map<?, ?> named) {
                        named.forEach((key, value) -> read.put(key.toString(), value));
                    } else {
                        read.put(model.getSoleRequiredParameter().getName(), argument);
                    }
                }
                return null;
            }
        });
        script.run();
        assertThat(model.instantiate(read, null)).as(snippet).usingRecursiveComparison().isEqualTo(before);
        return read;
    }

    private void same(OperationBuilder builder) throws Exception {
        assertThat(after(builder)).usingRecursiveComparison().isEqualTo(builder.getStep());
    }

    private OperationStep after(OperationBuilder builder) throws Exception {
        return jenkins.configRoundtrip(builder).getStep();
    }
}
