package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;

/** A mongod answered a command with an error. */
public final class MemberRefused extends Failure {
    private static final long serialVersionUID = 1;
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

    public String serverMessage() {
        return serverMessage;
    }
}
