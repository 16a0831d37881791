package io.jenkins.plugins.statefulmongo.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LongWaitTest {
    private long now;
    private final LongWait wait = new LongWait(() -> now);

    @Test
    void saysOnceWhatALongWaitIsFor() {
        assertThat(wait.line("db-1, which is 12 s behind")).isEmpty();
        later(29);
        assertThat(wait.line("db-1, which is 41 s behind")).isEmpty();
        later(1);
        assertThat(wait.line("db-1, which is 42 s behind")).contains("waits for db-1, which is 42 s behind");
        later(60);
        assertThat(wait.line("db-1, which is 102 s behind")).isEmpty();
    }

    @Test
    void anotherThingIsAnotherWait() {
        wait.line("db-1 to be healthy again (not Ready)");
        later(30);
        assertThat(wait.line("db-2 to be healthy again (not Ready)")).isEmpty();
        later(30);
        assertThat(wait.line("db-2 to be healthy again (db-2 runs, but does not become ready.\nLook at its log)"))
                .contains("waits for db-2 to be healthy again (db-2 runs, but does not become ready.\n    Look at its log)");
    }

    @Test
    void aWaitThatWasOverBeginsAnew() {
        wait.line("a new primary");
        later(29);
        wait.over();
        later(5);
        assertThat(wait.line("a new primary")).isEmpty();
    }

    private void later(int seconds) {
        now += seconds * 1_000_000_000L;
    }
}
