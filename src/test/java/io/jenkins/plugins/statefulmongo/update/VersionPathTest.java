package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionPathTest {
    @ParameterizedTest
    @CsvSource({"7.0.14, 7.0.16", "7.0.16, 7.0.14", "4.2.24, 4.4.29", "4.4.29, 5.0.31", "5.0.31, 6.0.20", "6.0.20, 7.0.14", "7.0.14, 8.0.4"})
    void oneSeriesAtATimeAndAnyPatch(String from, String to) {
        assertThatCode(() -> VersionPath.check(scene(from, Release.parse(from).orElseThrow().series()), Release.parse(to).orElseThrow()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"6.0.20, 8.0.4, 7.0", "4.2.24, 5.0.31, 4.4", "4.4.29, 7.0.14, 5.0"})
    void aSkippedSeriesIsRefusedWithTheWayToGo(String from, String to, String between) {
        assertThat(refusal(from, Release.parse(from).orElseThrow().series(), to)).isEqualTo("going from MongoDB " + from + " (db-0) to " + to + " skips a release.\n"
                + "  Nothing was touched: data files can be opened by the next series only.\n"
                + "  Update to the newest " + between
                + " first, then raise featureCompatibilityVersion (featureCompatibilityVersion: 'raise').");
    }

    @ParameterizedTest
    @CsvSource({"7.0.14, 5.0.31, 5.0", "7.0.14, 6.0.20, 6.0"})
    void downAcrossSeriesIsRefused(String from, String to, String series) {
        assertThat(refusal(from, "7.0", to)).isEqualTo("going from MongoDB " + from + " (db-0) down to " + to + " is not possible.\n"
                + "  Nothing was touched: the older release does not open the newer one's data.\n"
                + "  To go back, restore a backup taken with " + series + " into a new set.");
    }

    @Test
    void anOldCompatibilityVersionIsRefused() {
        assertThat(refusal("6.0.20", "5.0", "7.0.14")).isEqualTo("db-0 runs MongoDB 6.0.20 with featureCompatibilityVersion 5.0: 7.0.14 does not open such data.\n"
                + "  Nothing was touched. Set it to 6.0 on the primary first: run rollingImageUpdate with the present image and"
                + " featureCompatibilityVersion: 'raise'.");
    }

    @Test
    void safety14_anInterruptedChangeOfTheCompatibilityVersionIsRefusedEvenForAPatch() {
        MongoSet set = new MongoSet(3);
        set.node(1).compatibilityTarget = "6.0";
        Failure refused = catchThrowableOfType(Failure.class, () -> VersionPath.check(scene(set), Release.parse("7.0.16").orElseThrow()));
        assertThat(refused).hasMessage("db-1 is in the middle of a change of featureCompatibilityVersion to 6.0.\n"
                + "  Nothing was touched. Finish it on the primary: db.adminCommand({setFeatureCompatibilityVersion: '6.0'}).");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mongo:7", "mongo", "mongo:latest", "mirror.example:5000/mongo", "mongo:99999999999.0"})
    void safety14_anImageWhoseReleaseCannotBeReadNeedsVersion(String image) throws Failure {
        assertThat(catchThrowableOfType(Failure.class, () -> VersionPath.target(image, null)))
                .hasMessage("parameter 'image' is '" + image + "', whose tag does not tell MongoDB's release.\n"
                        + "  Nothing was touched: without it nobody can say whether the members' data can be opened.\n"
                        + "  Name a full tag such as mongo:7.0.14, or give the release with version: '7.0.14'.");
        assertThat(VersionPath.target(image, "7.0.16")).isEqualTo(new Release(7, 0, 16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mongo@sha256:0123456789abcdef0123456789abcdef", "mongo:7.0.16@sha256:0123456789abcdef0123456789abcdef"})
    void safety14_aDigestNeedsVersionWhateverTheTag(String image) throws Failure {
        assertThat(catchThrowableOfType(Failure.class, () -> VersionPath.target(image, null)))
                .hasMessageStartingWith("parameter 'image' is '" + image + "', which a digest decides: it does not tell MongoDB's release.\n");
        assertThat(VersionPath.target(image, "7.0.16")).isEqualTo(new Release(7, 0, 16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"seven", "7", "99999999999.1.1"})
    void safety14_versionMustBeARelease(String version) {
        assertThat(catchThrowableOfType(Failure.class, () -> VersionPath.target("mongo:7", version)))
                .hasMessage("parameter 'version' must be a release such as 7.0.14, but is '" + version + "'.");
    }

    @Test
    void safety14_versionAndTheTagOfTheOfficialImageMustAgree() throws Failure {
        assertThat(catchThrowableOfType(Failure.class, () -> VersionPath.target("mirror.example/library/mongo:4.4.29", "5.0.31")))
                .hasMessage("parameter 'version' is 5.0.31, but the tag of image 'mirror.example/library/mongo:4.4.29' says 4.4.29.\n"
                        + "  Nothing was touched. Leave 'version' out, or name the image of 5.0.31.");
        assertThat(VersionPath.target("mongo:4.4", "4.4.29")).isEqualTo(new Release(4, 4, 29));
        assertThat(VersionPath.target("mirror.example/our-mongo:1.12.3", "4.4.29")).isEqualTo(new Release(4, 4, 29));
    }

    @ParameterizedTest
    @CsvSource({"4.4.29, 4.6.1", "8.0.4, 8.2.1", "8.0.4, 9.0.0"})
    void aSeriesThatThisPluginDoesNotKnowIsRefusedByName(String from, String to) {
        assertThat(refusal(from, Release.parse(from).orElseThrow().series(), to))
                .startsWith("MongoDB " + to + " belongs to no release series that this plugin knows: 4.2, 4.4, 5.0, 6.0, 7.0, 8.0.\n");
    }

    @Test
    void safety29_releasesThatTheDriverDoesNotReachAreRefusedByName() {
        assertThat(refusal("4.2.24", "4.2", "4.0.28"))
                .isEqualTo("parameter 'image' asks for MongoDB 4.0.28, which is too old: 4.2 is the oldest release that this plugin reaches.\n"
                        + "  Nothing was touched. Where the image's tag does not count MongoDB's releases, give the release with the parameter 'version'.");
    }

    @Test
    void safety14_aSetThatNobodySpeaksForSkipsNoReleaseEither() {
        MongoSet silent = new MongoSet(1);
        silent.node(0).exists = false;
        silent.container().put("image", "mongo:4.4.29");
        assertThat(catchThrowableOfType(Failure.class, () -> VersionPath.check(scene(silent), new Release(8, 0, 4))))
                .hasMessageStartingWith("no member of db answers, and going from its image mongo:4.4.29 to 8.0.4 skips a release.\n");
    }

    private static String refusal(String from, String compatibility, String to) {
        return catchThrowableOfType(
                        Failure.class, () -> VersionPath.check(scene(from, compatibility), Release.parse(to).orElseThrow()))
                .getMessage();
    }

    private static Scene scene(String version, String compatibility) {
        MongoSet set = new MongoSet(3);
        set.nodes().forEach(n -> {
            n.version = version;
            n.compatibility = compatibility;
        });
        return scene(set);
    }

    private static Scene scene(MongoSet s) {
        return new Scene(s.set(), s.hosts(), s.pods(), s.members());
    }
}
