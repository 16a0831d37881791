package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The roles that the documentation shows allow every request of a whole deployment and update. */
class RolesTest {
    private static final Pattern PATH = Pattern.compile(
            "/(?:api|apis/([^/]+))/[^/?]+(?:/namespaces/([^/?]+)(?=/))?/([a-z]+)(?:/[^/?]+)?(?:/([a-z]+))?.*");

    /** A right: API group, resource, verb. */
    private record Right(String group, String resource, String verb) {}

    @Test
    void jenkins15_aNamespacedRoleIsEnoughForAnExistingNamespace() throws Exception {
        Set<Right> namespaced = rights("Role");
        Set<Right> all = rights("ClusterRole");
        all.addAll(namespaced);
        Set<String> missing = new TreeSet<>();
        for (Request request : requests()) {
            Matcher path = PATH.matcher(request.path());
            if (request.path().startsWith("/version")) {
                continue; // every authenticated user may ask it
            }
            assertThat(path.matches()).as(request.path()).isTrue();
            String resource = path.group(3) + (path.group(4) == null ? "" : "/" + path.group(4));
            Right needed = new Right(path.group(1) == null ? "" : path.group(1), resource, request.verb());
            boolean production = "go-demo-3".equals(path.group(2));
            if (!(production ? namespaced : all).contains(needed)) {
                missing.add(needed + " for " + request.path());
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<Request> requests() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
            assertThat(new Demo(Kubeconfig.read(cluster.kubeconfig(), "embedded"), Map.of(), nowhere).run()).isTrue();
            return cluster.requests();
        }
    }

    private static Set<Right> rights(String kind) throws Exception {
        List<Right> rights = new ArrayList<>();
        for (String block : Markdown.of("docs/production.md").blocks("yaml")) {
            Map<String, Object> role = Yaml.one(block, "docs/production.md");
            for (Map<String, Object> rule : Json.list(role, "rules")) {
                for (String group : Json.texts(rule, "apiGroups")) {
                    for (String resource : Json.texts(rule, "resources")) {
                        for (String verb : role.get("kind").equals(kind) ? Json.texts(rule, "verbs") : List.<String>of()) {
                            rights.add(new Right(group, resource, verb));
                        }
                    }
                }
            }
        }
        assertThat(rights).isNotEmpty();
        return new java.util.HashSet<>(rights);
    }
}
