package io.jenkins.plugins.statefulmongo.testing.pipeline;

import com.lesfurets.jenkins.unit.MockPipelineScript;
import com.lesfurets.jenkins.unit.PipelineTestHelper;
import com.lesfurets.jenkins.unit.global.lib.LibraryConfiguration;
import com.lesfurets.jenkins.unit.global.lib.SourceRetriever;
import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Runs a Jenkinsfile in this JVM, through JenkinsPipelineUnit, with the real steps of this plugin:
 *
 * <pre>{@code
 * Build build = new Pipeline(cluster)
 *         .library("stateful-mongo", Path.of("."))
 *         .parameter("NAMESPACE", "mine")
 *         .run(Path.of("Jenkinsfile"));
 * assertThat(build.successful()).isTrue();
 * }</pre>
 *
 * Arguments are bound as Jenkins binds them, and every execution is stored and may be resumed as after a restart of Jenkins.
 */
public final class Pipeline {
    private final ConnectionSource connections;
    private final Map<String, Path> libraries = new LinkedHashMap<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final Map<String, List<String>> credentials = new LinkedHashMap<>();
    private PrintStream console = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    private Predicate<String> restart = line -> false;
    private int number = 1;
    private Run<?, ?> build;
    private StepRunner runner;

    /** Every step uses this cluster, whatever its {@code cluster} says. */
    public Pipeline(EmbeddedCluster cluster) {
        this(StatefulMongoSteps.connections(cluster));
    }

    /** Every step uses this connection, whatever its {@code cluster} says. */
    public Pipeline(Connection connection) {
        this(StatefulMongoSteps.connections(connection));
    }

    public Pipeline(ConnectionSource connections) {
        this.connections = connections;
    }

    /** @param root the folder that holds the library's {@code vars} and {@code resources} */
    public Pipeline library(String name, Path root) {
        libraries.put(name, root);
        return this;
    }

    public Pipeline parameter(String name, Object value) {
        parameters.put(name, value);
        return this;
    }

    /** A user name with password that stands for one of Jenkins' credentials, for {@code rootCredentialsId} and {@code users}. */
    public Pipeline credential(String id, String user, String password) {
        credentials.put(id, List.of(user, password));
        return this;
    }

    /** Where the build's console also goes while it runs. */
    public Pipeline console(PrintStream target) {
        console = target;
        return this;
    }

    public Pipeline number(int build) {
        number = build;
        return this;
    }

    /** The build as steps find it, with its actions; without, they find none. */
    public Pipeline build(Run<?, ?> run) {
        build = run;
        return this;
    }

    /**
     * Lets Jenkins restart in the middle of a step.
     *
     * @param after tells for a line that a step printed whether Jenkins restarts now; asked with "" when a step has just started
     */
    public Pipeline restart(Predicate<String> after) {
        restart = after;
        return this;
    }

    /** Stops the running build, as its red button in Jenkins does. */
    public void abort() {
        runner.stop(new Aborted("Aborted by user"));
    }

    /** What the running step says that it does, or null when none runs. */
    public String status() {
        return runner == null ? null : runner.status();
    }

    public Build run(Path jenkinsfile) throws IOException {
        return run(Files.readString(jenkinsfile));
    }

    /** @param text a pipeline, declarative or scripted */
    public Build run(String text) throws IOException {
        BuildLog log = new BuildLog();
        log.listen(console::println);
        PipelineTestHelper helper = new PipelineTestHelper();
        Script script = new Script(helper, number);
        script.params().putAll(parameters);
        StatefulMongoSteps steps = new StatefulMongoSteps(connections, build, log).restart(restart);
        credentials.forEach((id, login) -> steps.credential(id, login.get(0), login.get(1)));
        runner = steps.runner();
        Path folder = Files.createTempDirectory("pipeline");
        try {
            Files.writeString(folder.resolve("Jenkinsfile.groovy"), text);
            prepare(helper, folder);
            new Declarative(script, log).register();
            new BasicSteps(script, log, runner).register();
            steps.register(helper, script.binding());
            return run(helper, script, log);
        } finally {
            Files.deleteIfExists(folder.resolve("Jenkinsfile.groovy"));
            Files.deleteIfExists(folder);
        }
    }

    private static Build run(PipelineTestHelper helper, Script script, BuildLog log) {
        log.println("[Pipeline] Start of Pipeline");
        Throwable error = null;
        try {
            helper.runScript("Jenkinsfile.groovy", script.binding());
        } catch (Throwable e) {
            error = e;
            script.worsen(Script.resultOf(e));
        }
        log.println("[Pipeline] End of Pipeline");
        if (error != null) {
            log.println((error instanceof InterruptedException ? "" : "ERROR: ") + Script.message(error));
        }
        log.println("Finished: " + script.result());
        return new Build(script.result(), log.toString(), error);
    }

    private void prepare(PipelineTestHelper helper, Path folder) throws MalformedURLException {
        helper.setScriptRoots(new String[] {folder.toString()});
        helper.setBaseScriptRoot(folder.toString());
        helper.setScriptExtension("groovy");
        helper.setScriptBaseClass(MockPipelineScript.class);
        helper.setBaseClassloader(Pipeline.class.getClassLoader());
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            helper.registerSharedLibrary(LibraryConfiguration.library()
                    .name(library.getKey())
                    .defaultVersion("main")
                    .allowOverride(true)
                    .implicit(false)
                    .targetPath(library.getValue().toAbsolutePath().toString())
                    .retriever(at(library.getValue()))
                    .build());
        }
        helper.init();
    }

    private static SourceRetriever at(Path root) throws MalformedURLException {
        List<URL> folder = List.of(root.toAbsolutePath().normalize().toUri().toURL());
        return (repository, branch, target) -> folder;
    }
}
