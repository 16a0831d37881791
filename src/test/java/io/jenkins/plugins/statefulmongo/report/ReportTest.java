package io.jenkins.plugins.statefulmongo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    @Test
    void theTableOfAHealthySet() {
        MongoSet set = new MongoSet(3);
        set.node(2).behind(3);
        assertThat(table(set).lines()).containsExactly(
                "MEMBER  STATE      SYNCS FROM  LAG  VERSION",
                "db-0    PRIMARY    -           -    7.0.14",
                "db-1    SECONDARY  db-0        0 s  7.0.14",
                "db-2    SECONDARY  db-0        3 s  7.0.14");
    }

    @Test
    void membersThatCannotBeAskedAreShownAsThePrimarySeesThem() {
        MongoSet set = new MongoSet(2).outsider("far.example:27017", true).outsider("gone.example:27017", false);
        set.node(1).answers = false;
        assertThat(table(set).lines()).containsExactly(
                "MEMBER              STATE        SYNCS FROM  LAG  VERSION",
                "db-0                PRIMARY      -           -    7.0.14",
                "db-1                unreachable  -           -    -",
                "far.example:27017   SECONDARY    -           0 s  -",
                "gone.example:27017  unreachable  -           -    -");
    }

    @Test
    void whileNobodyIsPrimaryStatesAreKnownAndLagsAreNot() {
        MongoSet set = new MongoSet(2).withoutPrimary().outsider("far.example:27017", true);
        MemberTable now = MemberTable.of(set.hosts(), set.members()).orElseThrow();
        assertThat(now.lines()).containsExactly(
                "MEMBER             STATE      SYNCS FROM  LAG  VERSION",
                "db-0               SECONDARY  -           -    7.0.14",
                "db-1               SECONDARY  -           -    7.0.14",
                "far.example:27017  SECONDARY  -           -    -");
        set.primary(1).node(0).behind(2);
        assertThat(MemberTable.of(set.hosts(), set.members()).orElseThrow().data().get(0)).containsEntry("lagSeconds", 2L);
        set.node(0).initiated = false;
        assertThat(MemberTable.of(set.hosts(), set.members()).orElseThrow().data().get(0)).containsEntry("state", "STARTUP");
        set.nodes().forEach(n -> n.initiated = false);
        assertThat(MemberTable.of(set.hosts(), set.members())).isEmpty();
    }

    @Test
    void jenkins02_theDataAreMapsStringsAndNumbersOnly() {
        for (LinkedHashMap<String, Object> row : table(new MongoSet(3)).data()) {
            assertThat(row).containsOnlyKeys("name", "host", "state", "syncsFrom", "lagSeconds", "version");
            assertThat(row.values()).allMatch(v -> v instanceof String || v instanceof Long);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 s", "249, 0.2 s", "9849, 9.8 s", "9950, 10 s", "31400, 31 s", "119400, 119 s", "120000, 2 min 0 s", "245000, 4 min 5 s"})
    void timesAsPeopleReadThem(long millis, String text) {
        assertThat(Elapsed.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 s", "43, 0.1 s", "100, 0.1 s", "249, 0.3 s", "9901, 10 s", "10001, 11 s"})
    void aBoundIsRoundedUp(long millis, String text) {
        assertThat(Elapsed.bound(Duration.ofMillis(millis))).isEqualTo(text);
    }

    private static MemberTable table(MongoSet set) {
        return new MemberTable(set.hosts(), set.config(), set.members(), 0);
    }
}
