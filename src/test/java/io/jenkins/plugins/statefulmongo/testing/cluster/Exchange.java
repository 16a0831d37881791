package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.function.Consumer;

/** A request under way: over which line it came, which fault it meets, what is answered. */
final class Exchange {
    final HttpServerRequest http;
    final Request request;
    final Line line;
    private final Vertx vertx;
    private final Fault fault;
    private final List<Request> audit;

    /** @param fault null for none */
    Exchange(Vertx vertx, HttpServerRequest http, Request request, Line line, Fault fault, List<Request> audit) {
        this.vertx = vertx;
        this.http = http;
        this.request = request;
        this.line = line;
        this.fault = fault;
        this.audit = audit;
    }

    /** Whether it ends here, before it is carried out and without an answer. */
    boolean isLost() {
        return fault != null && fault.isBefore() && lose();
    }

    /** Answers with the status that the fault asks for; a watch tells of 410 by an event. */
    void checkStatus(boolean watch) {
        if (fault != null && fault.code > 0 && !(watch && fault == Fault.STATUS_410)) {
            throw fault.status();
        }
    }

    void reply(int code, String type, String body) {
        if (fault != null && fault.isAfter()) {
            lose();
            return;
        }
        audit(code);
        if (line.served(request)) {
            HttpServerResponse response = http.response().setStatusCode(code).putHeader("Content-Type", type);
            if (fault == Fault.STATUS_429_LATER) {
                response.putHeader("Retry-After", "1");
            }
            response.end(Buffer.buffer(body)).onComplete(v -> line.answered());
        }
    }

    /** Whether a watch may tell its events; else it told all that it will. */
    boolean mayWatch(Consumer<String> send, Runnable end) {
        if (fault == Fault.STATUS_410) {
            send.accept(Watches.event("ERROR", fault.status().status()));
            end.run();
        } else if (fault == Fault.DROP_ANSWER) {
            hangUp();
        } else if (fault == Fault.HANG_ANSWER) {
            hang();
        }
        return fault == null;
    }

    /** Whether a port-forward that was opened may carry anything. */
    boolean mayCarry() {
        if (fault == Fault.DROP_ANSWER) {
            hangUp();
        } else if (fault == Fault.HANG_ANSWER) {
            hang();
        }
        return fault == null;
    }

    void audit(int code) {
        audit.add(new Request(request.verb(), request.method(), request.path(), request.contentType(), code));
    }

    private boolean lose() {
        audit(0);
        if (fault.isDrop()) {
            hangUp();
        } else {
            hang();
        }
        return true;
    }

    private void hang() {
        line.hang(vertx, this::hangUp);
    }

    private void hangUp() {
        http.connection().close();
    }
}
