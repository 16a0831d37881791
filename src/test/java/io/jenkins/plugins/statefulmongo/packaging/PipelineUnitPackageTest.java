package io.jenkins.plugins.statefulmongo.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jenkins.plugins.statefulmongo.demo.Markdown;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars for the pipeline tests of other projects, and what the documentation says about them, in such a project. */
class PipelineUnitPackageTest {
    private static final String OURS = "io/jenkins/plugins/statefulmongo/";
    private static final Path PIPELINE_UNIT = jar("-pipeline-unit");
    private static final Path SIGNATURES = jar("-jenkins-signatures");
    private static final Path BASE = Path.of(System.getProperty("basedir"));
    private static final String IMPORTS = """
            import static org.junit.jupiter.api.Assertions.*;
            import com.lesfurets.jenkins.unit.BasePipelineTest;
            import hudson.AbortException;
            import io.jenkins.plugins.statefulmongo.testing.cluster.*;
            import io.jenkins.plugins.statefulmongo.testing.pipeline.*;
            import java.nio.file.Path;
            import org.junit.jupiter.api.Test;

            """;

    @TempDir
    Path folder;

    @AfterEach
    void removeLinks() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    @Test
    void theTestJarHoldsTheClusterAndTheAdapterAndNoTestOfOurs() throws IOException {
        Map<String, String> classes = classes(PIPELINE_UNIT);

        assertThat(classes).containsKeys(OURS + "testing/cluster/EmbeddedCluster.class", OURS + "testing/pipeline/StatefulMongoSteps.class");
        assertThat(classes.keySet()).allMatch(name -> name.matches(OURS + "testing/(cluster|pipeline)/[\\w$-]+\\.class"));
        assertThat(classes.keySet()).noneMatch(name -> name.contains("Test.class") || name.contains("Test$"));
        assertThat(classes).as("asks for no test framework")
                .allSatisfy((name, bytes) -> assertThat(bytes.contains("org/junit") || bytes.contains("org/assertj")).as(name).isFalse());
    }

    @Test
    void signaturesAreInAJarOfTheirOwn() throws IOException {
        assumeThat(SIGNATURES).as("the real Jenkins needs none").exists();

        assertThat(classes(SIGNATURES).keySet()).contains("hudson/model/Descriptor.class").noneMatch(name -> name.startsWith(OURS));
    }

    @Test
    void withoutSignaturesAndWithoutJenkinsTheMessageSaysWhatIsMissing() throws Exception {
        assumeThat(SIGNATURES).as("the real Jenkins is on the class path").exists();
        List<URL> jars = new ArrayList<>(List.of(PIPELINE_UNIT.toUri().toURL(), jar("").toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.endsWith(".jar") && !entry.startsWith(BASE.toString())) {
                jars.add(Path.of(entry).toUri().toURL());
            }
        }
        // Not closed: netty's last threads load classes after the cluster's end.
        ClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Class<?> type = loader.loadClass("io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster");
        try (AutoCloseable cluster = (AutoCloseable) type.getMethod("start").invoke(null)) {
            assertThatThrownBy(() -> loader.loadClass("io.jenkins.plugins.statefulmongo.testing.pipeline.StatefulMongoSteps")
                            .getConstructor(type).newInstance(cluster))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageStartingWith("The class path of this test holds no classes of Jenkins. Add stateful-mongo with the classifier");
        }
    }

