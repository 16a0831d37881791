package io.jenkins.plugins.statefulmongo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.Right;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whoever grants nothing but what the messages ask for, one after the other, ends with the documented rights: each failure names the right that is
 * missing, and so does each remark on what a step does without.
 */
class RightsTest {
    /** Kubernetes asks for it from 1.35 on; the embedded cluster is older. */
    private static final Set<String> NOT_YET = Set.of("create pods/portforward");
    private static final Pattern MISSING = Pattern.compile("cannot (list and )?(get|list|watch|create|update|patch|delete) (?:resource \"([a-z/]+)\"|([a-z/]+))");

    private static final String APPLICATION = """
            applyManifest namespace: 'N', name: 'app', wait: false, keepImages: true, manifest: '''
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {level: LEVEL}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: a, labels: {level: LEVEL}}}
            ---
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, labels: {level: LEVEL}}, spec: {podSelector: {}}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a, labels: {level: LEVEL}}, spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}}
            ---
            {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a, labels: {level: LEVEL}},
             spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, labels: {level: LEVEL}}
            spec: {replicas: 1, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: 'busybox:1.36'}]}}}
            '''
            """;

    private static final String CRASHING = """
            applyManifest namespace: 'N', name: 'app', stuckSeconds: 5, manifest: '''
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a}
            spec: {replicas: 1, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}},
              spec: {containers: [{name: a, image: 'mongo:7.0.14', command: [mongod, --smallfiles]}]}}}
            '''
            """;

    private final Set<Right> granted = new HashSet<>();
    private EmbeddedCluster cluster;

    @Test
    void aRightThatIsMissingIsNamed() throws Exception {
        try (EmbeddedCluster strict = EmbeddedCluster.start()) {
            cluster = strict;
            try (Kube kube = new Kube(Kubeconfig.read(strict.kubeconfig(), "test"))) {
                kube.apply(Yaml.one("{apiVersion: v1, kind: Namespace, metadata: {name: fixed}}", "test"), null, false);
            }
            Right.ALL.forEach(r -> strict.deny(r.verb(), r.resource()));
            grantWhatIsNamed("fixed", "deployStatefulMongo namespace: 'N', image: 'mongo:7.0.14'");
            grantWhatIsNamed("fixed", "waitOrdinals namespace: 'N'");
            // A Lease that cannot be given back is waited for until it ends, half a minute later: this right is granted beforehand.
            Right.ALL.stream().filter(r -> r.text().equals("update leases.coordination.k8s.io")).forEach(this::grant);
            grantWhatIsNamed("fixed", "initReplicaSet namespace: 'N'");
            grantWhatIsNamed("fixed", "rollingImageUpdate namespace: 'N', image: 'mongo:7.0.16'");
            Build stuck = grantWhatIsNamed("fixed", "rollingImageUpdate namespace: 'N', image: 'mongo:missing-7.0.17', version: '7.0.17'");
            assertThat(stuck.error()).hasMessageContaining("Rolled back: every member runs mongo:7.0.16 again");
            grantWhatIsNamed("fixed", "deployStatefulMongo namespace: 'N', absent: true, volumes: 'delete'");
            grantWhatIsNamed("fixed", "deployStatefulMongo namespace: 'N', name: 'safe', image: 'mongo:7.0.14', replicas: 1, rootCredentialsId: 'root'");
            grantWhatIsNamed("fixed", "deployStatefulMongo namespace: 'N', name: 'safe', absent: true, volumes: 'delete'");
            grantWhatIsNamed("fixed", APPLICATION.replace("LEVEL", "low"));
            grantWhatIsNamed("fixed", APPLICATION.replace("LEVEL", "high"));
            grantWhatIsNamed("fixed", "rollingImageUpdate namespace: 'N', kind: 'Deployment', name: 'a', image: 'busybox:1.37'");
            grantWhatIsNamed("fixed", "deployStatefulMongo namespace: 'N', name: 'app', absent: true, volumes: 'delete'");
            Build crashed = grantWhatIsNamed("fixed", CRASHING);
            assertThat(crashed.error()).hasMessageContaining("unrecognised option '--smallfiles'");
            for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
                grantWhatIsNamed("fixed", "probeService namespace: 'N', service: 'a', method: '" + method + "', expectedStatus: 404, withinSeconds: 0");
            }
            grantWhatIsNamed("fresh", "deployStatefulMongo namespace: 'N', image: 'mongo:7.0.14', replicas: 1");
            grantWhatIsNamed("fresh", "deployStatefulMongo namespace: 'N', absent: true, volumes: 'delete'");
        }
        assertThat(granted.stream().map(Right::text)).containsExactlyInAnyOrderElementsOf(
                Right.ALL.stream().map(Right::text).filter(r -> !NOT_YET.contains(r)).toList());
    }

    /** Runs the script until it names no right that is missing, and grants after each run what that one named. */
    private Build grantWhatIsNamed(String namespace, String script) throws Exception {
        while (true) {
            Build build = new Pipeline(Kubeconfig.read(cluster.kubeconfig(), "embedded")).credential("root", "root", "s3cret").run(script.replace("'N'", "'" + namespace + "'"));
            Set<Right> named = named(build.log());
            if (named.isEmpty()) {
                boolean expected = build.successful() || build.error().getMessage().matches("(?s).*(Rolled back|--smallfiles).*");
                assertThat(expected).as(script + "\n" + build.log()).isTrue();
                return build;
            }
            assertThat(named.stream().noneMatch(granted::contains)).as("granted already: " + named + "\n" + build.log()).isTrue();
            named.forEach(this::grant);
        }
    }

    private void grant(Right right) {
        cluster.allow(right.verb(), right.resource());
        granted.add(right);
    }

    private Set<Right> named(String log) {
        Set<Right> named = new HashSet<>();
        Matcher m = MISSING.matcher(log);
        while (m.find()) {
            String resource = m.group(3) == null ? m.group(4) : m.group(3);
            List<String> verbs = m.group(1) == null ? List.of(m.group(2)) : List.of("list", "watch");
            Right.ALL.stream()
                    .filter(r -> r.resource().equals(resource) && verbs.contains(r.verb()) && (verbs.size() == 1 || !granted.contains(r)))
                    .forEach(named::add);
        }
        return named;
    }
}
