package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.Defaults;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoFolderProperty;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.java.sezpoz.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every step, form and composition must have. */
class ConventionsTest {

    static List<OperationStepDescriptor> steps() throws InstantiationException {
        List<OperationStepDescriptor> steps = new java.util.ArrayList<>();
        for (var item : Index.load(hudson.Extension.class, Object.class, ConventionsTest.class.getClassLoader())) {
            if (item.className().startsWith(OperationStep.class.getPackageName() + ".")
                    && item.instance() instanceof OperationStepDescriptor step) {
                steps.add(step);
            }
        }
        return steps;
    }

    @Test
    void allStepsAreIndexedForJenkins() throws Exception {
        assertThat(steps()).extracting(OperationStepDescriptor::getFunctionName).containsExactlyInAnyOrder(
                "deployStatefulMongo", "waitOrdinals", "initReplicaSet", "rollingImageUpdate", "applyManifest", "probeService");
        assertThat(Stream.of(Operations.values()).map(Operations::function))
                .containsExactlyInAnyOrderElementsOf(steps().stream().map(OperationStepDescriptor::getFunctionName).toList());
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aStepHasAFormAndHelpForEveryParameter(OperationStepDescriptor step) {
        assertThat(resource(step.clazz, "help.html")).startsWith("<div>");
        assertThat(fields(step.clazz, "config.jelly")).containsExactlyInAnyOrderElementsOf(OperationStepDescriptor.parameterNames(step.clazz));
        for (String parameter : OperationStepDescriptor.parameterNames(step.clazz)) {
            Class<?> owner = Stream.of(step.clazz.getMethods()).filter(m -> m.getName().equals(setter(parameter))).findFirst()
                    .<Class<?>>map(Method::getDeclaringClass).orElse(step.clazz);
            assertThat(resource(owner, "help-" + parameter + ".html")).startsWith("<div>");
        }
    }

    /** Of a view and of those that it includes. */
    private static List<String> fields(Class<?> type, String view) {
        List<String> fields = new java.util.ArrayList<>();
        var part = java.util.regex.Pattern.compile("<f:entry field=\"(\\w+)\"|<st:include page=\"([\\w.]+)\" class=\"([\\w.]+)\"").matcher(resource(type, view));
        while (part.find()) {
            if (part.group(1) != null) {
                fields.add(part.group(1));
            } else {
                try {
                    fields.addAll(fields(Class.forName(part.group(3)), part.group(2)));
                } catch (ClassNotFoundException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return fields;
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aStepHasAGetterForEveryParameterAndChoicesForEverySelection(OperationStepDescriptor step) {
        List<String> methods = Stream.of(step.clazz.getMethods()).map(Method::getName).toList();
        for (String parameter : OperationStepDescriptor.parameterNames(step.clazz)) {
            String end = setter(parameter).substring(3);
            assertThat(methods).containsAnyOf("get" + end, "is" + end);
        }
        var selection = java.util.regex.Pattern.compile("field=\"(\\w+)\"[^/]*\\s*<f:select/>").matcher(resource(step.clazz, "config.jelly"));
        while (selection.find()) {
            String fill = "doFill" + setter(selection.group(1)).substring(3) + "Items";
            assertThat(Stream.of(step.getClass().getMethods()).map(Method::getName)).contains(fill);
        }
    }

    @ParameterizedTest
    @MethodSource("steps")
    void theReferenceNamesEveryParameterOfAStep(OperationStepDescriptor step) throws IOException {
        String page = Files.readString(Path.of("docs/steps.md"));
        String section = page.split("\n## " + step.getFunctionName() + "\n")[1].split("\n## ")[0];
        String common = page.split("\n## ")[0];
        for (String parameter : OperationStepDescriptor.parameterNames(step.clazz)) {
            assertThat(common + section).as(step.getFunctionName()).contains("| `" + parameter + "` |");
        }
        assertThat(section).contains("\nReturns ");
    }

    @ParameterizedTest
    @ValueSource(classes = {
        StatefulMongoConfiguration.class, ClusterConnection.class, StatefulMongoJobProperty.class, StatefulMongoFolderProperty.class
    })
    void everyFieldOfAConfigurationIsInItsFormWithHelp(Class<?> type) {
        Set<String> shown = new java.util.TreeSet<>();
        var field = java.util.regex.Pattern.compile("<f:entry field=\"(\\w+)\"").matcher(
                Defaults.class.isAssignableFrom(type) ? resource(Defaults.class, "defaults.jelly") : resource(type, "config.jelly"));
        while (field.find()) {
            shown.add(field.group(1));
            assertThat(resource(type, "help-" + field.group(1) + ".html")).startsWith("<div>");
        }
        assertThat(shown).isEqualTo(OperationStepDescriptor.parameterNames(type));
    }

    @Test
    void theFormsOfJobFolderAndFreestyleAreThere() {
        assertThat(resource(StatefulMongoJobProperty.class, "config-details.jelly")).contains("defaults.jelly");
        assertThat(resource(StatefulMongoFolderProperty.class, "config.jelly")).contains("defaults.jelly");
        assertThat(resource(OperationBuilder.class, "config.jelly")).contains("field=\"step\"");
        assertThat(resource(OperationBuilder.class, "help.html")).contains("holds the executor").contains("a restart of Jenkins ends it");
    }

    @Test
    void everyViewEscapesWhatItShows() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            assertThat(files.filter(f -> f.toString().endsWith(".jelly")).toList()).isNotEmpty().allSatisfy(
                    f -> assertThat(Files.readString(f)).startsWith("<?jelly escape-by-default='true'?>"));
        }
    }

    @Test
    void aCompositionIsShortDocumentedAndHidesNoStep() throws Exception {
        Set<String> names = steps().stream().map(OperationStepDescriptor::getFunctionName).collect(java.util.stream.Collectors.toSet());
        try (Stream<Path> files = Files.list(Path.of("vars"))) {
            assertThat(files.filter(f -> f.toString().endsWith(".groovy")).toList()).isNotEmpty().allSatisfy(f -> {
                String name = f.getFileName().toString().replace(".groovy", "");
                assertThat(names).doesNotContain(name);
                assertThat(Path.of("vars", name + ".txt")).isNotEmptyFile();
                assertThat(Files.readAllLines(f)).hasSizeLessThanOrEqualTo(15);
            });
        }
    }

    @Test
    void jenkins11_noGroovyIsUnderSrc() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            assertThat(files.filter(f -> f.toString().endsWith(".groovy"))).isEmpty();
        }
    }

    private static String setter(String parameter) {
        return "set" + Character.toUpperCase(parameter.charAt(0)) + parameter.substring(1);
    }

    private static String resource(Class<?> type, String name) {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + "/" + name)) {
            assertThat(in).as(type.getSimpleName() + "/" + name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
