package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * All objects of one kind in one namespace, kept current by one watch however many steps look at them: one list, then what the API server
 * tells of changes since. A watch that ends, for whatever reason, is broken: those who listen are told, and whoever looks next begins a new one.
 * Of a connection that stays open and tells nothing more it knows nothing: a watch that is silent for {@link #SILENCE} is taken for broken.
 * After watches that came to nothing, the next has to wait: neither many steps nor a server that ends each watch at once make it a flood of lists.
 *
 * <p>One that lives is not silent that long, as the API server sends a bookmark about every minute. fabric8's informers keep those to
 * themselves, and so cannot tell a quiet namespace from a connection that was lost without a word.
 */
final class Watch implements WebSocket.Listener {
    private static final Duration SILENCE = Duration.ofSeconds(90);
    /** One that ends sooner came to nothing, such as behind a proxy that lets no WebSocket live. */
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(5);
    private static final int DONE = 1000; // https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1

    private final Kube kube;
    private final Kind kind;
    private final String namespace;
    private final Duration patience;
    private final Duration silence;
    private final int failures;
    private final Map<String, Map<String, Object>> objects = new ConcurrentHashMap<>();
    private final Map<Runnable, Predicate<String>> listeners = new ConcurrentHashMap<>();
    private final CompletableFuture<WebSocket> opening;
    /** As {@link #opening}, or given up. */
    private final CompletableFuture<WebSocket> begun;
    private final long since = System.nanoTime();
    private volatile long heardAt = since;
    private volatile long endedAt;
    private volatile boolean stopped;
    private volatile boolean ended;

    Watch(Kube kube, Kind kind, String namespace) {
        this(kube, kind, namespace, Kube.CALL, SILENCE, 0);
    }

    /**
     * @param patience how long the first list may take
     * @param silence after how long without a word it is taken for broken
     * @param failures how many before it, one after the other, came to nothing
     */
    Watch(Kube kube, Kind kind, String namespace, Duration patience, Duration silence, int failures) {
        this.kube = kube;
        this.kind = kind;
        this.namespace = namespace;
        this.patience = patience;
        this.silence = silence;
        this.failures = failures;
        String path = kind.path(namespace);
        CompletableFuture<HttpResponse<byte[]>> answer = kube.requests().list(path);
        opening = answer
                .thenCompose(this::listed)
                .thenCompose(version -> kube.requests().socket(path + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + version, this));
        begun = opening.copy();
        opening.thenAccept(socket -> {
            if (stopped || ended) {
                socket.sendClose(DONE, null);
            }
        });
        begun.whenComplete((socket, failure) -> {
            if (failure != null) {
                over();
                answer.cancel(true);
            } else if (failures > 0) {
                tell();
            }
        });
    }

    /** The one to look at: itself, or where it is broken another, as soon as that is due. */
    Watch current() {
        if (!broken() || ended && System.nanoTime() - endedAt < pause().toNanos()) {
            return this;
        }
        return new Watch(kube, kind, namespace, patience, silence, endedSoon() ? failures + 1 : 0);
    }

    private boolean endedSoon() {
        return ended && (begun.isCompletedExceptionally() || endedAt - since < SOON.toNanos());
    }

    private Duration pause() {
        if (failures == 0 || !endedSoon()) {
            return Duration.ZERO;
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return pause.compareTo(LAST_PAUSE) < 0 ? pause : LAST_PAUSE;
    }

    /** @param concerns by its name, whether a change of an object is worth a call */
    void add(Runnable listener, Predicate<String> concerns) {
        listeners.put(listener, concerns);
    }

    /** @return true when nobody listens any more */
    boolean remove(Runnable listener) {
        listeners.remove(listener);
        return listeners.isEmpty();
    }

    void stop() {
        stopped = true;
        WebSocket socket = opening.isCompletedExceptionally() ? null : opening.getNow(null);
        if (socket != null) {
            socket.sendClose(DONE, null);
        }
    }

    /** Whether it can serve no more and a new one should take its place. */
    boolean broken() {
        return ended || System.nanoTime() - heardAt > silence.toNanos();
    }

    /**
     * The objects as last seen. The first call waits for the first list; but after failures nobody waits, as the threads are also those of other
     * clusters' steps: who listens is told when it has come.
     */
    List<Map<String, Object>> list() throws Failure, Unavailable, InterruptedException {
        long left = patience.toNanos() - (System.nanoTime() - since);
        try {
            begun.get(failures == 0 ? left : 0, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            boolean yet = failures > 0 && left > 0;
            Unavailable silent = new Unavailable("cannot " + what() + ": no answer " + (yet ? "yet" : "within " + patience.toSeconds() + " s"));
            if (!yet) {
                begun.completeExceptionally(silent);
            }
            throw silent;
        } catch (ExecutionException e) {
            throw unavailable(e.getCause());
        }
        return List.copyOf(objects.values());
    }

    /** Keeps what is there; the version from which the watch goes on. */
    private CompletableFuture<String> listed(HttpResponse<byte[]> answer) {
        try {
            Map<String, Object> list = kube.requests().answer(answer, "GET", kind.path(namespace), what());
            Json.list(list, "items").forEach(this::keep);
            heardAt = System.nanoTime();
            return CompletableFuture.completedFuture(Json.text(list, "metadata", "resourceVersion"));
        } catch (Failure | Unavailable e) {
            throw new CompletionException(e);
        }
    }

    private Unavailable unavailable(Throwable e) throws Failure {
        if (e instanceof Failure failure) {
            throw failure;
        }
        if (e instanceof WebSocketHandshakeException refusal && List.of(401, 403).contains(refusal.getResponse().code())) {
            throw new Refused(refusal.getResponse().code(), Map.of("message", Refused.BARE), "cannot " + what());
        }
        return e instanceof Unavailable unavailable
                ? unavailable
                : new Unavailable("cannot " + what() + " on " + kube.connection() + ": " + Transport.message(e));
    }

    private String what() {
        return "list and watch " + kind.plural() + " in " + namespace;
    }

    /** Without the book of who wrote which field, which takes up more than the rest. */
    private void keep(Map<String, Object> object) {
        Json.map(object, "metadata").remove("managedFields");
        objects.put(Json.text(object, "metadata", "name"), object);
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
        try {
            Map<String, Object> event = kube.read(text);
            heardAt = System.nanoTime();
            Map<String, Object> object = Json.map(event, "object");
            switch (String.valueOf(event.get("type"))) {
                case "ADDED", "MODIFIED" -> {
                    keep(object);
                    changed(Json.text(object, "metadata", "name"));
                }
                case "DELETED" -> {
                    objects.remove(Json.text(object, "metadata", "name"));
                    changed(Json.text(object, "metadata", "name"));
                }
                case "BOOKMARK" -> {}
                default -> end(); // such as: that version is too old (410)
            }
        } catch (RuntimeException e) {
            end();
        } finally {
            socket.request();
        }
    }

    private void changed(String name) {
        listeners.forEach((listener, concerns) -> {
            if (concerns.test(name)) {
                listener.run();
            }
        });
    }

    @Override
    public void onError(WebSocket socket, Throwable e) {
        end();
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason) {
        socket.sendClose(DONE, null);
        end();
    }

    /** So that somebody looks, when another may take its place. */
    private void end() {
        if (over()) {
            Duration pause = pause();
            if (pause.isZero()) {
                tell();
            } else {
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS).execute(this::tell);
            }
        }
    }

    private synchronized boolean over() {
        boolean first = !ended;
        if (first) {
            endedAt = System.nanoTime();
            ended = true;
        }
        return first;
    }

    private void tell() {
        listeners.keySet().forEach(Runnable::run);
    }
}
