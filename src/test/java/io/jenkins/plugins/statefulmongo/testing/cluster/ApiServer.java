package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The HTTP side of the API server: paths, authentication, faults, audit; watches and port-forwards over WebSockets. On Vert.x itself,
 * which is below fabric8's mock server too: that one can neither stream an answer nor drop a connection.
 */
final class ApiServer implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(ApiServer.class.getName());

    /** A real one sends them about every minute. */
    private static final long BOOKMARK_MILLIS = 1_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true).setEventLoopPoolSize(2).setWorkerPoolSize(2)
            .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1))
            .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    private final HttpServer server;
    private final Store store;
    private final Rest rest;
    private final Access access;
    private final Kubelet kubelet;
    private final Network network;
    private final ExecutorService workers;
    private final PortForward portForward = new PortForward(vertx);
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final List<Request> audit = new CopyOnWriteArrayList<>();
    private final Disturbances disturbances = new Disturbances();

    ApiServer(Store store, Rest rest, Access access, Kubelet kubelet, Network network, ExecutorService workers) {
        this.store = store;
        this.rest = rest;
        this.access = access;
        this.kubelet = kubelet;
        this.network = network;
        this.workers = workers;
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0).setHttp2ClearTextEnabled(false)
                .setMaxWebSocketFrameSize(1 << 20).setWebSocketSubProtocols(List.of("v4.channel.k8s.io")))
                .requestHandler(this::receive);
        try {
            server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the embedded API server does not start", e);
        }
    }

    int port() {
        return server.actualPort();
    }

    List<Request> audit() {
        return audit;
    }

    void admit(Line line) {
        lines.put("Bearer " + line.token(), line);
    }

    private Line line(HttpServerRequest http) {
        return lines.getOrDefault(Objects.requireNonNullElse(http.getHeader("Authorization"), ""), Line.NOBODY);
    }

    Disturbances disturbances() {
        return disturbances;
    }

    private void receive(HttpServerRequest http) {
        if (isWebSocket(http)) {
            serve(http, "");
        } else {
            http.body().onSuccess(body -> serve(http, body.toString(StandardCharsets.UTF_8)));
        }
    }

    /** Java's client also offers to upgrade to HTTP/2, with a plain request. */
    private static boolean isWebSocket(HttpServerRequest http) {
        return "websocket".equalsIgnoreCase(http.getHeader("Upgrade"));
    }

    private void serve(HttpServerRequest http, String body) {
        Call call = call(http, body);
        String verb = call == null ? http.method().name().toLowerCase(Locale.ROOT) : call.verb();
        String contentType = http.getHeader("Content-Type") == null ? "" : http.getHeader("Content-Type").replaceAll(";.*", "");
        Request request = new Request(verb, http.method().name(), http.uri(), contentType, 0);
        Line line = line(http);
        if (!line.enter(http.connection())) {
            return;
        }
        Fault fault = disturbances.fault(request);
        Exchange exchange = new Exchange(vertx, http, request, line, fault == null ? line.fault(verb + " " + http.uri()) : fault, audit);
        if (exchange.isLost()) {
            return;
        }
        long delay = disturbances.delay(request).toMillis();
        if (delay == 0) {
            carryOut(exchange, call, body);
        } else {
            vertx.setTimer(delay, t -> carryOut(exchange, call, body));
        }
    }

    private void carryOut(Exchange exchange, Call call, String body) {
        try {
            if (exchange.line == Line.NOBODY) {
                throw ApiException.unauthorized();
            }
            exchange.checkStatus(call != null && call.isWatch());
            answer(exchange, call, body);
        } catch (ApiException e) {
            exchange.reply(e.code, "application/json", e.status().toString());
        } catch (RuntimeException e) {
            LOGGER.log(Level.SEVERE, "the embedded API server failed at " + exchange.request, e);
            exchange.reply(500, "application/json",
                    new ApiException(500, "InternalError", "Internal error occurred: " + e, null).status().toString());
        }
    }

    /** Takes /api/v1/namespaces/x/pods/y/log apart; null for a path without a resource. */
    private static Call call(HttpServerRequest http, String body) {
        String[] p = http.path().substring(1).split("/");
        boolean core = p[0].equals("api");
        int at = core ? 2 : 3;
        if (!core && !p[0].equals("apis") || p.length <= at) {
            return null;
        }
        String group = core ? "" : p[1];
        String version = p[at - 1];
        // /namespaces/x is the Namespace itself; /namespaces/x/pods is inside it.
        boolean inside = p[at].equals("namespaces") && p.length > at + 2 && !List.of("status", "finalize").contains(p[at + 2]);
        int plural = inside ? at + 2 : at;
        Resource type = Resource.find(group, version, p[plural]);
        if (type == null) {
            return null;
        }
        Map<String, String> query = new HashMap<>();
        http.params().forEach(e -> query.put(e.getKey(), e.getValue()));
        String rest = p.length > plural + 3 ? String.join("/", Arrays.copyOfRange(p, plural + 3, p.length)) : "";
        String contentType = http.getHeader("Content-Type") == null ? "" : http.getHeader("Content-Type").replaceAll(";.*", "").trim();
        String agent = http.getHeader("User-Agent") == null ? "unknown" : http.getHeader("User-Agent");
        return new Call(http.method().name(), type, inside ? p[at + 1] : "", p.length > plural + 1 ? decode(p[plural + 1]) : "",
                p.length > plural + 2 ? p[plural + 2] : "", rest, query, contentType, agent, body);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private void answer(Exchange exchange, Call call, String body) {
        if (call == null) {
            exchange.reply(200, "application/json", Discovery.answer(exchange.http.path(), body, access).toString());
            return;
        }
        access.check(call);
        if (call.isWatch()) {
            watch(exchange, call);
        } else if (call.subresource().equals("portforward")) {
            forward(exchange, call);
        } else if (call.subresource().equals("log")) {
            exchange.reply(200, "text/plain", log(call));
        } else if (call.subresource().equals("proxy")) {
            proxy(exchange, call);
        } else if (List.of("", "status", "scale", "eviction").contains(call.subresource())) {
            Rest.Reply reply = rest.serve(call);
            exchange.reply(reply.code(), "application/json", reply.body().toString());
        } else {
            throw ApiException.noSuchPath();
        }
    }

    private void watch(Exchange exchange, Call call) {
        exchange.audit(200);
        if (!exchange.line.served(exchange.request)) {
            return;
        }
        exchange.line.answered();
        if (isWebSocket(exchange.http)) {
            exchange.http.toWebSocket().onSuccess(socket -> {
                Consumer<String> send = event -> {
                    if (!socket.isClosed()) {
                        socket.writeTextMessage(event);
                    }
                };
                if (exchange.mayWatch(send, socket::close)) {
                    Runnable stop = events(call, send);
                    socket.closeHandler(v -> stop.run());
                    limit(call, socket::close);
                }
            });
            return;
        }
        HttpServerResponse response = exchange.http.response().setChunked(true).putHeader("Content-Type", "application/json");
        Consumer<String> send = event -> {
            if (!response.ended() && !response.closed()) {
                response.write(event + "\n");
            }
        };
        if (exchange.mayWatch(send, response::end)) {
            Runnable stop = events(call, send);
            response.closeHandler(v -> stop.run());
            limit(call, response::end);
        }
    }

    /** Each change, and bookmarks where they are asked for; returns how to stop. */
    private Runnable events(Call call, Consumer<String> send) {
        Runnable stop = Watches.start(store, call, send);
        if (!call.query().getOrDefault("allowWatchBookmarks", "").equals("true")) {
            return stop;
        }
        long timer = vertx.setPeriodic(BOOKMARK_MILLIS, t -> Watches.bookmark(store, call, send));
        return () -> {
            vertx.cancelTimer(timer);
            stop.run();
        };
    }

    private void limit(Call call, Runnable end) {
        String seconds = call.query().getOrDefault("timeoutSeconds", "");
        if (seconds.matches("[1-9]\\d{0,6}")) {
            vertx.setTimer(Long.parseLong(seconds) * 1000, t -> end.run());
        }
    }

    private ObjectNode pod(Call call) {
        ObjectNode pod = store.get(Resource.PODS, call.namespace(), call.name());
        if (pod == null) {
            throw ApiException.notFound(Resource.PODS, call.name());
        }
        return pod;
    }

    private void forward(Exchange exchange, Call call) {
        ObjectNode pod = pod(call);
        if (Json.text(pod, "spec", "nodeName").isEmpty()) {
            throw ApiException.badRequest("pod " + call.name() + " does not have a host assigned");
        }
        int port = Integer.parseInt(call.query().getOrDefault("ports", "0"));
        exchange.audit(101);
        if (exchange.line.served(exchange.request)) {
            exchange.http.toWebSocket().onSuccess(socket -> {
                if (exchange.mayCarry()) {
                    portForward.serve(socket, call.name(), network.in(pod), port, exchange.line);
                }
                exchange.line.answered();
            });
        }
    }

    private String log(Call call) {
        ObjectNode pod = pod(call);
        PodRun run = kubelet.run(pod);
        String name = call.query().getOrDefault("container", "");
        if (name.isEmpty() && pod.path("spec").path("containers").size() > 1) {
            throw ApiException.badRequest("a container name must be specified for pod " + call.name());
        }
        Container container = run == null ? null : run.container(name);
        if (container == null) {
            throw ApiException.badRequest("container " + name + " is not valid for pod " + call.name());
        }
        boolean previous = call.query().getOrDefault("previous", "false").equals("true");
        List<String> lines = container.log(previous);
        if (lines == null) {
            throw ApiException.badRequest("previous terminated container \"" + container.name() + "\" in pod \"" + call.name() + "\" not found");
        }
        if (!container.hasRun()) {
            throw ApiException.badRequest("container \"" + container.name() + "\" in pod \"" + call.name() + "\" is waiting to start: "
                    + Json.text(container.status(), "state", "waiting", "reason"));
        }
        int tail = Integer.parseInt(call.query().getOrDefault("tailLines", String.valueOf(lines.size())));
        return lines.subList(Math.max(0, lines.size() - tail), lines.size()).stream().map(line -> line + "\n").reduce("", String::concat);
    }

    /** Asks the app of a ready pod behind the service; it may wait for its database, so not on the server's thread. */
    private void proxy(Exchange exchange, Call call) {
        String service = call.name().replaceFirst("^https?:", "").replaceAll(":.*", "");
        if (store.get(Resource.SERVICES, call.namespace(), service) == null) {
            throw ApiException.notFound(Resource.SERVICES, service);
        }
        App app = network.endpoints(call.namespace(), service).stream().filter(Pods::isHealthy).flatMap(pod -> network.in(pod).stream())
                .filter(App.class::isInstance).map(App.class::cast).findFirst().orElseThrow(() -> new ApiException(503, "ServiceUnavailable",
                        "no endpoints available for service \"" + service + "\"", null));
        workers.execute(() -> {
            App.Answer answer = app.answer(call.method(), "/" + call.rest(), call.query());
            vertx.runOnContext(v -> exchange.reply(answer.code(), "text/plain", answer.body()));
        });
    }

    @Override
    public void close() {
        vertx.close();
    }
}
