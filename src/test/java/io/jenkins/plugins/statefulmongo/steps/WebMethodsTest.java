package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Action;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.Permission;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.verb.POST;

/** All that an HTTP request can reach in this plugin, each with who may: what is new needs a decision here. */
class WebMethodsTest {
    private static final String OURS = "io.jenkins.plugins.statefulmongo.";
    private static final Path CLASSES = Path.of("target/classes");
    private static final String BAD = " /\u00a7\u0000:\n{[";

    /**
     * Class, members, verb, permission. ADMINISTER: Jenkins/Administer. CONFIGURE: Job/ExtendedRead of the job or folder, which
     * Job/Configure implies, and Jenkins/Administer outside of all. READ: Job/Read of the build's job, asked for by getTarget. PART: a view
     * that other views include. ROUTE: leads on to an object whose members stand here too, or that checks for itself, as a build does.
     */
    private static final String DECISIONS = """
            config.StatefulMongoConfiguration | doCheckDefaultCluster | POST | ADMINISTER
            config.StatefulMongoConfiguration | config.jelly | GET | PART
            config.ClusterConnection$DescriptorImpl | doCheckName doCheckServerUrl doCheckProxy doCheckNoProxy doCheckNamespace doCheckFolders | POST | ADMINISTER
            config.ClusterConnection$DescriptorImpl | doFillCredentialsIdItems doTestConnection | POST | ADMINISTER
            config.StatefulMongoJobProperty$DescriptorImpl | doCheckNamespace doFillClusterItems | POST | CONFIGURE
            config.StatefulMongoFolderProperty$DescriptorImpl | doCheckNamespace doFillClusterItems | POST | CONFIGURE
            steps.OperationStepDescriptor | doFillClusterItems doCheckNamespace doCheckName doCheckTimeoutSeconds | POST | CONFIGURE
            steps.OperationStepDescriptor | doFillRootCredentialsIdItems doCheckRootCredentialsId | POST | CONFIGURE
            steps.OperationBuilder$OperationBuilderDescriptor | getStepDescriptor | GET | ROUTE
            steps.DeployStatefulMongoStep$DescriptorImpl | doFillVolumesItems doCheckImage doCheckReplicas doCheckReplicaSet | POST | CONFIGURE
            steps.DeployStatefulMongoStep$DescriptorImpl | doCheckStorage doCheckStorageClass doCheckCpu doCheckMemory doCheckPort | POST | CONFIGURE
            steps.DeployStatefulMongoStep$DescriptorImpl | doCheckImagePullSecrets doCheckTlsSecret doCheckClusterDomain doCheckStuckSeconds | POST | CONFIGURE
            steps.DeployStatefulMongoStep$DescriptorImpl | doCheckMemberTimeoutSeconds doCheckVersion doCheckManifest | POST | CONFIGURE
            steps.WaitOrdinalsStep$DescriptorImpl | doCheckContainer doCheckStuckSeconds | POST | CONFIGURE
            steps.InitReplicaSetStep$DescriptorImpl | doCheckClusterDomain doCheckUsers | POST | CONFIGURE
            steps.RollingImageUpdateStep$DescriptorImpl | doFillKindItems doFillFeatureCompatibilityVersionItems doCheckImage | POST | CONFIGURE
            steps.RollingImageUpdateStep$DescriptorImpl | doCheckVersion doCheckClusterDomain doCheckMemberTimeoutSeconds | POST | CONFIGURE
            steps.RollingImageUpdateStep$DescriptorImpl | doCheckStuckSeconds | POST | CONFIGURE
            steps.ApplyManifestStep$DescriptorImpl | doCheckManifest doCheckStuckSeconds | POST | CONFIGURE
            steps.ProbeServiceStep$DescriptorImpl | doFillMethodItems doCheckService doCheckPort doCheckPath | POST | CONFIGURE
            steps.ProbeServiceStep$DescriptorImpl | doCheckExpectedStatus doCheckWithinSeconds doCheckForSeconds | POST | CONFIGURE
            page.BuildPage | getTarget index.jelly fragment.jelly summary.jelly | GET | READ
            page.BuildPage | tables.jelly section.jelly events.jelly line.jelly | GET | PART
            page.BuildPage | getRun | GET | ROUTE
            """;

    /** A row of the table, for one member. */
    private record Decision(String type, String member, String verb, String permission) {}

    private static Map<String, Decision> decisions() {
        Map<String, Decision> all = new TreeMap<>();
        for (String row : DECISIONS.split("\n")) {
            String[] cells = row.split(" \\| ");
            for (String member : cells[1].split(" ")) {
                Decision before = all.put(cells[0] + " " + member, new Decision(cells[0], member, cells[2], cells[3]));
                assertThat(before).isNull();
            }
        }
        return all;
    }

    @Test
    void everyMemberThatARequestReachesHasADecisionAndViceVersa() throws Exception {
        Set<String> reachable = new HashSet<>();
        for (Class<?> type : classes()) {
            members(type).forEach(member -> reachable.add(type.getName().substring(OURS.length()) + " " + member));
        }
        assertThat(reachable).containsExactlyInAnyOrderElementsOf(decisions().keySet());
    }

