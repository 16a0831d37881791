package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollStoryTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final RollStory story = new RollStory(new Console(new PrintStream(out, true, StandardCharsets.UTF_8)));

    private String finished(int hours) {
        story.finished(new Journal("job/1", Map.of(), Map.of(), -1, Instant.now().plus(Duration.ofHours(hours)), null, null));
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void jenkins04_aClockThatIsSetByAnHourMeanwhileChangesNoTimeThatThisRunSaw(int hours) {
        story.began();
        assertThat(finished(hours)).matches("  done in \\d\\.\\d s: 0 elections, at most 0\\.0 s without a primary\n");
    }

    @Test
    void jenkins04_anUpdateThatBeganInTheFutureOfThisControllersClockTookNoNegativeTime() {
        assertThat(finished(1)).matches("  done in \\d\\.\\d s: 0 elections, at least 0\\.0 s without a primary\n");
    }
}
