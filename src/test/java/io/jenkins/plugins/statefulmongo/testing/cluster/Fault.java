package io.jenkins.plugins.statefulmongo.testing.cluster;

/** What {@link EmbeddedCluster#fault} does to a request. */
public enum Fault {
    STATUS_409(409, "Conflict"),
    STATUS_429(429, "TooManyRequests"),
    STATUS_500(500, "InternalError"),
    STATUS_503(503, "ServiceUnavailable"),
    /** The connection ends before the request is carried out. */
    DROP(0, ""),
    /** The request is carried out, but the connection ends before its answer. */
    DROP_ANSWER(0, "");

    final int code;
    final String reason;

    Fault(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }
}
