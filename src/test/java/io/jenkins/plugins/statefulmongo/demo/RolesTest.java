package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Right;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The roles that the documentation shows allow what a whole deployment and update asks for, and no more than the steps can ask for. */
class RolesTest {
    private static final Pattern PATH = Pattern.compile(
            "/(?:api|apis/([^/]+))/[^/?]+(?:/namespaces/([^/?]+)(?=/))?/([a-z]+)(?:/[^/?]+)?(?:/([a-z]+))?.*");

    /** A right without what it is for. */
    record Granted(String group, String resource, String verb) {
        static Granted of(Right right) {
            return new Granted(right.group(), right.resource(), right.verb());
        }
    }

    @Test
    void theDocumentedRolesGrantExactlyTheRightsThatTestConnectionAsksFor() throws Exception {
        Map<Boolean, Set<Granted>> wanted = Right.ALL.stream().collect(Collectors.partitioningBy(
                r -> r.use() == Right.Use.NAMESPACES, Collectors.mapping(Granted::of, Collectors.toSet())));
        assertThat(rights("Role")).isEqualTo(wanted.get(false));
        assertThat(rights("ClusterRole")).isEqualTo(wanted.get(true));
        assertThat(Right.ALL.stream().map(Granted::of)).doesNotHaveDuplicates();
    }

    @Test
    void jenkins15_aNamespacedRoleIsEnoughForAnExistingNamespace() throws Exception {
        Set<Granted> namespaced = rights("Role");
        Set<Granted> all = rights("ClusterRole");
        all.addAll(namespaced);
        Set<String> missing = new TreeSet<>();
        Set<Granted> used = new HashSet<>();
        for (Request request : requests()) {
            Matcher path = PATH.matcher(request.path());
            if (request.path().startsWith("/version")) {
                continue; // every authenticated user may ask it
            }
            assertThat(path.matches()).as(request.path()).isTrue();
            String resource = path.group(3) + (path.group(4) == null ? "" : "/" + path.group(4));
            Granted needed = new Granted(path.group(1) == null ? "" : path.group(1), resource, request.verb());
            used.add(needed);
            boolean production = "go-demo-3".equals(path.group(2));
            if (!(production ? namespaced : all).contains(needed)) {
                missing.add(needed + " for " + request.path());
            }
        }
        assertThat(missing).isEmpty();
        // The right to create what is applied is not in the log; stuck pods, claims of a failure and what is kept do not occur here.
        assertThat(Right.ALL.stream().filter(r -> r.use() == Right.Use.REPLICA_SET && !used.contains(Granted.of(r))).map(Right::text))
                .containsExactlyInAnyOrder(
                        "create services", "create statefulsets.apps", "create poddisruptionbudgets.policy", "create pods/portforward",
                        "delete pods", "create configmaps", "delete configmaps", "get persistentvolumeclaims", "patch persistentvolumeclaims");
    }

    private static List<Request> requests() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
            assertThat(new Demo(Kubeconfig.read(cluster.kubeconfig(), "embedded"), Map.of(), nowhere).run()).isTrue();
            return cluster.requests();
        }
    }

    /** What the documentation grants in objects of that kind. */
    static Set<Granted> rights(String kind) throws Exception {
        List<Granted> rights = new ArrayList<>();
        for (String block : Markdown.of("docs/production.md").blocks("yaml")) {
            Map<String, Object> role = Yaml.one(block, "docs/production.md");
            for (Map<String, Object> rule : Json.list(role, "rules")) {
                for (String group : Json.texts(rule, "apiGroups")) {
                    for (String resource : Json.texts(rule, "resources")) {
                        for (String verb : role.get("kind").equals(kind) ? Json.texts(rule, "verbs") : List.<String>of()) {
                            rights.add(new Granted(group, resource, verb));
                        }
                    }
                }
            }
        }
        assertThat(rights).isNotEmpty();
        return new HashSet<>(rights);
    }
}
