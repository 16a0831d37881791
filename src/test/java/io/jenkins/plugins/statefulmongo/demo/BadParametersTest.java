package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * Every parameter of every step meets every kind of value that it cannot take, beside others that are good. Each is refused by its name, and no
 * call changes anything. What is wrong with manifests is {@code BadManifestTest}'s, what is wrong beside a set that runs {@link BadInputTest}'s.
 */
class BadParametersTest {
    private static final String LONG = "'a' * 300";

    /** What is no value of the type, whatever the parameter. */
    private static final Map<Class<?>, Map<String, String>> TYPES = Map.of(
            boolean.class, Map.of("a word", "'yes'", "a number", "1", "a list", "[true]", "a map", "[on: true]", "two lines", "'true\\nabsent: true'"),
            Integer.class, Map.of("a word", "'many'", "a fraction", "2.5", "a list", "[3]", "a map", "[of: 3]", "a truth", "true",
                    "below zero", "-1", "beyond an int", "99999999999L", "a unit", "'10m'"),
            String.class, Map.of("a number", "815", "a list", "['a']", "a map", "[a: 'b']", "a truth", "true", "code", "{ 'a' }"));

    private static final Map<String, String> NAME = Map.of("capitals", "'Shop'", "another line", "'shop\\n  labels: {a: b}'", "a path", "'../kube-system'",
            "a pattern", "'*'", "too long", LONG, "a variable", "'$(whoami)'");
    private static final Map<String, String> IMAGE = Map.of("a space", "'mongo 7.0.14'", "another line", "'mongo:7.0.14\\n  command: [sh]'", "no name", "':7.0.14'",
            "two tags", "'mongo:7.0.14:8'", "a digest that is none", "'mongo@sha256:xyz'", "a URL", "'https://registry.example/mongo:7.0.14'");
    private static final Map<String, String> QUANTITY = Map.of("nothing", "'0'", "less than nothing", "'-1Gi'", "a unit that is none", "'2 GB'", "a word", "'lots'",
            "another line", "'2Gi\\n  a: b'", "a variable", "'${SIZE}'");

    /** What is a value of the type, but not one that the parameter takes. */
    private static final Map<String, Map<String, String>> VALUES = new TreeMap<>();

    static {
        List.of("namespace", "name", "service", "container").forEach(name -> VALUES.put(name, NAME));
        List.of("storage", "memory", "cpu").forEach(name -> VALUES.put(name, QUANTITY));
        VALUES.put("image", IMAGE);
        VALUES.put("replicaSet", Map.of("a slash", "'rs0/db-0'", "a space", "'rs 0'", "an option", "'--auth'", "too long", LONG, "another line", "'rs0\\nrs1'"));
        VALUES.put("storageClass", Map.of("capitals", "'Fast'", "a path", "'../fast'", "too long", LONG, "another line", "'fast\\nslow'"));
        VALUES.put("imagePullSecrets", Map.of("capitals", "'Registry'", "an empty name", "'a,,b'", "too long", LONG, "another line", "'a\\n- name: b'"));
        VALUES.put("tlsSecret", Map.of("capitals", "'Shop-TLS'", "a path", "'../shop-tls'", "too long", LONG, "another line", "'a\\n- name: b'"));
        VALUES.put("users", Map.of("no YAML", "'a: ['", "a list", "'- shop-app'", "no fields", "'shop-app: shop'", "a password",
                "'shop-app: {database: shop, roles: read, password: x}'", "no role", "'shop-app: {database: shop, roles: \"a b\"}'",
                "no database", "'shop-app: {database: \"a b\", roles: read}'"));
        VALUES.put("version", Map.of("a word", "'seven'", "a part", "'7'", "a tag", "'7.0.14-jammy x'", "another line", "'7.0.14\\n8'"));
        VALUES.put("clusterDomain", Map.of("a URL", "'http://cluster.local'", "a dot at the end", "'cluster.local.'", "too long", LONG, "capitals", "'Cluster.Local'"));
        VALUES.put("kind", Map.of("another kind", "'DaemonSet'", "small letters", "'statefulset'", "several", "'StatefulSet,Deployment'"));
        VALUES.put("volumes", Map.of("another word", "'remove'", "capitals", "'Delete'", "several", "'keep,delete'"));
        VALUES.put("featureCompatibilityVersion", Map.of("a release", "'7.0'", "capitals", "'Raise'", "several", "'keep,raise'"));
        VALUES.put("method", Map.of("another method", "'TRACE'", "small letters", "'get'", "a header", "'GET\\r\\nX: y'"));
        VALUES.put("path", Map.of("no slash", "'demo'", "a space", "'/a b'", "a way out", "'/../../secrets'", "a hidden way out", "'/%2e%2E/secrets'",
                "a broken escape", "'/100%'", "a header", "'/a\\r\\nX: y'", "a fragment", "'/a#b'", "an umlaut", "'/\\u00e4'"));
        VALUES.put("manifest", Map.of("no YAML", "'a: ['", "no object", "'# nothing'", "a list", "'- a'", "a secret",
                "'{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {b: c}}'", "an unknown kind", "'{apiVersion: v1, kind: Shop, metadata: {name: a}}'"));
        VALUES.put("replicas", Map.of("none", "0", "too many", "51"));
        VALUES.put("port", Map.of("none", "0", "too high", "65536", "digits beyond an int", "'99999999999'", "capitals", "'HTTP'", "a path", "'80/proxy'",
                "two", "'80:81'", "too long", LONG));
        VALUES.put("timeoutSeconds", Map.of("none", "0", "more than a week", "604801"));
        VALUES.put("stuckSeconds", Map.of("none", "0", "more than a day", "86401"));
        VALUES.put("memberTimeoutSeconds", Map.of("none", "0", "more than a day", "86401"));
        VALUES.put("expectedStatus", Map.of("no status", "42", "too high", "600"));
        VALUES.put("withinSeconds", Map.of("more than a day", "86401"));
        VALUES.put("forSeconds", Map.of("more than a day", "86401"));
    }

