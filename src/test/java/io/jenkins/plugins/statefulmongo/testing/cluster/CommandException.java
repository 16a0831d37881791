package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.Map;

/** A command's failure, with MongoDB's code for it. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(2, "BadValue"), Map.entry(11, "UserNotFound"), Map.entry(13, "Unauthorized"), Map.entry(17, "ProtocolError"),
            Map.entry(18, "AuthenticationFailed"), Map.entry(6, "HostUnreachable"), Map.entry(20, "IllegalOperation"), Map.entry(23, "AlreadyInitialized"),
            Map.entry(59, "CommandNotFound"), Map.entry(64, "WriteConcernFailed"), Map.entry(72, "InvalidOptions"),
            Map.entry(74, "NodeNotFound"), Map.entry(76, "NoReplicationEnabled"), Map.entry(91, "ShutdownInProgress"),
            Map.entry(93, "InvalidReplicaSetConfig"), Map.entry(94, "NotYetInitialized"), Map.entry(95, "NotSecondary"),
            Map.entry(100, "UnsatisfiableWriteConcern"), Map.entry(103, "NewReplicaSetConfigurationIncompatible"),
            Map.entry(104, "NodeNotElectable"), Map.entry(110, "CannotInitializeNodeWithData"), Map.entry(118, "InconsistentReplicaSetNames"),
            Map.entry(125, "CommandFailed"),
            Map.entry(189, "PrimarySteppedDown"), Map.entry(262, "ExceededTimeLimit"), Map.entry(308, "CurrentConfigNotCommittedYet"),
            Map.entry(10107, "NotWritablePrimary"), Map.entry(11600, "InterruptedAtShutdown"),
            Map.entry(11602, "InterruptedDueToReplStateChange"), Map.entry(13435, "NotPrimaryNoSecondaryOk"),
            Map.entry(13436, "NotPrimaryOrSecondary"));

    final int code;

    CommandException(int code, String message) {
        super(message);
        this.code = code;
    }

    String codeName() {
        return NAMES.getOrDefault(code, "Location" + code);
    }

    /** Whether a driver may send the write again. */
    boolean isRetryable() {
        return switch (code) {
            case 91, 189, 262, 10107, 11600, 11602, 13435, 13436 -> true;
            default -> false;
        };
    }
}
