package io.jenkins.plugins.statefulmongo.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a command of this machine. */
final class Shell {
    private Shell() {}

    /** How it ended; {@code code} -1: it was ended because it took too long. */
    record Ended(int code, String output) {}

    static Ended run(Duration limit, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        return new Ended(ended ? process.exitValue() : -1, output.join());
    }

    /** For commands that must succeed. */
    static String succeed(Duration limit, String... command) throws IOException, InterruptedException {
        Ended ended = run(limit, List.of(command));
        if (ended.code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + ended.code + ": " + ended.output.strip());
        }
        return ended.output;
    }

    /** Of this process and the commands that it starts; where the machine does not let us, it stays as it is. */
    static void renice(int niceness) throws IOException, InterruptedException {
        if (knows("renice")) {
            run(Duration.ofSeconds(10), List.of("sh", "-c", "renice -n " + niceness + " -p $(ls /proc/" + ProcessHandle.current().pid() + "/task)"));
        }
    }

    static boolean knows(String program) throws InterruptedException {
        try {
            run(Duration.ofSeconds(10), List.of(program, "--help"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
