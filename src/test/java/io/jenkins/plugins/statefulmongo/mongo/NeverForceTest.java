package io.jenkins.plugins.statefulmongo.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NeverForceTest {
    /** A forced reconfiguration or step-down can lose acknowledged writes: no command to a mongod has that field. */
    @Test
    void safety15_noCommandIsForced() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources = files.filter(Files::isRegularFile).toList();
            assertThat(sources).hasSizeGreaterThan(50);
            for (Path source : sources) {
                assertThat(Files.readString(source)).as(source.toString()).doesNotContain("\"force\"");
            }
        }
    }
}
