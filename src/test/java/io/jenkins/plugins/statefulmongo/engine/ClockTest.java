package io.jenkins.plugins.statefulmongo.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The controller's clock may be wrong by hours: nothing that decides may ask it. Times that are compared come all from the cluster, or are
 * all monotonic.
 */
class ClockTest {
    private static final Path SOURCES = Path.of("src/main/java/io/jenkins/plugins/statefulmongo");
    private static final Pattern WALL_CLOCK = Pattern.compile("(Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now\\(|currentTimeMillis|new Date\\(|Clock\\.system");
    private static final List<String> DECIDING = List.of("waiting", "initiate", "update", "state", "mongo");

    @Test
    void jenkins04_whatDecidesDoesNotAskTheWallClock() throws IOException {
        try (Stream<Path> files = DECIDING.stream().map(SOURCES::resolve).flatMap(ClockTest::under)) {
            assertThat(files.filter(f -> WALL_CLOCK.matcher(text(f)).find()).map(f -> f.getFileName().toString()))
                    // Both only tell people when it was.
                    .containsExactlyInAnyOrder("RollStory.java", "SetAccess.java");
        }
    }

    private static Stream<Path> under(Path folder) {
        try {
            return Files.walk(folder).filter(Files::isRegularFile);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
