package io.jenkins.plugins.statefulmongo.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What a run is asked for: system properties, whose defaults are in pom.xml. */
final class Settings {
    private static Path kubeconfig() {
        String file = System.getenv("KUBECONFIG");
        if (file == null || file.isBlank()) {
            throw new IllegalArgumentException("KUBECONFIG names no cluster; these figures are not worth having on the embedded one");
        }
        return Path.of(file);
    }

    /** Which benchmarks, in this order. */
    List<String> benchmarks() {
        return list("benchmarks");
    }

    List<String> list(String name) {
        return Arrays.stream(text(name).split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }

    /** How often each contender of the quiet scene updates; with each place of the primary equally often, if a multiple of three. */
    int rounds() {
        return number("rounds");
    }

    /** As {@link #rounds}, of the other scenes: {@code lagging.rounds} and so on. */
    int rounds(String scene) {
        return number(scene + ".rounds");
    }

    /** A count or a duration, 1 or more. */
    int number(String name) {
        return number(name, 1);
    }

    int number(String name, int least) {
        int number;
        try {
            number = Integer.parseInt(text(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + name + " must be a whole number, not '" + text(name) + "'");
        }
        if (number < least) {
            throw new IllegalArgumentException("-D" + name + " must be " + least + " or more, not " + number);
        }
        return number;
    }

    /** The image of the write load's pod: the test bed's own programs, or one that has the same paths as this machine. */
    String writerImage() {
        return text("writer.image");
    }

    /** How long the write load runs before anything is measured. */
    Duration warmUp() {
        return Duration.ofSeconds(number("writer.warmup", 0));
    }

    Duration updateLimit() {
        return Duration.ofMinutes(15);
    }

    Disturbance disturbance() {
        return new Disturbance(Path.of(text("testbed")), kubeconfig());
    }

    /** Where the test bed's API server writes down each request. */
    Path auditLog() {
        return kubeconfig().resolveSibling("logs").resolve("audit.log");
    }

    String kubeconfigText() throws IOException {
        return Files.readString(kubeconfig());
    }

    static String text(String name) {
        String value = System.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("-D" + name + " is missing");
        }
        return value.strip();
    }
}
