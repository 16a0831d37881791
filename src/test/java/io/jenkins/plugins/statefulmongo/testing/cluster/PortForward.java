package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A port-forward over a WebSocket, as the kubelet speaks it: each message begins with its channel, 0 for data and 1 for an error; the first
 * message on each carries the port. It reaches what listens on the pod's loopback address, bound to others or not.
 */
final class PortForward {
    private final Vertx vertx;
    private final NetClient client;

    PortForward(Vertx vertx) {
        this.vertx = vertx;
        client = vertx.createNetClient();
    }

    void serve(ServerWebSocket socket, String pod, List<Program> programs, int port, Line line) {
        byte low = (byte) port;
        byte high = (byte) (port >> 8);
        socket.writeBinaryMessage(Buffer.buffer(new byte[] {0, low, high}));
        socket.writeBinaryMessage(Buffer.buffer(new byte[] {1, low, high}));
        int local = programs.stream().mapToInt(program -> program.localPort(port)).filter(p -> p != 0).findFirst().orElse(0);
        if (local == 0) {
            refuse(socket, pod, port);
            return;
        }
        socket.pause();
        client.connect(local, "127.0.0.1").onFailure(e -> refuse(socket, pod, port)).onSuccess(connection -> join(socket, connection, pod, line));
    }

    private void join(ServerWebSocket socket, NetSocket connection, String pod, Line line) {
        if (socket.isClosed()) {
            connection.close();
            return;
        }
        CommandLog commands = new CommandLog(vertx, pod, line, socket::close);
        connection.handler(data -> {
            if (!commands.answered(data) || socket.isClosed()) {
                return;
            }
            socket.writeBinaryMessage(Buffer.buffer(data.length() + 1).appendByte((byte) 0).appendBuffer(data)).onComplete(v -> line.answered());
            if (!socket.isClosed() && socket.writeQueueFull()) {
                connection.pause();
                socket.drainHandler(v -> connection.resume());
            }
        });
        connection.closeHandler(v -> socket.close());
        connection.exceptionHandler(e -> socket.close());
        socket.binaryMessageHandler(message -> {
            if (message.length() > 1 && message.getByte(0) == 0) {
                Buffer data = message.getBuffer(1, message.length());
                if (commands.asked(data)) {
                    connection.write(data);
                }
            }
        });
        socket.closeHandler(v -> connection.close());
        socket.exceptionHandler(e -> connection.close());
        socket.resume();
    }

    private static void refuse(ServerWebSocket socket, String pod, int port) {
        String text = "error forwarding port " + port + " to pod " + pod + ", uid : failed to connect to localhost:" + port
                + " inside namespace: dial tcp4 127.0.0.1:" + port + ": connect: connection refused";
        socket.writeBinaryMessage(Buffer.buffer(new byte[] {1}).appendBytes(text.getBytes(StandardCharsets.UTF_8)));
        socket.close();
    }
}
