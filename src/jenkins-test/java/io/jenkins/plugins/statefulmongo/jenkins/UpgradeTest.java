package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.page.BuildPage;
import io.jenkins.plugins.statefulmongo.steps.Request;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * A build is in flight while the plugin is replaced by a later version of itself. The earlier one is this one under an earlier number, but
 * for its {@link Request}, all that is kept of a call: there it has a field that this version does not know any more, and lacks one that
 * this version has.
 */
class UpgradeTest {
    private static final String EARLIER = "0.0.9";
    private static final String FIELD = "beganMillis";

    @RegisterExtension
    private final RealJenkinsExtension jenkins = new RealJenkinsExtension().withTimeout(300).javaOptions("-XX:TieredStopAtLevel=1");

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final Blockade blockade = new Blockade(cluster);

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void jenkins19_aBuildInFlightGoesOnWithALaterVersion() throws Throwable {
        Path plugins = jenkins.getHome().toPath().resolve("plugins");
        Path linked = plugins.resolve("stateful-mongo.jpl");
        Path installed = Files.exists(linked) ? linked : plugins.resolve("stateful-mongo.jpi");
        Manifest manifest = manifest(installed);
        String later = manifest.getMainAttributes().getValue("Plugin-Version");
        byte[] plugin = Files.readAllBytes(installed);
        Files.delete(installed);
        linkEarlier(manifest, linked);

        jenkins.startJenkins();
        assertThat(jenkins.runRemotely(UpgradeTest::version)).isEqualTo(EARLIER);
        jenkins.runRemotely(UpgradeTest::prepare, cluster.kubeconfig());
        blockade.raise(Point.SECOND_MEMBER::isMiddle);
        jenkins.runRemotely(RestartTest::begin, Point.SECOND_MEMBER, FlowDurabilityHint.MAX_SURVIVABILITY);
        blockade.awaitStep();
        Controller.awaitStored(jenkins.getHome().toPath(), Point.SECOND_MEMBER.place(), FIELD);
        jenkins.stopJenkins();
        blockade.lift();

        Files.delete(linked);
        Files.write(installed, plugin);
        jenkins.startJenkins();
        assertThat(jenkins.runRemotely(UpgradeTest::version)).isEqualTo(later);
        String console = jenkins.runRemotely(RestartTest::end, Point.SECOND_MEMBER);
        assertThat(console).contains("Resuming build at ", Point.SECOND_MEMBER.said, "Finished: SUCCESS");
        assertThat(cluster.requests()).filteredOn(r -> r.path().contains("/pods/db-2/eviction")).hasSize(1);
        assertThat(jenkins.runRemotely(UpgradeTest::page)).isEqualTo("1 step: 1 done");
    }

    private static String version(JenkinsRule jenkins) {
        return jenkins.jenkins.getPluginManager().getPlugin("stateful-mongo").getVersion();
    }

    private static void prepare(JenkinsRule jenkins, String kubeconfig) throws Exception {
        Controller.connect(kubeconfig);
        jenkins.buildAndAssertSuccess(Controller.pipeline(jenkins, "prepare", Point.SECOND_MEMBER.preparation()));
    }

    private static String page(JenkinsRule jenkins) {
        WorkflowJob job = jenkins.jenkins.getItemByFullName(Point.SECOND_MEMBER.place(), WorkflowJob.class);
        return job.getBuildByNumber(1).getAction(BuildPage.class).getSummary();
    }

    private static Manifest manifest(Path plugin) throws IOException {
        if (plugin.toString().endsWith(".jpl")) {
            try (InputStream text = Files.newInputStream(plugin)) {
                return new Manifest(text);
            }
        }
        try (JarFile packed = new JarFile(plugin.toFile())) {
            return packed.getManifest();
        }
    }

    /** Linked, as a plugin that is being developed: the earlier class comes before the others. */
    private void linkEarlier(Manifest manifest, Path linked) throws Exception {
        Attributes attributes = manifest.getMainAttributes();
        attributes.putValue("Plugin-Version", EARLIER);
        Path earlier = earlierRequest(manifest);
        String libraries = attributes.getValue("Libraries");
        if (libraries == null) {
            Path jar = Path.of(Request.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> jars = Files.list(jar.getParent())) {
                libraries = jars.map(Path::toString).collect(Collectors.joining(","));
            }
        }
        attributes.putValue("Libraries", earlier + "," + libraries);
        attributes.putValue("Resource-Path", folder.toString());
        try (OutputStream out = Files.newOutputStream(linked)) {
            manifest.write(out);
        }
    }

    /** In a jar with the plugin's manifest, without which Jenkins stores and reads nothing of it. */
    private Path earlierRequest(Manifest manifest) throws IOException {
        String name = Request.class.getName().replace('.', '/');
        String text = Files.readString(Path.of(System.getProperty("basedir"), "src/main/java", name + ".java"));
        for (String use : new String[] {"private final long startMillis;", "this.startMillis = ", "return startMillis;"}) {
            assertThat(text).contains(use);
            text = text.replace(use, use.replace("startMillis", FIELD));
        }
        Path source = folder.resolve("Request.java");
        Files.writeString(source, text, StandardCharsets.UTF_8);
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-nowarn", "-parameters", "-g",
                "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
        assertThat(status).as("javac").isZero();
        Path jar = folder.resolve("earlier.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry(name + ".class"));
            Files.copy(folder.resolve(name + ".class"), out);
        }
        return jar;
    }
}
