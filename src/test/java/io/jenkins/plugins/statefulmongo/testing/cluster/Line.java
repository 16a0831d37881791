package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One client's way into the embedded cluster. All its calls come here as they are served: requests to the API server, opened port-forwards
 * and watches, commands to a mongod. It can be cut, which is what the cluster sees of a client that died: what is under way finds nobody to
 * answer, nothing that arrives later is carried out. Safe on all threads.
 */
public final class Line {
    /** Who has no valid token. */
    static final Line NOBODY = new Line("", () -> "");

    /**
     * A call that was carried out and not answered yet.
     *
     * @param number from 1, since the plan was made
     * @param what such as {@code update /apis/…/db} or {@code replSetStepDown db-0}
     * @param changed the namespace is not as it was at the call before, by this call or by itself
     */
    public record Served(int number, String what, boolean mutating, boolean changed) {}

    /** What becomes of the client after a call. */
    public enum Then {
        GO_ON,
        /** It dies before the answer reaches it. */
        CUT_BEFORE_ANSWER,
        /** It dies with the answer in its hands. */
        CUT_AFTER_ANSWER
    }

    private final String token;
    private final Supplier<String> state;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private Function<Served, Then> plan = s -> Then.GO_ON;
    private Function<String, Fault> faults = what -> null;
    private long hangMillis;
    private int number;
    private String seen = "";
    private boolean cut;
    private boolean lastAnswerDue;

    Line(String token, Supplier<String> state) {
        this.token = token;
        this.state = state;
    }

    String token() {
        return token;
    }

    /** Connects it again, and has {@code plan} decide after each call from now on. */
    public synchronized void plan(Function<Served, Then> decides) {
        plan = decides;
        number = 0;
        seen = state.get();
        cut = false;
        lastAnswerDue = false;
    }

    /**
     * Has {@code decides} say for each call that arrives from now on which fault it meets, or null.
     *
     * @param hangMillis after how long a call that hangs is dropped; 0: never, its client has to give up
     */
    public synchronized void faults(Function<String, Fault> decides, long hangMillis) {
        faults = decides;
        this.hangMillis = hangMillis;
    }

    /** @param what such as {@code list /api/v1/…?watch=true} or {@code replSetStepDown db-0} */
    synchronized Fault fault(String what) {
        return cut ? null : faults.apply(what);
    }

    synchronized void hang(Vertx vertx, Runnable hangUp) {
        if (hangMillis > 0) {
            vertx.setTimer(hangMillis, t -> hangUp.run());
        }
    }

    public synchronized boolean isCut() {
        return cut;
    }

    /** Whether a call that arrives is carried out. */
    synchronized boolean enter(HttpConnection connection) {
        if (cut) {
            connection.close();
            return false;
        }
        if (connections.add(connection)) {
            connection.closeHandler(v -> connections.remove(connection));
        }
        return true;
    }

    boolean served(Request request) {
        return served(request.verb() + " " + request.path().replaceAll("\\?.*", ""), request.isMutating() && !request.path().contains("/portforward"));
    }

    /** Told of each call when it has been carried out; whether its answer may go. */
    synchronized boolean served(String what, boolean mutating) {
        if (cut) {
            return false;
        }
        String now = state.get();
        Served served = new Served(++number, what, mutating, !now.equals(seen));
        seen = now;
        Then then = plan.apply(served);
        cut = then != Then.GO_ON;
        lastAnswerDue = then == Then.CUT_AFTER_ANSWER;
        if (then == Then.CUT_BEFORE_ANSWER) {
            hangUp();
        }
        return then != Then.CUT_BEFORE_ANSWER;
    }

    /** Told of each answer that was sent. */
    synchronized void answered() {
        if (cut && lastAnswerDue) {
            hangUp();
        }
    }

    private void hangUp() {
        connections.forEach(HttpConnection::close);
        connections.clear();
    }
}
