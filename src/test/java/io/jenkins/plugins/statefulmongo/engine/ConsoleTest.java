package io.jenkins.plugins.statefulmongo.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.Recorder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void theBuildsPageGetsEachLineButNoTable() {
        List<String> recorded = new ArrayList<>();
        Recorder recorder = new Recorder() {
            @Override
            public void happened(Mark mark, String line) {
                recorded.add(mark + " " + line);
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), recorder);
        console.titleOnce("initReplicaSet ns/db as rs0");
        console.line("asked db-0");
        console.line(Mark.ELECTION, "db-0 PRIMARY");
        console.changed("lease", "waits");
        console.changed("lease", "waits");
        console.table(List.of("MEMBER  STATE", "db-0    PRIMARY"));
        assertThat(recorded).containsExactly("NOTE asked db-0", "ELECTION db-0 PRIMARY", "NOTE waits");
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("initReplicaSet ns/db as rs0", "  asked db-0", "  db-0 PRIMARY", "  waits", "  MEMBER  STATE", "  db-0    PRIMARY");
    }
}
