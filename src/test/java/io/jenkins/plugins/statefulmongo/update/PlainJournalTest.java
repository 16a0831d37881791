package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class PlainJournalTest {
    @Property
    void whatWasWrittenIsReadBack(@ForAll @AlphaChars @NotEmpty String from, @ForAll String why) {
        PlainJournal journal = new PlainJournal("api", from + ":1.0", "x/y@sha256:ab", "jenkins/go-demo-3 #7/12", null);
        assertThat(PlainJournal.of(journal.text())).contains(journal);
        assertThat(PlainJournal.of(journal.failed(why).text())).contains(journal.failed(why));
    }

    @Test
    void whatIsNoJournalIsNone() {
        assertThat(PlainJournal.of(null)).isEmpty();
        assertThat(PlainJournal.of("")).isEmpty();
        assertThat(PlainJournal.of("{\"strategy\": \"RollingUpdate\"}")).isEmpty();
    }
}
