package io.jenkins.plugins.statefulmongo.deploy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A namespace on some cluster, and steps that run in it: what the contracts of this package begin with. */
public abstract class ReleaseContract {
    Bench bench;
    String namespace;

    /** Of the cluster to test on. */
    protected abstract String kubeconfig() throws Exception;

    @BeforeEach
    void openBench() throws Exception {
        bench = new Bench(kubeconfig());
        namespace = bench.namespace();
    }

    @AfterEach
    void closeBench() throws Exception {
        if (!namespace.equals(bench.namespace())) {
            bench.kube().get(Kind.NAMESPACE, null, namespace).ifPresent(found -> {
                try {
                    bench.kube().delete(Kind.NAMESPACE, null, namespace, Json.text(found, "metadata", "uid"), Map.of());
                } catch (Failure | Unavailable | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        bench.close();
    }

    void apply(String yaml) throws Exception {
        for (Map<String, Object> object : Yaml.all(yaml, "test")) {
            bench.kube().create(Kind.of(object).orElseThrow(), namespace, object);
        }
    }

    List<String> claims() throws Exception {
        return bench.kube().list(Kind.CLAIM, namespace, null).stream().map(Manifest::name).sorted().toList();
    }

    Ended deploy(Object... pairs) throws Exception {
        return run(DeployStatefulMongo::new, pairs);
    }

    /** A constructor of an operation. */
    interface Maker {
        Operation make(Scope scope, Parameters parameters) throws Failure;
    }

    Ended run(Maker maker, Object... pairs) throws Exception {
        Parameters parameters = new Parameters(Tree.map(pairs));
        return bench.run(scope -> maker.make(
                new Scope(scope.cluster(), namespace, scope.console(), scope.holder(), scope.wake(), scope.login(), scope.users()), parameters));
    }

    /** What our steps wrote to a StatefulSet, and when. */
    List<Map<String, Object>> writes(String set) throws Exception {
        return Json.list(metadata(set), "managedFields").stream().filter(m -> "stateful-mongo".equals(m.get("manager"))).toList();
    }

    /** How many requests of ours have changed something in the namespace so far, dry runs aside; -1 where nobody counts. */
    protected int mutating() throws Exception {
        return -1;
    }

    String host(int ordinal) {
        return "db-" + ordinal + ".db." + namespace + ".svc.cluster.local:27017";
    }

    Map<String, Object> metadata(String set) throws Exception {
        return Json.map(bench.kube().get(Kind.STATEFUL_SET, namespace, set).orElseThrow(), "metadata");
    }

    /** A merge patch as somebody else would send it. */
    void otherManager(String json) throws Exception {
        Config config = Config.fromKubeconfig(kubeconfig());
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build()) {
            client.policy().v1().podDisruptionBudget().inNamespace(namespace).withName("db").patch(
                    new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).withFieldManager("somebody").build(), json);
        }
    }

    protected String namespace() {
        return namespace;
    }

    String manifest(String file) throws Exception {
        try (InputStream in = DeployContract.class.getResourceAsStream("/manifests/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("NAMESPACE", namespace);
        }
    }
}
