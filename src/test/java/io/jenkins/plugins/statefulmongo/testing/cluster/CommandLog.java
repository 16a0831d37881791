package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The commands that pass through one port-forward, read from MongoDB's wire protocol as they go by. */
final class CommandLog {
    private static final Set<String> MUTATING = Set.of("replSetInitiate", "replSetReconfig", "replSetStepDown", "replSetStepUp",
            "setFeatureCompatibilityVersion", "insert", "createUser", "updateUser");
    private static final int HEADER = 16;
    private static final int OP_MSG = 2013;

    private record Asked(String command, Fault fault) {}

    private final Vertx vertx;
    private final String pod;
    private final Line line;
    private final Runnable hangUp;
    private final Map<Integer, Asked> open = new HashMap<>();
    private Buffer asking = Buffer.buffer();
    private Buffer answering = Buffer.buffer();
    private boolean pass = true;

    /** @param hangUp ends the port-forward */
    CommandLog(Vertx vertx, String pod, Line line, Runnable hangUp) {
        this.vertx = vertx;
        this.pod = pod;
        this.line = line;
        this.hangUp = hangUp;
    }

    /** Bytes on their way to mongod; whether they may go on. */
    boolean asked(Buffer data) {
        asking = messages(asking.appendBuffer(data), message -> {
            String command = command(message);
            Fault fault = line.fault(command + " " + pod);
            open.put(message.getIntLE(4), new Asked(command, fault));
            if (fault != null && fault.isBefore()) {
                lose(fault);
            }
        });
        return pass && !line.isCut();
    }

    /** Bytes on their way back; whether they may go on. */
    boolean answered(Buffer data) {
        answering = messages(answering.appendBuffer(data), message -> {
            Asked asked = open.remove(message.getIntLE(8));
            if (asked != null) {
                pass &= line.served(asked.command + " " + pod, MUTATING.contains(asked.command));
            }
            if (asked != null && asked.fault != null && asked.fault.isAfter()) {
                lose(asked.fault);
            }
        });
        return pass;
    }

    private void lose(Fault fault) {
        pass = false;
        if (fault.isDrop()) {
            hangUp.run();
        } else {
            line.hang(vertx, hangUp);
        }
    }

    private static Buffer messages(Buffer bytes, Consumer<Buffer> each) {
        int at = 0;
        while (bytes.length() - at >= HEADER && bytes.length() - at >= bytes.getIntLE(at)) {
            int end = at + bytes.getIntLE(at);
            each.accept(bytes.getBuffer(at, end));
            at = end;
        }
        return bytes.getBuffer(at, bytes.length());
    }

    /** The first field's name of an OP_MSG's body; a driver's first question is an OP_QUERY. */
    private static String command(Buffer message) {
        if (message.getIntLE(12) != OP_MSG) {
            return "hello";
        }
        int name = HEADER + 4 + 1 + 4 + 1;
        int end = name;
        while (message.getByte(end) != 0) {
            end++;
        }
        return message.getString(name, end, StandardCharsets.UTF_8.name());
    }
}
