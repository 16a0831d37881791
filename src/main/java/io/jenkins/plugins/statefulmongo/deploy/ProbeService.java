package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.report.Elapsed;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks an application over HTTP, through the API server's service proxy: no agent, no address and no Ingress are needed.
 *
 * <ol>
 *   <li>Ask, once a second, until it answers as expected; it may take {@code withinSeconds}.
 *   <li>With {@code forSeconds}, go on asking, once a second: from now on every answer must be the expected one.
 * </ol>
 */
public final class ProbeService implements Operation {
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    /** A number, or a name, which has a letter. */
    private static final Pattern PORT = Pattern.compile("\\d{1,5}|(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** The API server's own answer, where it could not pass on the request. */
    private static final Pattern STATUS = Pattern.compile("^\\{\"kind\":\"Status\".*?\"message\":\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.DOTALL);
    private static final int SHOWN = 200;
    private static final int RETURNED = 1000;

    private final Scope scope;
    private final String service;
    private final String port;
    private final String method;
    private final String path;
    private final int expected;
    private final String contains;
    private final Duration within;
    private final Duration longer;
    private final Elapsed since = Elapsed.start();
    private Elapsed good;
    private int attempts;
    private int silent;
    private Kube.Answer last;

    /** @throws Failure naming the parameter that is missing or wrong */
    public ProbeService(Scope scope, Parameters parameters) throws Failure {
        this.scope = scope;
        parameters.required("service", "api");
        service = parameters.label("service", null);
        port = parameters.text("port", "8080");
        if (!PORT.matcher(port).matches() || port.matches("\\d+") && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535)) {
            throw Parameters.bad("port", "must be a number from 1 to 65535 or the name of one of the Service's ports, but is '" + port + "'");
        }
        method = parameters.oneOf("method", "GET", "GET", "PUT", "POST", "DELETE", "HEAD");
        path = parameters.text("path", "/");
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '#')) {
            throw Parameters.bad("path", "must start with '/' and hold neither spaces nor '#' nor letters beyond ASCII, but is '" + path + "'",
                    "Write them as %20 and so on.");
        }
        if (!isUri(path)) {
            throw Parameters.bad("path", "holds a '%' without two hexadecimal digits, or a character that no URL has, in '" + path + "'",
                    "Write such characters as %25 and so on.");
        }
        // The request carries the connection's credential: it must not leave the Service's proxy.
        if (Stream.of(path.replaceFirst("\\?.*", "").replaceAll("(?i)%2e", ".").split("/|%2[fF]")).anyMatch(s -> s.equals("..") || s.equals("."))) {
            throw Parameters.bad("path", "must not hold the segments '.' or '..', but is '" + path + "'");
        }
        expected = parameters.number("expectedStatus", 200, 100, 599);
        contains = parameters.raw("contains");
        within = Duration.ofSeconds(parameters.number("withinSeconds", 30, 0, 86_400));
        longer = Duration.ofSeconds(parameters.number("forSeconds", 0, 0, 86_400));
        int timeout = parameters.number("timeoutSeconds", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
        if (timeout <= longest(parameters).toSeconds()) {
            throw Parameters.bad("timeoutSeconds", "must be more than withinSeconds and forSeconds together, but is '" + timeout + "'");
        }
    }

    /** How long the parameters ask to wait for a good answer, and to go on with good ones. */
    public static Duration longest(Parameters parameters) throws Failure {
        return Duration.ofSeconds(parameters.number("withinSeconds", 0, 0, 86_400) + parameters.number("forSeconds", 0, 0, 86_400));
    }

    /** Result: {@code status}, {@code body} (its first 1000 characters), {@code attempts}. */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        scope.console().titleOnce("probeService " + scope.namespace() + "/" + service + ": " + method + " " + path + " on port " + port);
        try {
            last = scope.kube().proxy(scope.namespace(), service, port, method, path);
            silent = 0;
        } catch (Unavailable e) {
            // An application that hangs looks like an API server that does: one silence is let pass, so that an API server may restart.
            if (good == null && since.time().compareTo(within) < 0 || good != null && silent++ == 0) {
                throw e;
            }
            last = new Kube.Answer(0, e.getMessage());
        }
        attempts++;
        if (!asExpected()) {
            if (good != null) {
                throw failure("answered as expected for " + good + ", then not any more");
            }
            if (since.time().compareTo(within) >= 0) {
                throw failure("does not answer as expected within " + within.toSeconds() + " s");
            }
            scope.console().changed("answer", "not yet: " + answer());
            return Outcome.after(BETWEEN, "Service " + service + " to answer as expected: the last answer was " + answer());
        }
        if (good == null) {
            good = Elapsed.start();
            scope.console().line(answer() + " after " + since);
        }
        if (good.time().compareTo(longer) < 0) {
            return Outcome.after(BETWEEN, "the " + longer.toSeconds() + " s in which Service " + service + " must answer");
        }
        if (!longer.isZero()) {
            scope.console().line(attempts + " answers as expected in " + good);
        }
        LinkedHashMap<String, Object> result = new LinkedHashMap<>();
        result.put("status", last.code());
        result.put("body", clip(last.body(), RETURNED));
        result.put("attempts", attempts);
        return Outcome.done(result);
    }

    private static boolean isUri(String path) {
        try {
            new URI("http://service" + path);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private boolean asExpected() {
        return last.code() == expected && (contains == null || last.body().contains(contains));
    }

    private Failure failure(String what) {
        String missing = last.code() == expected ? " without '" + clip(contains, SHOWN) + "'" : "";
        return new Failure(
                "Service " + service + ", port " + port + ": " + method + " " + path + " " + what + ".",
                "The last answer of " + attempts + " was " + answer() + missing + "; expected was " + expected
                        + (contains == null ? "" : " with '" + clip(contains, SHOWN) + "'") + ".",
                remedy());
    }

    private String answer() {
        Matcher status = STATUS.matcher(last.body());
        String text = status.find() ? status.group(1).replace("\\\"", "\"") : last.body();
        String body = clip(text.replaceAll("\\s+", " ").strip(), SHOWN);
        return (last.code() == 0 ? "none" : last.code()) + (body.isEmpty() ? "" : " (" + body + ")");
    }

    /** The API server's own answers look like the application's. */
    private String remedy() {
        if (last.body().contains("no endpoints available")) {
            return "The API server found no ready pod behind the Service: check its selector, and its pods with waitOrdinals or applyManifest.";
        }
        if (last.code() == 404 && last.body().contains("services \\\"" + service + "\\\" not found")) {
            return "There is no Service of that name in namespace " + scope.namespace() + ".";
        }
        if (last.code() == 503 && last.body().contains("error trying to reach service")) {
            return "The API server could not connect to a pod behind the Service: check the port, and that the container listens on all addresses.";
        }
        return "Check the pods' logs.";
    }

    private static String clip(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
