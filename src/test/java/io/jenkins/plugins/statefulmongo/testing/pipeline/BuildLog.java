package io.jenkins.plugins.statefulmongo.testing.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The console of a build: kept, and shown as it grows. */
final class BuildLog extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final PrintStream stream = new PrintStream(this, true, StandardCharsets.UTF_8);

    /** @param listener told each complete line, on the thread that wrote it */
    void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    void forget(Consumer<String> listener) {
        listeners.remove(listener);
    }

    PrintStream stream() {
        return stream;
    }

    void println(String what) {
        stream.println(what);
    }

    @Override
    public void write(int b) {
        String complete = null;
        synchronized (this) {
            if (b == '\n') {
                complete = line.toString(StandardCharsets.UTF_8);
                line.reset();
                text.append(complete).append('\n');
            } else {
                line.write(b);
            }
        }
        if (complete != null) {
            for (Consumer<String> listener : listeners) {
                listener.accept(complete);
            }
        }
    }

    @Override
    public synchronized String toString() {
        return text.toString();
    }
}
