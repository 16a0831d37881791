package io.jenkins.plugins.statefulmongo.mongo;

/** The error codes of MongoDB that the steps know how to take. https://www.mongodb.com/docs/manual/reference/error-codes/ */
public final class Codes {
    public static final int UNAUTHORIZED = 13;
    public static final int AUTHENTICATION_FAILED = 18;
    public static final int ALREADY_INITIALIZED = 23;
    public static final int ROLE_NOT_FOUND = 31;
    public static final int NODE_NOT_FOUND = 74;
    public static final int NO_REPLICATION_ENABLED = 76;
    public static final int SHUTDOWN_IN_PROGRESS = 91;
    public static final int INVALID_REPLICA_SET_CONFIG = 93;
    public static final int NOT_YET_INITIALIZED = 94;
    public static final int INCOMPATIBLE_CONFIGURATION = 103;
    public static final int CONFIGURATION_IN_PROGRESS = 109;
    public static final int CANNOT_INITIALIZE_WITH_DATA = 110;
    public static final int PRIMARY_STEPPED_DOWN = 189;
    public static final int EXCEEDED_TIME_LIMIT = 262;
    public static final int CONFIGURATION_NOT_COMMITTED = 308;
    public static final int NOT_WRITABLE_PRIMARY = 10107;

    private Codes() {}
}
