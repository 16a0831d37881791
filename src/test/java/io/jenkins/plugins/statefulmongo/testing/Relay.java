package io.jenkins.plugins.statefulmongo.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes on what goes to an API server and comes from it, TLS untouched, and counts the bytes. On loopback only. Its connections can be frozen: they
 * stay open and carry nothing more, as those do whose state something on the way has forgotten.
 */
public final class Relay implements AutoCloseable {
    private final URI server;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Socket> frozen = ConcurrentHashMap.newKeySet();

    public Relay(String server) throws IOException {
        this.server = URI.create(server);
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Under the same host name, as the server's certificate wants it. */
    public String url() {
        return server.getScheme() + "://" + server.getHost() + ":" + door.getLocalPort();
    }

    /** Both ways, so far. */
    public long bytes() {
        return bytes.get();
    }

    /** Freezes the connections that stand; new ones are served. */
    public void freeze() {
        frozen.addAll(open);
    }

    private void accept() throws IOException {
        while (!door.isClosed()) {
            Socket client = door.accept();
            Socket upstream = new Socket(server.getHost(), server.getPort());
            open.add(client);
            open.add(upstream);
            daemon(() -> copy(client, upstream));
            daemon(() -> copy(upstream, client));
        }
    }

    private void copy(Socket from, Socket to) throws IOException {
        from.setTcpNoDelay(true);
        byte[] buffer = new byte[16_384];
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!frozen.contains(from)) {
                    bytes.addAndGet(n);
                    out.write(buffer, 0, n);
                }
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One side has hung up, or this is closed: the other side sees the same.
            }
        }, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
