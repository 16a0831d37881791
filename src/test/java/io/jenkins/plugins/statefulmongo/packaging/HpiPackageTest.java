package io.jenkins.plugins.statefulmongo.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Extension;
import hudson.init.Initializer;
import hudson.init.Terminator;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import net.java.sezpoz.Index;
import org.jenkinsci.Symbol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens the .hpi of this build and holds it against the rules of packaging (failsafe runs it after {@code package}). */
class HpiPackageTest {
    private static final String OURS = "io/jenkins/plugins/statefulmongo/";
    private static final String PLUGIN_JAR = "stateful-mongo.jar";
    /** The second is where later versions of annotation-indexer write; Jenkins reads both. */
    private static final List<String> INDEXES = List.of("META-INF/annotations/", "META-INF/services/annotations/");

    @TempDir
    static Path folder;

    private static Manifest manifest;
    private static URLClassLoader plugin;

    @BeforeAll
    static void unpack() throws IOException {
        try (JarFile hpi = new JarFile(System.getProperty("hpi"))) {
            manifest = hpi.getManifest();
            for (ZipEntry entry : Collections.list(hpi.entries())) {
                Path to = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(to);
                } else {
                    Files.createDirectories(to.getParent());
                    Files.copy(hpi.getInputStream(entry), to);
                }
            }
        }
        List<URL> jars = new ArrayList<>();
        for (String jar : jars()) {
            jars.add(lib(jar).toUri().toURL());
        }
        plugin = new URLClassLoader(jars.toArray(URL[]::new), new WithoutThisPlugin());
    }

    @AfterAll
    static void close() throws IOException {
        plugin.close();
    }

    @Test
    void rule8_theManifestTellsJenkinsWhatItNeeds() {
        Attributes attributes = manifest.getMainAttributes();
        String version = System.getProperty("project.version");
        String jenkins = System.getProperty("jenkins.version");

        assertThat(attributes.getValue("Manifest-Version")).isEqualTo("1.0");
        assertThat(attributes.getValue("Group-Id")).isEqualTo("io.jenkins.plugins");
        assertThat(List.of("Short-Name", "Artifact-Id", "Extension-Name", "Implementation-Title"))
                .allSatisfy(name -> assertThat(attributes.getValue(name)).isEqualTo("stateful-mongo"));
        assertThat(attributes.getValue("Long-Name")).isEqualTo("Stateful Mongo");
        assertThat(attributes.getValue("Specification-Title")).isNotBlank();
        assertThat(List.of("Plugin-Version", "Implementation-Version"))
                .allSatisfy(name -> assertThat(attributes.getValue(name)).isEqualTo(version));
        assertThat(List.of("Jenkins-Version", "Hudson-Version"))
                .allSatisfy(name -> assertThat(attributes.getValue(name)).isEqualTo(jenkins));
        assertThat(attributes.getValue("Minimum-Java-Version")).isEqualTo("17");
        assertThat(attributes.getValue("Plugin-License-Name")).isEqualTo("MIT");
        assertThat(attributes.getValue("Support-Dynamic-Loading")).isEqualTo("true");
        assertThat(attributes.keySet().stream().map(Object::toString))
                .as("nothing of the machine that built it")
                .doesNotContain("Built-By", "Build-Jdk", "Build-Jdk-Spec", "Created-By", "Build-Tag");
    }

    @Test
    void rule8_thePluginsThatBringTheClassesAreNamedWithTheirVersions() {
        String dependencies = manifest.getMainAttributes().getValue("Plugin-Dependencies");

        assertThat(dependencies).isEqualTo(System.getProperty("plugin.dependencies"));
        assertThat(dependencies.split(","))
                .allMatch(dependency -> dependency.matches("[a-z0-9-]+:\\d[\\w.-]+(;resolution:=optional)?"));
        assertThat(Arrays.stream(dependencies.split(","))
                        .filter(dependency -> !dependency.contains("optional"))
                        .map(dependency -> dependency.substring(0, dependency.indexOf(':'))))
                .containsExactlyInAnyOrder(
                        "workflow-step-api", "kubernetes-client-api", "credentials", "plain-credentials", "structs");
    }

    @Test
    void rule8_innerJarCarriesThePluginManifest() throws IOException {
        try (JarFile jar = new JarFile(lib(PLUGIN_JAR).toFile())) {
            assertThat(jar.getManifest()).isEqualTo(manifest);
        }
    }

    @Test
    void bundlesTheDriverItsCompanionsAndOneHttpClientAndNothingElse() throws IOException {
        assertThat(jars().stream().map(jar -> jar.replaceFirst("-\\d[\\w.-]*\\.jar$", ".jar")))
                .containsExactly(
                        "bson.jar",
                        "bson-record-codec.jar",
                        "kubernetes-httpclient-jdk.jar",
                        "mongodb-driver-core.jar",
                        "mongodb-driver-sync.jar",
                        PLUGIN_JAR);
    }

    @Test
    void classesOfJenkinsAndOfItsPluginsAreNeverPackaged() throws IOException {
        for (String jar : jars()) {
            String allowed = jar.equals(PLUGIN_JAR)
                    ? OURS
                    : jar.startsWith("kubernetes-httpclient-jdk") ? "io/fabric8/kubernetes/client/jdkhttp/" : "(com/mongodb|org/bson)/";
            assertThat(entries(jar).filter(name -> name.endsWith(".class")))
                    .as(jar)
                    .isNotEmpty()
                    .allMatch(name -> name.matches("(META-INF/versions/\\d+/)?(module-info.class|" + allowed + ".*)"));
        }
    }

    @Test
    void everythingInTheJarIsOurs() throws IOException {
        assertThat(entries(PLUGIN_JAR).filter(name -> !name.endsWith("/")))
                .contains("index.jelly")
                .allMatch(name -> name.matches("META-INF/.*|index.jelly|" + OURS + ".*"));
        assertThat(Files.readString(lib("../../META-INF/MANIFEST.MF"))).doesNotContain("/work/", "/root/", "/home/");
    }

    /** The four tests after this one compare indexes that may be empty; here none is. */
    @Test
    void rule9_thisBuildsProcessorsIndexAllFourAnnotations(@TempDir Path out) throws IOException {
        Path source = Files.writeString(
                out.resolve("Sample.java"),
                """
                @hudson.Extension @org.jenkinsci.Symbol("sample") public class Sample {
                    @hudson.init.Initializer public static void begin() {}
                    @hudson.init.Terminator public static void end() {}
                }
                """);

        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, OutputStream.nullOutputStream(), "-d", out.toString(), source.toString());

        assertThat(status).isZero();
        assertThat(out.resolve(INDEXES.get(0) + Extension.class.getName())).isNotEmptyFile();
        for (var annotation : List.of(Symbol.class, Initializer.class, Terminator.class)) {
            assertThat(INDEXES.stream().map(index -> out.resolve(index + annotation.getName())))
                    .filteredOn(Files::exists)
                    .singleElement()
                    .satisfies(index -> assertThat(index).hasContent("Sample"));
        }
    }

    @Test
    void rule9_extensionsAreIndexedBySezPoz() throws Exception {
        Set<String> indexed = new TreeSet<>();
        for (var item : Index.load(Extension.class, Object.class, plugin)) {
            indexed.add(item.className());
            assertThat(item.element()).isNotNull();
        }

        assertThat(indexed).isEqualTo(annotated(Extension.class));
    }

    @Test
    void rule9_symbolsAreIndexed() throws Exception {
        assertThat(index(Symbol.class)).isEqualTo(annotated(Symbol.class));
    }

    @Test
    void rule9_terminatorsAreIndexed() throws Exception {
        assertThat(index(Terminator.class)).isEqualTo(annotated(Terminator.class));
    }

    @Test
    void rule9_initializersAreIndexed() throws Exception {
        assertThat(index(Initializer.class)).isEqualTo(annotated(Initializer.class));
    }

    @Test
    void rule9_classesKeepTheNamesOfTheirParameters() throws Exception {
        for (Class<?> type : classes()) {
            if (type.isAnonymousClass() || type.isLocalClass() || type.isEnum()) {
                continue;
            }
            Stream.<Executable>concat(
                            Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
                    .filter(executable -> !executable.isSynthetic())
                    .flatMap(executable -> Arrays.stream(executable.getParameters()))
                    .filter(parameter -> !parameter.isImplicit() && !parameter.isSynthetic())
                    .forEach(parameter -> assertThat(parameter)
                            .as("%s", parameter.getDeclaringExecutable())
                            .matches(Parameter::isNamePresent));
        }
    }

    @Test
    void rule11_noGroovyUnderSrc() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of(System.getProperty("basedir"), "src"))) {
            assertThat(sources.map(Path::toString)).noneMatch(name -> name.endsWith(".groovy"));
        }
    }

    private static Path lib(String jar) {
        return folder.resolve("WEB-INF/lib").resolve(jar);
    }

    private static Set<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("WEB-INF/lib"))) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private static Stream<String> entries(String jar) throws IOException {
        try (JarFile file = new JarFile(lib(jar).toFile())) {
            return file.stream().map(ZipEntry::getName).toList().stream();
        }
    }

    private static List<Class<?>> classes() throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        for (String name : entries(PLUGIN_JAR).filter(name -> name.endsWith(".class")).toList()) {
            String className = name.replace(".class", "").replace('/', '.');
            classes.add(Class.forName(className, false, plugin));
        }
        return classes;
    }

    /** The classes that carry the annotation, on themselves or on a member. */
    private static Set<String> annotated(Class<? extends Annotation> annotation) throws Exception {
        Set<String> names = new TreeSet<>();
        for (Class<?> type : classes()) {
            Stream<AnnotatedElement> elements = Stream.of(
                            new AnnotatedElement[] {type}, type.getDeclaredFields(), type.getDeclaredMethods())
                    .flatMap(Arrays::stream);
            if (elements.anyMatch(element -> element.isAnnotationPresent(annotation))) {
                names.add(type.getName());
            }
        }
        return names;
    }

    /** The classes that annotation-indexer's files name, which is all that Jenkins reads. */
    private static Set<String> index(Class<? extends Annotation> annotation) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String index : INDEXES) {
            for (URL file : Collections.list(plugin.getResources(index + annotation.getName()))) {
                try (var in = file.openStream()) {
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(names::add);
                }
            }
        }
        return names;
    }

    /** The test's own class path (Jenkins, or its signatures) without this plugin: what a controller offers to it. */
    private static final class WithoutThisPlugin extends ClassLoader {
        WithoutThisPlugin() {
            super(HpiPackageTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(OURS.replace('/', '.'))) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }

        private static boolean isIndex(String name) {
            return INDEXES.stream().anyMatch(name::startsWith);
        }

        @Override
        public URL getResource(String name) {
            return isIndex(name) ? null : super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return isIndex(name) ? Collections.emptyEnumeration() : super.getResources(name);
        }
    }
}