    /** Arguments that are enough for each step, all of them good, and the types of all that it takes. */
    private enum Call {
        DEPLOY("deployStatefulMongo", "DeployStatefulMongoStep", Map.of("namespace", "'fresh'", "image", "'mongo:7.0.14'")),
        REMOVE("deployStatefulMongo", "DeployStatefulMongoStep", Map.of("namespace", "'deployed'", "absent", "true")),
        WAIT("waitOrdinals", "WaitOrdinalsStep", Map.of("namespace", "'deployed'")),
        INITIATE("initReplicaSet", "InitReplicaSetStep", Map.of("namespace", "'deployed'")),
        UPDATE("rollingImageUpdate", "RollingImageUpdateStep", Map.of("namespace", "'deployed'", "image", "'mongo:7.0.16'")),
        APPLY("applyManifest", "ApplyManifestStep",
                Map.of("namespace", "'fresh'", "manifest", "'{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {b: c}}'")),
        PROBE("probeService", "ProbeServiceStep", Map.of("namespace", "'deployed'", "service", "'db'"));

        private final String function;
        private final Class<?> type;
        private final Map<String, String> good;

        Call(String function, String type, Map<String, String> good) {
            this.function = function;
            this.good = good;
            try {
                this.type = Class.forName("io.jenkins.plugins.statefulmongo.steps." + type);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        Map<String, Class<?>> parameters() {
            Map<String, Class<?>> found = new TreeMap<>();
            for (Method method : type.getMethods()) {
                if (method.isAnnotationPresent(DataBoundSetter.class)) {
                    found.put(Introspector.decapitalize(method.getName().substring(3)), method.getParameterTypes()[0]);
                }
            }
            Stream.of(type.getConstructors())
                    .filter(c -> c.isAnnotationPresent(DataBoundConstructor.class))
                    .flatMap(c -> Stream.of(c.getParameters()))
                    .forEach(p -> found.put(p.getName(), p.getType()));
            return found;
        }
    }

    record Mistake(Call call, String parameter, String kind, String value) {
        String script() {
            Map<String, String> arguments = new LinkedHashMap<>(call.good);
            arguments.put(parameter, value);
            return call.function + " " + arguments.entrySet().stream().map(a -> a.getKey() + ": " + a.getValue()).collect(Collectors.joining(", "));
        }

        @Override
        public String toString() {
            return call + ", " + parameter + " is " + kind;
        }
    }

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void deploy() throws Exception {
        cluster = EmbeddedCluster.start();
        Build build = run("""
                deployStatefulMongo namespace: 'deployed', image: 'mongo:7.0.14'
                waitOrdinals namespace: 'deployed'
                initReplicaSet namespace: 'deployed'
                """);
        assertThat(build.successful()).as(build.log()).isTrue();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    static Stream<Mistake> mistakes() {
        List<Mistake> all = new ArrayList<>();
        for (Call call : Call.values()) {
            call.parameters().forEach((parameter, type) -> {
                TYPES.get(type).forEach((kind, value) -> all.add(new Mistake(call, parameter, kind, value)));
                VALUES.getOrDefault(parameter, Map.of()).forEach((kind, value) -> all.add(new Mistake(call, parameter, kind, value)));
            });
        }
        // Removing reads the few parameters that say what to remove.
        all.removeIf(m -> m.call == Call.REMOVE && !m.parameter.matches("namespace|name|dryRun|absent|volumes|timeoutSeconds"));
        all.removeIf(m -> m.call == Call.PROBE && m.parameter.equals("port") && m.kind.equals("a number"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void jenkins26_isRefusedByItsNameAndNothingIsChanged(Mistake mistake) throws Exception {
        int before = cluster.requests().size();
        Build build = run(mistake.script());
        assertThat(build.result()).as(mistake.script()).isEqualTo("FAILURE");
        assertThat(build.error().getMessage()).as(mistake.script()).contains(mistake.parameter).doesNotContain("NullPointerException");
        List<Request> calls = cluster.requests();
        assertThat(calls.subList(before, calls.size())).as("mutating calls").noneMatch(r -> r.isMutating() && !r.path().contains("portforward"));
    }

    @Test
    void safety26_everyParameterHasFiveKindsOfMistakes() {
        Map<String, Long> kinds = mistakes().collect(Collectors.groupingBy(m -> m.call.function + " " + m.parameter, TreeMap::new, Collectors.counting()));
        assertThat(kinds).allSatisfy((parameter, count) -> assertThat(count).as(parameter).isGreaterThanOrEqualTo(5));
        assertThat(mistakes()).hasSizeGreaterThan(400);
        assertThat(VALUES.keySet()).as("parameters that no step has").allMatch(p -> mistakes().anyMatch(m -> m.parameter.equals(p)));
        assertThat(Stream.of(Call.values()).map(c -> c.type).distinct()).allMatch(Step.class::isAssignableFrom).hasSize(6);
    }

    private static Build run(String script) throws Exception {
        return new Pipeline(cluster).run(script);
    }
}
