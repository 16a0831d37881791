package io.jenkins.plugins.statefulmongo.steps;

import io.jenkins.plugins.statefulmongo.deploy.Manifest;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call of a step: all that is kept of it across a restart of Jenkins. Everything else is seen again in the cluster.
 *
 * <p>Only strings, integers and booleans are kept, and never a secret: a credential is resolved anew each time.
 */
public final class Request implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = (int) Duration.ofDays(7).toSeconds();

    private final String function;
    private final LinkedHashMap<String, Object> parameters;
    private final String holder;
    private final long startMillis;
    private final long deadlineMillis;

    /**
     * @param function the step's name in a Jenkinsfile
     * @param parameters as given, without those left to their defaults
     * @param holder who acts: the same for this call after a restart, another for every other call
     * @param startMillis when the step began, in milliseconds since 1970
     * @throws Failure when the function is unknown, {@code timeoutSeconds} is out of range, or the manifest holds a secret
     */
    public Request(String function, Map<String, Object> parameters, String holder, long startMillis) throws Failure {
        this.function = function;
        this.parameters = new LinkedHashMap<>(parameters);
        this.holder = holder;
        this.startMillis = startMillis;
        int seconds = parameters().number("timeoutSeconds", Operations.of(function).timeoutSeconds(parameters()), 1, LONGEST);
        this.deadlineMillis = startMillis + seconds * 1000L;
        if (parameters().has("manifest")) {
            Manifest.refuseSecrets(parameters().raw("manifest"));
        }
    }

    public String function() {
        return function;
    }

    public Parameters parameters() {
        return new Parameters(Collections.unmodifiableMap(parameters));
    }

    public String holder() {
        return holder;
    }

    /** The part of the holder that tells this call from all others, within one build and beyond. */
    public String id() {
        return holder.substring(holder.lastIndexOf(' ') + 1);
    }

    public long startMillis() {
        return startMillis;
    }

    /** When the step gives up, in milliseconds since 1970. A restart does not move it. */
    public long deadlineMillis() {
        return deadlineMillis;
    }

    /**
     * What a message begins with, such as {@code waitOrdinals go-demo-3/db}.
     *
     * @param namespace where the step acts, or null when that is not known yet
     */
    public String title(String namespace) {
        return title(function, parameters(), namespace);
    }

    static String title(String function, Parameters parameters, String namespace) {
        String subject = switch (function) {
            case "applyManifest" -> null;
            case "probeService" -> parameters.text("service", null);
            default -> parameters.text("name", "db");
        };
        String where = namespace == null ? parameters.text("namespace", null) : namespace;
        if (where == null && subject == null) {
            return function;
        }
        return function + " " + (where == null ? subject : subject == null ? where : where + "/" + subject);
    }
}
