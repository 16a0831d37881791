package io.jenkins.plugins.statefulmongo.benchmark;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A Node without a machine: the pods that name it run nothing, and are Ready when this says so. API server and controllers are the real ones.
 * No other pod comes here. What it made goes with it.
 */
final class HollowNode implements AutoCloseable {
    /** The threads of this class begin with it: what is measured is not theirs. */
    static final String THREADS = "hollow";

    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Duration BEAT = Duration.ofSeconds(10);
    /** On one connection an API server allows 100. */
    private static final int AT_ONCE = 64;

    private final KubernetesClient client;
    private final HttpClient http;
    private final String server;
    private final String name = "hollow-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> namespaces = new ArrayList<>();
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4, task -> {
        Thread thread = new Thread(task, THREADS);
        thread.setDaemon(true);
        return thread;
    });

    private HollowNode(Settings settings) throws IOException {
        Config config = Config.fromKubeconfig(settings.kubeconfigText());
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config).withUserAgent(THREADS).build())
                .withHttpClientFactory(new JdkHttpClientFactory() {
                    @Override
                    protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
                        builder.executor(threads);
                    }
                })
                .build();
        http = client.getHttpClient();
        server = client.getMasterUrl().toString().replaceFirst("/+$", "");
    }

    static HollowNode start(Settings settings) throws Exception {
        HollowNode node = new HollowNode(settings);
        node.succeed("POST", "/api/v1/nodes", "application/json", """
                {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%s"},
                 "spec": {"taints": [{"key": "stateful-mongo.jenkins.io/hollow", "effect": "NoSchedule"}]}}
                """.formatted(node.name));
        node.succeed("PATCH", "/api/v1/nodes/" + node.name + "/status", "application/merge-patch+json", """
                {"status": {"allocatable": {"cpu": "100", "memory": "100Gi", "pods": "5000"}, "capacity": {"cpu": "100", "memory": "100Gi", "pods": "5000"},
                 "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": "%1$s", "lastTransitionTime": "%1$s"}]}}
                """.formatted(now()));
        node.succeed("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", "application/json", """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "%1$s"},
                 "spec": {"holderIdentity": "%1$s", "leaseDurationSeconds": 40, "renewTime": "%2$s"}}
                """.formatted(node.name, micros()));
        node.threads.scheduleAtFixedRate(node::renew, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
        return node;
    }

    private void renew() {
        send("PATCH", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/" + name, "application/merge-patch+json",
                "{\"spec\": {\"renewTime\": \"" + micros() + "\"}}");
    }

    /** A namespace that goes with this node. */
    void namespace(String namespace) throws Exception {
        namespaces.add(namespace);
        succeed("POST", "/api/v1/namespaces", "application/json", "{\"metadata\": {\"name\": \"" + namespace + "\"}}");
    }

    /** A StatefulSet whose pods come here, all at once, and are not Ready yet. */
    CompletableFuture<Void> set(String namespace, String set, int replicas) {
        return send("POST", "/apis/apps/v1/namespaces/" + namespace + "/statefulsets", "application/json", """
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "%1$s"},
                 "spec": {"serviceName": "%1$s", "replicas": %2$d, "podManagementPolicy": "Parallel", "selector": {"matchLabels": {"app": "%1$s"}},
                  "template": {"metadata": {"labels": {"app": "%1$s"}}, "spec": {"nodeName": "%3$s", "terminationGracePeriodSeconds": 0,
                   "automountServiceAccountToken": false,
                   "containers": [{"name": "db", "image": "hollow", "readinessProbe": {"tcpSocket": {"port": 27017}}}]}}}}
                """.formatted(set, replicas, name)).thenAccept(answer -> checked(answer, "create StatefulSet " + set));
    }

    /**
     * Says of a pod what its kubelet would: its only container runs, and is Ready or not.
     *
     * @return the auditID of the request
     */
    CompletableFuture<String> report(String namespace, String pod, boolean ready) {
        String status = ready ? "True" : "False";
        return send("PATCH", "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/status", "application/merge-patch+json", """
                {"status": {"phase": "Running", "podIP": "10.255.255.254", "startTime": "%2$s",
                 "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "%2$s"}, {"type": "Initialized", "status": "True", "lastTransitionTime": "%2$s"},
                  {"type": "ContainersReady", "status": "%1$s", "lastTransitionTime": "%2$s"}, {"type": "Ready", "status": "%1$s", "lastTransitionTime": "%2$s"}],
                 "containerStatuses": [{"name": "db", "image": "hollow", "imageID": "hollow", "ready": %3$b, "started": true, "restartCount": 0,
                  "state": {"running": {"startedAt": "%2$s"}}}]}}
                """.formatted(status, now(), ready)).thenApply(answer -> {
            checked(answer, "report of " + pod);
            return answer.header("Audit-Id");
        });
    }

    /** Waits until so many pods stand in a namespace. */
    void awaitPods(String namespace, int pods, Duration patience) throws Exception {
        Bench.await(pods + " pods in " + namespace, patience, () -> client.pods().inNamespace(namespace).list().getItems().size() >= pods);
    }

    private void succeed(String method, String path, String type, String body) throws Exception {
        checked(send(method, path, type, body).get(30, TimeUnit.SECONDS), method + " " + path);
    }

    private static void checked(HttpResponse<byte[]> answer, String what) {
        if (!HttpResponse.isSuccessful(answer.code())) {
            throw new AssertionError(what + ": " + answer.code() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> send(String method, String path, String type, String body) {
        permits.acquireUninterruptibly();
        return http.sendAsync(
                        http.newHttpRequestBuilder().uri(server + path).timeout(60, TimeUnit.SECONDS).method(method, type, body).build(), byte[].class)
                .whenComplete((answer, e) -> permits.release());
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String micros() {
        return MICROS.format(Instant.now());
    }

    /** Its pods end without a grace period, as nobody is there to end them. */
    @Override
    public void close() throws Exception {
        for (String namespace : namespaces) {
            send("DELETE", "/api/v1/namespaces/" + namespace, "application/json", "{}").get(30, TimeUnit.SECONDS);
        }
        send("DELETE", "/api/v1/nodes/" + name, "application/json", "{}").get(30, TimeUnit.SECONDS);
        send("DELETE", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/" + name, "application/json", "{}").get(30, TimeUnit.SECONDS);
        client.close();
        threads.shutdownNow();
    }
}