    @Test
    void whatIsPostSaysSoToStapler() throws Exception {
        for (Decision decision : decisions().values()) {
            if (decision.member.startsWith("do")) {
                assertThat(method(decision).isAnnotationPresent(POST.class)).as(decision.toString()).isEqualTo(decision.verb.equals("POST"));
                assertThat(decision.verb).as("a form's method that answers GET could be linked to: " + decision).isEqualTo("POST");
            }
        }
    }

    @Test
    void whoHasThePermissionOfTheJobIsToldAndWhoHasAllOthersIsNot() throws Exception {
        int told = 0;
        for (FormsTest.Web web : FormsTest.webMethods()) {
            Decision decision = decisions().get(web.method().getDeclaringClass().getName().substring(OURS.length()) + " " + web.method().getName());
            boolean ofJob = decision.permission.equals("CONFIGURE");
            assertThat(Stream.of(web.method().getParameterTypes()).anyMatch(Item.class::equals)).as(decision.toString()).isEqualTo(ofJob);
            assertThat(tells(web, p -> p != Item.EXTENDED_READ)).as(decision.toString()).isFalse();
            if (ofJob && web.method().getName().startsWith("doCheck")) {
                assertThat(tells(web, p -> p == Item.EXTENDED_READ)).as(decision.toString()).isTrue();
                told++;
            }
        }
        assertThat(told).isGreaterThan(40);
    }

    /** Whether a bad value is called bad, or more is offered than what is there, to a user with these permissions on the job and none else. */
    private static boolean tells(FormsTest.Web web, Predicate<Permission> granted) throws Exception {
        Item job = (Item) Proxy.newProxyInstance(
                WebMethodsTest.class.getClassLoader(), new Class<?>[] {Item.class}, (proxy, method, args) -> switch (method.getName()) {
                    case "getFullName" -> "team/deploy";
                    case "hasPermission" -> granted.test((Permission) args[0]);
                    default -> null;
                });
        List<Object> arguments = new ArrayList<>();
        for (Class<?> type : web.method().getParameterTypes()) {
            arguments.add(type == Item.class ? job : type == boolean.class ? (Object) false : BAD);
        }
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            Object answer = web.method().invoke(web.form(), arguments.toArray());
            return answer instanceof ListBoxModel choices
                    ? choices.stream().anyMatch(c -> !c.value.isEmpty() && !c.value.equals(BAD.trim()) && !c.value.equals(BAD))
                    : ((FormValidation) answer).kind != FormValidation.Kind.OK;
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).isInstanceOf(org.springframework.security.access.AccessDeniedException.class);
            return false;
        }
    }

    private static Method method(Decision decision) throws ClassNotFoundException {
        return Stream.of(Class.forName(OURS + decision.type).getDeclaredMethods())
                .filter(m -> m.getName().equals(decision.member) && !m.isBridge())
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + decision));
    }

    /**
     * What Stapler finds in a class: {@code do…} and {@code js…} methods wherever they are, and, where it comes to an object of the class by
     * itself, what leads on from there, and views.
     */
    private static Set<String> members(Class<?> type) throws IOException {
        Set<String> found = new HashSet<>();
        boolean bound = Descriptor.class.isAssignableFrom(type) || Action.class.isAssignableFrom(type) || isProxy(type);
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers()) || method.isBridge() || method.isSynthetic()) {
                continue;
            }
            boolean web = method.getName().matches("(do|js)[A-Z].*") || annotated(method);
            boolean route = bound && method.getName().matches("get[A-Z].*") && leadsOn(method.getReturnType());
            if (web || route) {
                found.add(method.getName());
            }
        }
        if (bound) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isPublic(field.getModifiers()) && leadsOn(field.getType())) {
                    found.add(field.getName());
                }
            }
            found.addAll(views(type));
        }
        return found;
    }

    private static boolean isProxy(Class<?> type) {
        return Stream.of(type.getInterfaces()).anyMatch(i -> i.getName().startsWith("org.kohsuke.stapler.Stapler"));
    }

    private static boolean annotated(Method method) {
        return Stream.of(method.getAnnotations())
                .map(Annotation::annotationType)
                .anyMatch(a -> a.getName().matches("org\\.kohsuke\\.stapler\\.(verb\\..*|interceptor\\..*|WebMethod|bind\\.JavaScriptMethod)"));
    }

    /** Neither text nor number nor a collection, which Stapler does not enter. */
    private static boolean leadsOn(Class<?> type) {
        return type == Object.class || !type.isPrimitive() && !type.isEnum() && !type.getName().startsWith("java.");
    }

    private static List<String> views(Class<?> type) throws IOException {
        Path folder = CLASSES.resolve(type.getName().replace('.', '/').replace('$', '/'));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".jelly")).toList();
        }
    }

    private static List<Class<?>> classes() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.map(f -> CLASSES.relativize(f).toString())
                    .filter(f -> f.endsWith(".class"))
                    .map(f -> f.substring(0, f.length() - ".class".length()).replace('/', '.'))
                    .filter(f -> f.startsWith(OURS))
                    .<Class<?>>map(WebMethodsTest::load)
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, WebMethodsTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
