package io.jenkins.plugins.statefulmongo.steps;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.Extension;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.java.sezpoz.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kohsuke.stapler.verb.POST;
import org.springframework.security.access.AccessDeniedException;

/** The web methods of all forms: what they say, and to whom. */
class FormsTest {
    private static final String BAD = " /\u00a7\u0000:\n{[";
    private static final String CHOSEN = "chosen";

    /** A web method of one of our descriptors. */
    record Web(Descriptor<?> form, Method method) {
        @Override
        public String toString() {
            return form.getClass().getEnclosingClass() == null
                    ? method.getName()
                    : form.getClass().getEnclosingClass().getSimpleName() + "." + method.getName();
        }

        /** Each text is {@code value}. */
        Object call(String value) throws Exception {
            List<Object> arguments = new ArrayList<>();
            for (Parameter parameter : method.getParameters()) {
                arguments.add(parameter.getType() == Item.class ? JOB : parameter.getType() == boolean.class ? (Object) false : value);
            }
            return method.invoke(form, arguments.toArray());
        }
    }

    private static final Item JOB = (Item) Proxy.newProxyInstance(
            FormsTest.class.getClassLoader(), new Class<?>[] {Item.class}, (proxy, method, args) -> switch (method.getName()) {
                case "getFullName" -> "team/deploy";
                case "hasPermission" -> Jenkins.get().hasPermission((hudson.security.Permission) args[0]);
                default -> null;
            });

    static List<Web> webMethods() throws InstantiationException {
        List<Web> methods = new ArrayList<>();
        for (var item : Index.load(Extension.class, Object.class, FormsTest.class.getClassLoader())) {
            if (item.className().startsWith("io.jenkins.plugins.statefulmongo.") && item.instance() instanceof Descriptor<?> form) {
                Stream.of(form.getClass().getMethods())
                        .filter(m -> m.getName().matches("do[A-Z].*") && m.getDeclaringClass().getName().startsWith("io.jenkins.plugins.statefulmongo."))
                        .forEach(m -> methods.add(new Web(form, m)));
            }
        }
        assertThat(methods).hasSizeGreaterThan(50);
        return methods;
    }

