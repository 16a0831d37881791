package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A small Kubernetes with replica-set members inside this JVM, for trying the plugin and for fast tests. It has an API server, the
 * controllers for StatefulSets, Deployments, volumes, budgets, garbage and namespaces, three nodes, and plays the images {@code mongo:TAG},
 * {@code vfarcic/go-demo-3:TAG} and {@code busybox}; others by {@link #publish}. Everything listens on 127.0.0.1 alone. Times are shortened: an election timeout is one
 * second, back-off starts at 200 ms, a member quiesces for 100 ms. What counts must be shown on a real cluster.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final List<Resource> CHANGING = List.of(Resource.STATEFUL_SETS, Resource.DEPLOYMENTS, Resource.REPLICA_SETS,
            Resource.PODS, Resource.CLAIMS, Resource.find("coordination.k8s.io", "v1", "leases"));
    private static final Logger BACKEND = Logger.getLogger("de.bwaldvogel");

    static {
        BACKEND.setLevel(Level.WARNING); // it tells of each collection
    }

    private final Line line = new Line(UUID.randomUUID().toString(), () -> "");
    private final Store store = new Store();
    private final Loop loop = new Loop("embedded cluster");
    private final Network network = new Network(store);
    private final Mongo mongo = new Mongo(network);
    private final Events events = new Events(store);
    private final Volumes volumes = new Volumes(store, events);
    private final Deletion deletion = new Deletion(store);
    private final Garbage garbage = new Garbage(store, deletion);
    private final StatefulSets statefulSets = new StatefulSets(store, deletion, events);
    private final Deployments deployments = new Deployments(store, deletion, events);
    private final Images images = new Images(mongo, volumes, network);
    private final Kubelet kubelet = new Kubelet(store, loop, events, images, network);
    private final Access access = new Access();
    private final ApiServer api;

    private EmbeddedCluster() {
        seed();
        store.watch(store.version(), this::changed);
        api = new ApiServer(store, new Rest(store, deletion, access), access, kubelet, network, mongo.commands);
        api.admit(line);
    }

    public static EmbeddedCluster start() {
        return new EmbeddedCluster();
    }

    public String url() {
        return "http://127.0.0.1:" + api.port();
    }

    public String token() {
        return line.token();
    }

    public String kubeconfig() {
        return kubeconfig(token());
    }

    /** A client of its own, whose calls can be told from all others and cut off; each tells whether that namespace has changed. */
    public Line line(String namespace) {
        return admitted(() -> state(namespace));
    }

    /** A client of its own, on all namespaces. */
    public Line line() {
        return admitted(() -> "");
    }

    private Line admitted(Supplier<String> state) {
        Line mine = new Line(UUID.randomUUID().toString(), state);
        api.admit(mine);
        return mine;
    }

    /** Follows the pods of a namespace from now on. */
    public PodDiary diary(String namespace) {
        return new PodDiary(store, namespace);
    }

    public String kubeconfig(Line client) {
        return kubeconfig(client.token());
    }

    private String kubeconfig(String token) {
        return """
                apiVersion: v1
                kind: Config
                current-context: embedded
                contexts:
                - name: embedded
                  context: {cluster: embedded, user: embedded}
                clusters:
                - name: embedded
                  cluster: {server: '%s'}
                users:
                - name: embedded
                  user: {token: '%s'}
                """.formatted(url(), token);
    }

    /** All that a client could find in a namespace: the version of each object, the part that each mongod plays. */
    private String state(String namespace) {
        StringBuilder state = new StringBuilder();
        for (Resource type : CHANGING) {
            store.list(type, namespace).forEach(o -> {
                state.append(Json.name(o)).append(' ').append(Json.text(o, "metadata", "resourceVersion"));
                network.in(o).stream().filter(Member.class::isInstance).map(Member.class::cast)
                        .forEach(m -> state.append(' ').append(m.state).append(m.data == null ? "" : " " + m.data.term + m.data.compatibility));
                state.append(", ");
            });
        }
        return state.toString();
    }

    /** Every request to the API server so far, in the order of their answers. */
    public List<Request> requests() {
        return List.copyOf(api.audit());
    }

    /** Answers 403 from now on: {@code deny("list", "pods")}, {@code deny("*", "pods/portforward")}. */
    public void deny(String verb, String resource) {
        access.deny(verb, resource);
    }

    public void allow(String verb, String resource) {
        access.allow(verb, resource);
    }

    /** Does {@code what} to the next {@code times} requests that meet the condition. */
    public void fault(Predicate<Request> when, Fault what, int times) {
        api.disturbances().fault(when, what, times);
    }

    /** Has the next {@code times} requests that meet the condition wait so long before they are carried out. */
    public void delay(Predicate<Request> when, Duration by, int times) {
        api.disturbances().delay(when, by, times);
    }

    /**
     * Offers an image of yours: containers that run it stand there, and pass every readiness probe; they answer no request. An image
     * that {@link #unpublish} took away is there again; pods that wait for it have got it when this returns.
     *
     * @param image with its tag, or without for all tags: {@code registry.example.com/shop}
     */
    public void publish(String image) {
        images.publish(image);
        kubelet.pullAgain();
    }

    /** Takes an image away, with its tag or without for all: containers that start from now on cannot pull it. Those that run stay. */
    public void unpublish(String image) {
        images.unpublish(image);
    }

    /** Holds controllers and kubelets: they see nothing of what happens until the answer is run. Members go on. */
    public Runnable hold() {
        CountDownLatch held = new CountDownLatch(1);
        loop.after(0, () -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the cluster is closed
            }
        });
        return held::countDown;
    }

    /** A handle of the mongod that runs in a pod; it stays valid when the pod is replaced. */
    public EmbeddedMember member(String namespace, String pod) {
        return new EmbeddedMember(this, namespace, pod);
    }

    Member running(String namespace, String pod) {
        return network.in(store.get(Resource.PODS, namespace, pod)).stream().filter(Member.class::isInstance).map(Member.class::cast)
                .findFirst().orElseThrow(() -> new IllegalStateException("no mongod runs in " + namespace + "/" + pod));
    }

    /** SIGKILL for the mongod of a pod: its container ends with code 137 and starts again. */
    void kill(String namespace, String pod, String reason) {
        PodRun run = kubelet.run(store.get(Resource.PODS, namespace, pod));
        loop.after(0, () -> run.killContainers(reason));
    }

    /** A node without memory left ends a pod. */
    void evict(String namespace, String pod) {
        PodRun run = kubelet.run(store.get(Resource.PODS, namespace, pod));
        loop.after(0, run::evict);
    }

    private void seed() {
        for (String name : List.of("default", "kube-system")) {
            create(Resource.NAMESPACES, name, o -> { });
        }
        for (String name : Kubelet.NODES) {
            create(Resource.NODES, name, node -> {
                Json.child(node, "metadata", "labels").put("kubernetes.io/hostname", name)
                        .put("topology.kubernetes.io/zone", name.replace("node", "zone"));
                node.putObject("spec");
                Json.child(node, "status", "allocatable").put("cpu", Kubelet.CPU).put("memory", Kubelet.MEMORY).put("pods", "110");
                Json.list(Json.child(node, "status"), "conditions").addObject().put("type", "Ready").put("status", "True");
            });
        }
        create(Resource.STORAGE_CLASSES, "standard", o -> {
            o.put("provisioner", "embedded").put("allowVolumeExpansion", true);
            Json.child(o, "metadata", "annotations").put("storageclass.kubernetes.io/is-default-class", "true");
        });
        create(Resource.STORAGE_CLASSES, "fixed-size", o -> o.put("provisioner", "embedded").put("allowVolumeExpansion", false));
    }

    private void create(Resource type, String name, Consumer<ObjectNode> more) {
        ObjectNode o = Json.object().put("kind", type.kind()).put("apiVersion", type.apiVersion());
        o.putObject("metadata").put("name", name);
        more.accept(o);
        Defaults.fill(type, o);
        store.create(type, o, false);
    }

    /** Sends each change to whom it concerns. Under the store's lock: only schedules. */
    private void changed(Store.Change change) {
        ObjectNode o = change.object();
        boolean deleted = change.type().equals("DELETED");
        if (change.resource() == Resource.PODS) {
            if (deleted) {
                kubelet.gone(o);
            } else {
                kubelet.look(Json.namespace(o), Json.name(o));
            }
        }
        if (change.resource() == Resource.NODES || change.resource() == Resource.STORAGE_CLASSES) {
            store.list(Resource.NAMESPACES, null).forEach(n -> reconcileSoon(Json.name(n)));
        } else if (change.resource() == Resource.NAMESPACES) {
            reconcileSoon(Json.name(o));
        } else if (change.resource().namespaced() && (change.resource() != Resource.EVENTS || deleted)) {
            reconcileSoon(Json.namespace(o));
        }
    }

    private void reconcileSoon(String namespace) {
        loop.soon("namespace " + namespace, () -> {
            ObjectNode home = store.get(Resource.NAMESPACES, "", namespace);
            volumes.reconcile(namespace);
            if (home != null && !Json.deleting(home)) {
                statefulSets.reconcile(namespace);
                deployments.reconcile(namespace);
                Budgets.reconcile(store, namespace);
                Quotas.reconcile(store, namespace);
                store.list(Resource.PODS, namespace).stream().filter(pod -> Json.text(pod, "spec", "nodeName").isEmpty())
                        .forEach(pod -> kubelet.look(namespace, Json.name(pod)));
            }
            garbage.reconcile(namespace);
        });
    }

    @Override
    public void close() {
        api.close();
        loop.close();
        kubelet.close();
        mongo.close();
    }
}
