package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MongodOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "--smallfiles, 4.2.0, 4.2",
        "--smallfiles, 7.0.14, 4.2",
        "smallfiles, 4.4, 4.2",
        "--noprealloc, 8.0, 4.2",
        "--nssize=16, 4.2, 4.2",
        "--noIndexBuildRetry, 4.4.29, 4.4",
        "--serviceExecutor, 5.0, 5.0",
        "--cpu, 6.0, 5.2",
        "--nojournal, 7.0.16, 6.1",
        "--journal, 6.1.0, 6.1",
        "--enableFreeMonitoring, 7.0.1, 7.0",
        "--httpinterface, 4.2, 3.6",
        "--master, 4.2, 4.0"
    })
    void anOptionThatIsGoneIsTold(String option, String release, String removedIn) {
        assertThat(MongodOptions.removedIn(option, Release.parse(release).orElseThrow())).contains(removedIn);
    }

    @ParameterizedTest
    @CsvSource({
        "--smallfiles, 4.0.28",
        "--nojournal, 6.0.20",
        "--cpu, 5.0.31",
        "--replSet, 8.0.5",
        "--bind_ip_all, 7.0.14",
        "--storageEngine, 7.0.14",
        "--oplogSize, 7.0.14",
        "--noSuchThing, 7.0.14"
    })
    void anOptionThatTheReleaseHasOrNeverHadIsNot(String option, String release) {
        assertThat(MongodOptions.removedIn(option, Release.parse(release).orElseThrow())).isEmpty();
    }

    @Test
    void theBooksCommandHasTwoOfThem() {
        Release release = Release.parse("4.4.29").orElseThrow();
        assertThat(new String[] {"--replSet", "rs0", "--smallfiles", "--noprealloc"})
                .filteredOn(o -> MongodOptions.removedIn(o, release).isPresent())
                .containsExactly("--smallfiles", "--noprealloc");
    }
}