    @ParameterizedTest
    @MethodSource("webMethods")
    void everyWebMethodIsPostAndTellsNothingWithoutAPermission(Web web) throws Exception {
        assertThat(web.method.isAnnotationPresent(POST.class)).isTrue();
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            Object answer = web.call(web.method.getReturnType() == ListBoxModel.class ? CHOSEN : BAD);
            if (answer instanceof ListBoxModel choices) {
                // The first of a fixed list is its default; of others only what is chosen anyway.
                assertThat(choices.stream().map(c -> c.value)).isSubsetOf("", CHOSEN);
            } else {
                assertThat(((FormValidation) answer).kind).isEqualTo(FormValidation.Kind.OK);
            }
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).isInstanceOf(AccessDeniedException.class);
        }
    }

    static List<Web> checks() throws InstantiationException {
        return webMethods().stream().filter(w -> w.method.getName().startsWith("doCheck")).toList();
    }

    @ParameterizedTest
    @MethodSource("checks")
    void everyCheckSaysWhatIsWrongToWhomItConcerns(Web web) throws Exception {
        // A connection may be called anything but nothing.
        String bad = web.toString().equals("ClusterConnection.doCheckName") ? " " : BAD;
        assertThat(((FormValidation) web.call(bad)).kind).isNotEqualTo(FormValidation.Kind.OK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "deployStatefulMongo | replicas             | 51      | parameter 'replicas' must be from 1 to 50, but is 51.",
        "deployStatefulMongo | replicas             | x       | parameter 'replicas' must be a whole number, but is 'x'.",
        "deployStatefulMongo | replicas             | 5       |",
        "deployStatefulMongo | replicas             | ''      |",
        "deployStatefulMongo | image                | ''      |",
        "deployStatefulMongo | image                | Mongo:7 | parameter 'image' is no image name: 'Mongo:7'.",
        "deployStatefulMongo | image                | mongo:7.0.14 |",
        "deployStatefulMongo | storage              | 2       | parameter 'storage' is '2', which is next to nothing.",
        "deployStatefulMongo | memory               | 1Gi     |",
        "deployStatefulMongo | version              | 7       | parameter 'version' must be a release of MongoDB such as 7.0.14, but is '7'.",
        "deployStatefulMongo | memberTimeoutSeconds | 5       | parameter 'memberTimeoutSeconds' must be from 30 to 86400, but is 5.",
        "deployStatefulMongo | manifest             | ''      |",
        "deployStatefulMongo | timeoutSeconds       | 0       | parameter 'timeoutSeconds' must be from 1 to 604800, but is 0.",
        "waitOrdinals        | stuckSeconds         | 0       | parameter 'stuckSeconds' must be from 1 to 86400, but is 0.",
        "rollingImageUpdate  | image                | ''      | parameter 'image' is missing",
        "rollingImageUpdate  | image                | nginx   |",
        "rollingImageUpdate  | version              | 7.0.14  |",
        "initReplicaSet      | clusterDomain        | a..b    | parameter 'clusterDomain' must be a DNS domain such as cluster.local, but is 'a..b'.",
        "applyManifest       | manifest             | ''      | parameter 'manifest' is missing",
        "applyManifest       | stuckSeconds         | 5       |",
        "probeService        | path                 | x       | parameter 'path' must start with '/'",
        "probeService        | port                 | 70000   | parameter 'port' must be a number from 1 to 65535",
        "probeService        | port                 | a_b     | parameter 'port' must be a number from 1 to 65535 or the name of one of the Service's ports, but is 'a_b'.",
        "probeService        | port                 | 8080    |",
        "probeService        | port                 | http    |",
        "probeService        | service              | api     |",
    })
    void aFormSaysOfAValueWhatTheStepWouldSay(String function, String field, String value, String message) throws Exception {
        Web web = checks().stream()
                .filter(w -> w.form instanceof OperationStepDescriptor step && step.getFunctionName().equals(function))
                .filter(w -> w.method.getName().equalsIgnoreCase("doCheck" + field))
                .findFirst()
                .orElseThrow();
        List<Object> arguments = new ArrayList<>(List.of(JOB, value));
        while (arguments.size() < web.method.getParameterCount()) {
            arguments.add("");
        }
        FormValidation answer = (FormValidation) web.method.invoke(web.form, arguments.toArray());
        if (message == null) {
            assertThat(answer.kind).as(answer.renderHtml()).isEqualTo(FormValidation.Kind.OK);
        } else {
            assertThat(answer.renderHtml().replace("&#039;", "'").replace("<br>", "\n")).startsWith(message);
        }
    }

    /** Jelly leaves a box of a new form empty, and what is submitted then says no where the default is yes. */
    @Test
    void aBoxWhoseDefaultIsYesIsTickedInANewForm() throws Exception {
        List<String> boxes = new ArrayList<>();
        for (OperationStep step : List.of(new RollingImageUpdateStep("mongo:7.0.16"), new ApplyManifestStep(""), new DeployStatefulMongoStep(),
                new InitReplicaSetStep(), new WaitOrdinalsStep(), new ProbeServiceStep("api"))) {
            String view = new String(step.getClass().getResourceAsStream(step.getClass().getSimpleName() + "/config.jelly").readAllBytes(), UTF_8);
            for (Method getter : step.getClass().getMethods()) {
                if (getter.getName().startsWith("is") && getter.getParameterCount() == 0 && (boolean) getter.invoke(step)) {
                    String field = getter.getName().substring(2, 3).toLowerCase() + getter.getName().substring(3);
                    assertThat(view).contains("checked=\"${instance == null or instance." + field + "}\"");
                    boxes.add(field);
                }
            }
        }
        assertThat(boxes).containsExactly("rollbackOnFailure", "wait");
    }

    @Test
    void theBlankChoiceIsTheDefaultAndIsNamed() {
        assertThat(new DeployStatefulMongoStep.DescriptorImpl().doFillVolumesItems(JOB))
                .extracting(choice -> choice.name + "=" + choice.value)
                .containsExactly("keep (default)=", "delete=delete");
    }
}
