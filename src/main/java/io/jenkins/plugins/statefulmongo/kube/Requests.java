package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests to the API server and translates its answers: {@link Refused} where it said no, {@link Unavailable} where a request did not get
 * through, or it asked for patience (500, 502, 503, 504; 429 where the caller does not expect it) or for another look (410).
 */
final class Requests {
    /** Lists for watches at once. Java keeps a connection for each of them, with what it read, for twenty minutes. */
    private static final int LISTS = 4;

    private final Connection connection;
    private final Transport transport;
    private final HttpClient http;
    private final Duration patience;
    private final Turns lists = new Turns(LISTS);

    Requests(Connection connection, Transport transport) {
        this(connection, transport, Kube.CALL);
    }

    /** @param patience how long one request may take */
    Requests(Connection connection, Transport transport, Duration patience) {
        this.connection = connection;
        this.transport = transport;
        this.patience = patience;
        http = transport.client().getHttpClient();
    }

    HttpResponse<byte[]> send(String method, String path, String type, String body)
            throws Unavailable, InterruptedException {
        return await(ask(method, path, type, body));
    }

    CompletableFuture<HttpResponse<byte[]>> ask(String method, String path, String type, String body) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(url(path))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .header("Accept", "application/json, */*")
                .method(method, type, body)
                .build();
        return http.sendAsync(request, byte[].class);
    }

    /** All objects of a path, where many may be asked for at the same moment. */
    CompletableFuture<HttpResponse<byte[]>> list(String path) {
        return lists.take(() -> ask("GET", path, null, null));
    }

    /** A WebSocket, over which the API server tells of changes. It has to be told which page asks (Origin), as a browser would. */
    CompletableFuture<WebSocket> socket(String path, WebSocket.Listener listener) {
        return transport.sockets().newWebSocketBuilder()
                .uri(URI.create(url(path)))
                .header("Origin", connection.server())
                .connectTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .buildAsync(listener);
    }

    private String url(String path) {
        return connection.server().replaceFirst("/+$", "") + path;
    }

    HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> answer) throws Unavailable, InterruptedException {
        try {
            return answer.get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Unavailable("cannot reach the API server of " + connection + ": no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new Unavailable("cannot reach the API server of " + connection + ": " + Transport.message(e));
        } finally {
            answer.cancel(true);
        }
    }

    static String text(HttpResponse<byte[]> answer) {
        return answer.body() == null ? "" : new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** The object in an answer, else why there is none. */
    Map<String, Object> answer(HttpResponse<byte[]> answer, String method, String path, String what) throws Failure, Unavailable {
        String text = text(answer);
        if (HttpResponse.isSuccessful(answer.code())) {
            return tree(text);
        }
        Map<String, Object> status = tree(text);
        // 429 with a cause of its own is a PodDisruptionBudget's answer to an eviction; without, the server is busy.
        boolean busy = answer.code() == 429 && !path.endsWith("/eviction");
        // No answers to what is asked here: of something in between, or of a moment.
        boolean odd = answer.code() == 410 || answer.code() == 409 && method.equals("GET");
        if (answer.code() >= 500 && !Refused.malformed(status) || busy || odd) {
            throw new Unavailable("cannot " + what + ": the API server answered " + answer.code()
                    + (status.get("message") == null ? "" : " (" + status.get("message") + ")"));
        }
        throw new Refused(answer.code(), status, "cannot " + what);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> read(String json) {
        return transport.client().getKubernetesSerialization().unmarshal(json, LinkedHashMap.class);
    }

    String write(Map<String, Object> tree) {
        return transport.client().getKubernetesSerialization().asJson(tree);
    }

    /** An object; any other text as the message of one. */
    Map<String, Object> tree(String json) {
        if (!json.stripLeading().startsWith("{")) {
            return json.isBlank() ? Map.of() : Map.of("message", json.strip());
        }
        try {
            return read(json);
        } catch (RuntimeException e) {
            return Map.of("message", "an answer that is no JSON");
        }
    }
}
