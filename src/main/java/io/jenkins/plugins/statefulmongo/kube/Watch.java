package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.CompletableFuture;

/**
 * All objects of one kind in one namespace, kept current by one watch however many steps look at them. The informer underneath
 * lists again by itself when its watch is too old (410) or breaks. Of a connection that stays open and tells nothing more it knows
 * nothing: a watch that is silent for {@link #SILENCE} is taken for broken.
 */
final class Watch implements ResourceEventHandler<GenericKubernetesResource> {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Kube kube;
    private final Kind kind;
    private final String namespace;
    private final Duration patience;
    private final Duration silence;
    private final Map<String, Tree> trees = new ConcurrentHashMap<>();
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final CompletableFuture<Void> started;
    private volatile long heardAt = System.nanoTime();
    private volatile boolean late;

    Watch(Kube kube, Kind kind, String namespace) {
        this(kube, kind, namespace, Kube.CALL, SILENCE);
    }

    /**
     * @param patience how long the first list may take
     * @param silence after how long without an event it is taken for broken
     */
    Watch(Kube kube, Kind kind, String namespace, Duration patience, Duration silence) {
        this.kube = kube;
        this.kind = kind;
        this.namespace = namespace;
        this.patience = patience;
        this.silence = silence;
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.apiVersion().substring(kind.apiVersion().indexOf('/') + 1))
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.namespaced())
                .build();
        informer = kube.client()
                .genericKubernetesResources(context)
                .inNamespace(namespace)
                .runnableInformer(0)
                .exceptionHandler((begun, e) -> begun && !refused(e));
        informer.addEventHandler(this);
        started = informer.start().toCompletableFuture();
    }

    void add(Runnable listener) {
        listeners.add(listener);
    }

    /** @return true when nobody listens any more */
    boolean remove(Runnable listener) {
        listeners.remove(listener);
        return listeners.isEmpty();
    }

    void stop() {
        informer.stop();
    }

    /** Whether it can serve no more and a new one should take its place. */
    boolean broken() {
        return late
                || started.isCompletedExceptionally()
                || started.isDone() && !informer.isRunning()
                || System.nanoTime() - heardAt > silence.toNanos();
    }

    /** The objects as last seen; the first call waits for the first list. */
    List<Map<String, Object>> list() throws Failure, Unavailable, InterruptedException {
        String what = "cannot list and watch " + kind.plural() + " in " + namespace;
        try {
            started.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            late = true;
            throw new Unavailable(what + ": no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            KubernetesClientException refusal = refusal(e);
            if (refusal != null) {
                String message = refusal.getStatus() == null ? refusal.getMessage() : refusal.getStatus().getMessage();
                throw new Refused(refusal.getCode(), Map.of("message", message), what);
            }
            throw new Unavailable(what + " on " + kube.connection() + ": " + Transport.message(e));
        }
        // The informer's own store: it is filled before the start is reported, while the handlers below hear of it a moment later.
        return informer.getStore().list().stream().map(this::tree).toList();
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
        changed();
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
        changed();
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean unknown) {
        trees.remove(object.getMetadata().getName());
        changed();
    }

    private void changed() {
        heardAt = System.nanoTime();
        listeners.forEach(Runnable::run);
    }

    private record Tree(String resourceVersion, Map<String, Object> object) {}

    /** Converted once for each version, however many steps look. */
    @SuppressWarnings("unchecked")
    private Map<String, Object> tree(GenericKubernetesResource object) {
        String version = object.getMetadata().getResourceVersion();
        return trees.compute(object.getMetadata().getName(), (name, known) -> known != null && known.resourceVersion.equals(version)
                        ? known
                        : new Tree(version, kube.client().getKubernetesSerialization().convertValue(object, LinkedHashMap.class)))
                .object;
    }

    private static boolean refused(Throwable e) {
        return refusal(e) != null;
    }

    private static KubernetesClientException refusal(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof KubernetesClientException k && (k.getCode() == 401 || k.getCode() == 403)) {
                return k;
            }
        }
        return null;
    }
}
