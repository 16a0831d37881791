package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.List;
import java.util.Map;

/** The API server said no. Most callers let it end the step; some know a code that they can live with. */
public final class Refused extends Failure {
    private static final long serialVersionUID = 1;
    /** All that is known of a watch that was refused. */
    static final String BARE = "its watch was refused";
    private static final String MALFORMED = "failed to create typed patch object";

    private final int code;
    private final String reason;
    private final String serverMessage;
    private final List<Map<String, Object>> causes;

    Refused(int code, Map<String, Object> status, String what) {
        super(code == 401, what + ": " + message(status, code) + (message(status, code).endsWith(".") ? "" : "."), remedy(status, code));
        this.code = code;
        this.reason = Json.text(status, "reason");
        this.serverMessage = message(status, code);
        this.causes = Json.list(status, "details", "causes");
    }

    /** The HTTP status code. */
    public int code() {
        return code;
    }

    /** Whether a conditional write met an object that had changed since it was read: to be looked at again. */
    public boolean outdated() {
        return code == 409 && "Conflict".equals(reason);
    }

    /** What the API server said. */
    public String serverMessage() {
        return serverMessage;
    }

    /** Whether server-side apply was given a field that does not exist, or one of another type: the API server answers 500 to that. */
    public boolean malformed() {
        return serverMessage.startsWith(MALFORMED);
    }

    static boolean malformed(Map<String, Object> status) {
        return String.valueOf(status.get("message")).startsWith(MALFORMED);
    }

    /** What the server found, one by one, each with {@code reason}, {@code message} and {@code field}; often empty. */
    public List<Map<String, Object>> causes() {
        return causes;
    }

    private static String message(Map<String, Object> status, int code) {
        String message = Json.text(status, "message");
        return message == null || message.isBlank() ? "HTTP " + code : message;
    }

    private static String remedy(Map<String, Object> status, int code) {
        // 403 is also the answer of quotas and limits: those are no question of a grant.
        String message = String.valueOf(status.get("message"));
        if (code == 403 && !message.contains(" cannot ") && !message.equals(BARE)) {
            return null;
        }
        return switch (code) {
            case 401 -> "The API server does not accept the credential of this connection: renew it, or choose another in Manage Jenkins.";
            case 403 -> "Grant it to the connection's identity; docs/production.md has the Role that is enough.";
            case 409 -> "Somebody else wrote it at the same moment: run the step again, which looks anew.";
            default -> null;
        };
    }
}
