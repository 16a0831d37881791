package io.jenkins.plugins.statefulmongo.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    @Test
    void aTitleOnceAndOneLineForEachThingThatHappened() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8));
        for (int tick = 0; tick < 3; tick++) {
            console.titleOnce("waitOrdinals ns/db");
            console.changed("db-0", tick < 2 ? "db-0  Pending" : "db-0  Ready");
            console.changed("db-1", "db-1  Pending");
        }
        console.line("done");
        console.line("done");
        assertThat(out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"))
                .isEqualTo("waitOrdinals ns/db\n  db-0  Pending\n  db-1  Pending\n  db-0  Ready\n  done\n  done\n");
    }
}
