package io.jenkins.plugins.statefulmongo.testing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import com.lesfurets.jenkins.unit.cps.BasePipelineTestCPS;
import com.lesfurets.jenkins.unit.global.lib.LibraryConfiguration;
import com.lesfurets.jenkins.unit.global.lib.SourceRetriever;
import hudson.AbortException;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps in tests as other teams write them, with JenkinsPipelineUnit's own base class and mocks. */
class StatefulMongoStepsTest {
    private static final String DEPLOYED = """
            deployStatefulMongo namespace: 'shop', image: 'mongo:7.0.14', replicas: 3
            waitOrdinals namespace: 'shop'
            return initReplicaSet(namespace: 'shop')
            """;

    private static EmbeddedCluster cluster;

    @TempDir
    Path folder;

    private final StatefulMongoSteps steps = new StatefulMongoSteps(cluster);
    private final BasePipelineTest team = new BasePipelineTest() {};

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start();
    }

    @AfterEach
    void closeSteps() {
        steps.close();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aJenkinsfileDeploysAndTheTestSeesResultConsoleCallsAndCluster() throws Exception {
        Map<?, ?> set = (Map<?, ?>) run(team, DEPLOYED);

        assertThat(set.get("primary")).isEqualTo("db-0");
        assertThat(steps.console()).containsSubsequence("[Pipeline] deployStatefulMongo", "[Pipeline] waitOrdinals", "[Pipeline] initReplicaSet");
        assertThat(team.getHelper().methodCallCount("deployStatefulMongo")).isEqualTo(1);
        assertThat(cluster.member("shop", "db-0").state()).isEqualTo("PRIMARY");
        assertThat(cluster.member("shop", "db-2").state()).isEqualTo("SECONDARY");
    }

    @Test
    void aSharedLibraryCallsThemByTheVariableStepsAndFromItsClasses() throws Exception {
        Path library = folder.resolve("library");
        write(library.resolve("vars/shopDatabase.groovy"), """
                def call(String image) {
                    steps.echo 'deploying'
                    steps.deployStatefulMongo(namespace: 'library', image: image, replicas: 3)
                    return new org.acme.Shop(this).initiated()
                }
                """);
        write(library.resolve("src/org/acme/Shop.groovy"), """
                package org.acme
                class Shop implements Serializable {
                    def steps
                    Shop(steps) { this.steps = steps }
                    def initiated() {
                        steps.waitOrdinals(namespace: 'library')
                        return steps.initReplicaSet(namespace: 'library')
                    }
                }
                """);
        List<URL> root = List.of(library.toUri().toURL());
        SourceRetriever here = (repository, branch, target) -> root;
        team.getHelper().registerSharedLibrary(LibraryConfiguration.library().name("acme").defaultVersion("main").allowOverride(true)
                .implicit(true).targetPath(library.toString()).retriever(here).build());

        Map<?, ?> set = (Map<?, ?>) run(team, "return shopDatabase('mongo:7.0.14')");

        assertThat(set.get("members")).asList().hasSize(3);
        assertThat(team.getHelper().methodCallCount("deployStatefulMongo")).isEqualTo(1);
        assertThat(team.getHelper().methodCallCount("echo")).isEqualTo(1);
    }

    @Test
    void aVariableStepsOfTheTestsOwnStays() throws Exception {
        team.getBinding().setVariable("steps", "mine");

        assertThat(run(team, "return steps")).isEqualTo("mine");
    }

    @Test
    void aMethodThatNobodyRegisteredIsMissingBehindStepsToo() {
        assertThatThrownBy(() -> run(team, "steps.deployStatefulMango()")).hasMessageContaining("deployStatefulMango");
    }

    @Test
    void theScriptsDefaultsCountAndWrongParametersFail() throws Exception {
        run(team, "properties([statefulMongo(namespace: 'defaults')])\ndeployStatefulMongo image: 'mongo:7.0.14', replicas: 1");

        assertThat(steps.console()).contains("defaults/db");
        assertThatThrownBy(() -> run(team, "deployStatefulMongo image: 'mongo:7.0.14', replica: 3"))
                .hasMessageContaining("deployStatefulMongo has no parameter 'replica'.");
        assertThatThrownBy(() -> run(team, "deployStatefulMongo image: 'mongo:7.0.14', replicas: 'three'"))
                .hasMessageContaining("replicas expects class java.lang.Integer");
    }

    @Test
    void aTestTakesAnImageAwayAndBringsItBack() throws Exception {
        cluster.unpublish("mongo:7.0.14");
        try {
            assertThatThrownBy(() -> run(team, DEPLOYED.replace("shop", "unpublished")))
                    .isInstanceOf(AbortException.class)
                    .hasMessageStartingWith("waitOrdinals unpublished/db: db-0 cannot start: the image mongo:7.0.14");
        } finally {
            cluster.publish("mongo:7.0.14");
        }
        assertThat(((Map<?, ?>) run(team, DEPLOYED.replace("shop", "unpublished"))).get("primary")).isEqualTo("db-0");
    }

    @Test
    void imagesOfTheTeamsOwnRunWhenTheyArePublished() throws Exception {
        String application = """
                applyManifest namespace: 'own', manifest: '''
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: shop}
                    spec:
                      selector: {matchLabels: {app: shop}}
                      template:
                        metadata: {labels: {app: shop}}
                        spec:
                          containers:
                            - {name: shop, image: 'registry.example.com/shop:1', readinessProbe: {httpGet: {path: /, port: 80}}}
                '''
                """;
        assertThatThrownBy(() -> run(team, application)).isInstanceOf(AbortException.class).hasMessageContaining("registry.example.com/shop:1");

        cluster.publish("registry.example.com/shop");

        assertThat(run(team, application)).isInstanceOf(Map.class);
    }

    @Test
    void anUpdateGoesOnAfterAMemberWasKilledAndAfterARestartOfJenkins() throws Exception {
        run(team, DEPLOYED.replace("shop", "killed"));
        steps.restart(line -> line.contains("db-2  replaced"));
        cluster.member("killed", "db-1").kill();

        Map<?, ?> update = (Map<?, ?>) run(team, "waitOrdinals namespace: 'killed'\n"
                + "return rollingImageUpdate(namespace: 'killed', image: 'mongo:7.0.16')");

        assertThat(update.get("to")).isEqualTo("mongo:7.0.16");
        assertThat(steps.console()).containsSubsequence("db-2  replaced", "Resuming build after Jenkins restart", "db-0  replaced");
    }

    @Test
    void theyWorkInCpsTransformedScripts() throws Exception {
        Map<?, ?> set = (Map<?, ?>) run(new BasePipelineTestCPS() {}, DEPLOYED.replace("shop", "cps"));

        assertThat(set.get("primary")).isEqualTo("db-0");
    }

    @Test
    void closeEndsTheirThreads() throws Exception {
        run(team, DEPLOYED.replace("shop", "threads"));
        assertThat(threads()).isNotEmpty();

        steps.close();

        assertThat(threads()).isEmpty();
    }

    @Test
    void withoutClassesOfJenkinsOrWithTwoOfThemTheMessageSaysWhatToDo() throws Exception {
        assertThatThrownBy(() -> JenkinsClasses.check(ClassLoader.getPlatformClassLoader()))
                .hasMessage("The class path of this test holds no classes of Jenkins. Add stateful-mongo with the classifier"
                        + " jenkins-signatures, or jenkins-core and the plugins that stateful-mongo needs.");
        write(folder.resolve("hudson/model/Descriptor.class"), "");
        try (URLClassLoader two = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            assertThatThrownBy(() -> JenkinsClasses.check(two))
                    .hasMessageStartingWith("The class path of this test holds classes of Jenkins twice: [")
                    .hasMessageEndingWith("]. Remove stateful-mongo's jenkins-signatures where Jenkins' own classes are.");
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("stateful-mongo-")).toList();
    }

    private Object run(BasePipelineTest test, String script) throws Exception {
        test.setScriptRoots(folder.toString());
        test.setScriptExtension("groovy");
        test.setUp();
        steps.register(test);
        write(folder.resolve("Jenkinsfile"), script);
        return test.runScript("Jenkinsfile");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