    @Test
    void anotherProjectRunsTheExamplesWithTheDependenciesOfThePage() throws Exception {
        assumeThat(SIGNATURES).as("the page is about the default build's jars").exists();
        Markdown readme = Markdown.of("README.md");
        Markdown page = Markdown.of("docs/testing.md");
        install(linked(Path.of(System.getProperty("local.repository"))));
        List<String> examples = new ArrayList<>(readme.blocks("java"));
        examples.addAll(page.blocks("java"));
        assertThat(examples).hasSize(3);
        for (String example : examples) {
            Matcher name = Pattern.compile("class (\\w+)").matcher(example);
            assertThat(name.find()).isTrue();
            write("src/test/java/" + name.group(1) + ".java", IMPORTS + example);
        }
        List<String> pipelines = readme.blocks("groovy");
        write("Jenkinsfile", pipelines.get(0));
        write("update.jenkins", pipelines.get(1));
        write("declarative.jenkins", pipelines.get(2));
        write("pom.xml", pom(page.blocks("xml")));

        Process maven = maven();
        String output = new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(maven.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(maven.exitValue()).as(output).isZero();
        assertThat(output).contains("Tests run: 3, Failures: 0, Errors: 0, Skipped: 0");
    }

    private Process maven() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(), "-B", "-ntp", "-Dmaven.repo.local=" + folder.resolve("repository")));
        if (System.getProperty("maven.mode").equals("offline=true")) {
            command.add("-o");
        }
        command.add("test");
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    }

    /** The versions of the plugins and of the tests' framework are this build's, so that nothing else is downloaded for them. */
    private static String pom(List<String> blocks) throws IOException {
        String ours = Files.readString(BASE.resolve("pom.xml"));
        String framework = """
                <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>%s</version><scope>test</scope></dependency>
                <dependency><groupId>org.assertj</groupId><artifactId>assertj-core</artifactId><version>%s</version><scope>test</scope></dependency>
                </dependencies>""".formatted(found(ours, "<junit.version>(.*?)<"), found(ours, "<artifactId>assertj-core</artifactId>\\s*<version>(.*?)<"));
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                <modelVersion>4.0.0</modelVersion>
                <groupId>com.example</groupId><artifactId>shop</artifactId><version>1</version>
                <properties>
                  <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  <maven.compiler.release>17</maven.compiler.release>
                </properties>
                %s
                <build><plugins>
                <plugin><artifactId>maven-resources-plugin</artifactId><version>%s</version></plugin>
                <plugin><artifactId>maven-compiler-plugin</artifactId><version>%s</version></plugin>
                <plugin><artifactId>maven-surefire-plugin</artifactId><version>%s</version><configuration>%s</configuration></plugin>
                </plugins></build>
                </project>
                """.formatted(blocks.get(0).replace("</dependencies>", framework), found(ours, "<artifactId>maven-resources-plugin</artifactId>\\s*<version>(.*?)<"),
                found(ours, "<artifactId>maven-compiler-plugin</artifactId>\\s*<version>(.*?)<"), found(ours, "<surefire.version>(.*?)<"), blocks.get(1));
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    /** A repository that is the local one but for this plugin: the developer's own stays as it is. */
    private Path linked(Path repository) throws IOException {
        Path copy = folder.resolve("repository");
        link(repository, copy, List.of("io", "jenkins", "plugins", "stateful-mongo"));
        return copy.resolve("io/jenkins/plugins/stateful-mongo");
    }

    private static void link(Path from, Path to, List<String> apart) throws IOException {
        Files.createDirectories(to);
        if (apart.isEmpty()) {
            return;
        }
        if (Files.isDirectory(from)) {
            try (var children = Files.newDirectoryStream(from, child -> !child.getFileName().toString().equals(apart.get(0)))) {
                for (Path child : children) {
                    Files.createSymbolicLink(to.resolve(child.getFileName()), child);
                }
            }
        }
        link(from.resolve(apart.get(0)), to.resolve(apart.get(0)), apart.subList(1, apart.size()));
    }

    /** As {@code mvn install} does. */
    private static void install(Path artifact) throws IOException {
        String version = System.getProperty("project.version");
        Path to = Files.createDirectories(artifact.resolve(version));
        Files.copy(BASE.resolve("pom.xml"), to.resolve("stateful-mongo-" + version + ".pom"));
        for (String classifier : List.of("", "-pipeline-unit", "-jenkins-signatures")) {
            Files.copy(jar(classifier), to.resolve("stateful-mongo-" + version + classifier + ".jar"));
        }
    }

    private void write(String file, String text) throws IOException {
        Path to = folder.resolve(file);
        Files.createDirectories(to.getParent());
        Files.writeString(to, text);
    }

    private static Path jar(String classifier) {
        return Path.of(System.getProperty("packaged.jars") + classifier + ".jar");
    }

    /** The classes of a jar by name, each as the text in which its names can be found. */
    private static Map<String, String> classes(Path jar) throws IOException {
        Map<String, String> classes = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (ZipEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
                classes.put(entry.getName(), new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        return classes;
    }
}
