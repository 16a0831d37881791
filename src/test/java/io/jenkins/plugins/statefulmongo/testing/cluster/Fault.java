package io.jenkins.plugins.statefulmongo.testing.cluster;

/** What becomes of a call. Commands through a port-forward know those alone that are no status. */
public enum Fault {
    STATUS_401(401, "Unauthorized"),
    STATUS_409(409, "Conflict"),
    /** In a watch, its only event. */
    STATUS_410(410, "Expired"),
    STATUS_429(429, "TooManyRequests"),
    /** With {@code Retry-After}, as the API server's own queues answer. */
    STATUS_429_LATER(429, "TooManyRequests"),
    STATUS_500(500, "InternalError"),
    STATUS_503(503, "ServiceUnavailable"),
    /** The connection ends before the call is carried out. */
    DROP(0, ""),
    /** The call is carried out, but the connection ends before its answer; a watch or a port-forward ends as soon as it began. */
    DROP_ANSWER(0, ""),
    /** The call is not carried out, and nothing is ever answered. */
    HANG(0, ""),
    /** The call is carried out, and nothing is ever answered; a watch tells of nothing, a port-forward carries nothing. */
    HANG_ANSWER(0, "");

    final int code;
    final String reason;

    Fault(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    boolean isBefore() {
        return this == DROP || this == HANG;
    }

    boolean isAfter() {
        return this == DROP_ANSWER || this == HANG_ANSWER;
    }

    boolean isDrop() {
        return this == DROP || this == DROP_ANSWER;
    }

    ApiException status() {
        return new ApiException(code, reason, "a fault that the test asked for", null);
    }
}
