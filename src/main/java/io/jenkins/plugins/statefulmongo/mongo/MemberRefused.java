package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.util.Set;

/** A mongod answered a command with an error. */
public final class MemberRefused extends Failure {
    private static final long serialVersionUID = 1;
    private static final Set<Integer> PASSING = Set.of(
            Codes.CONFIGURATION_IN_PROGRESS,
            Codes.CONFIGURATION_NOT_COMMITTED,
            Codes.EXCEEDED_TIME_LIMIT,
            Codes.NOT_WRITABLE_PRIMARY,
            Codes.PRIMARY_STEPPED_DOWN);
    private final int code;
    private final String serverMessage;

    MemberRefused(String member, String command, int code, String codeName, String message) {
        super(member + " refuses " + command + ": " + message + " (" + code + " " + codeName + ").");
        this.code = code;
        this.serverMessage = message;
    }

    /** MongoDB's error code: https://www.mongodb.com/docs/manual/reference/error-codes/ */
    public int code() {
        return code;
    }

    /** Whether it means "not now": another primary, or a configuration on its way. */
    public boolean passing() {
        return PASSING.contains(code);
    }

    public String serverMessage() {
        return serverMessage;
    }
}
