package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RollBackTest {
    private final MongoSet set = new MongoSet(3);

    @Test
    void safety13_withinOneSeriesAlwaysByItself() {
        set.node(2).revision = MongoSet.NEW;
        set.node(2).version = "7.0.16";
        assertThat(forbidden("mongo:7.0.14", "mongo:7.0.16")).isEmpty();
    }

    @Test
    void safety13_acrossSeriesOnlyWhileNoMemberHasOpenedItsData() {
        set.node(2).broken().container(null, "ImagePullBackOff").revision = MongoSet.NEW;
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.99")).isEmpty();
        set.node(2).phase = "Running";
        for (int harmless : new int[] {62, 2}) {
            set.node(2).container(harmless, "CrashLoopBackOff");
            assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16")).isEmpty();
        }
        set.node(2).container(14, "CrashLoopBackOff");
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16"))
                .contains("db-2 may have opened its data with 7.0.16, which 6.0.20 need not be able to read");
        set.node(2).container(null, null);
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16")).isPresent();
    }

    @Test
    void safety13_onlyMongodsOwnContainerTellsWhetherItHasOpenedItsData() {
        set.node(2).broken().container(2, "CrashLoopBackOff").sidecar(1, "CrashLoopBackOff").revision = MongoSet.NEW;
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16")).as("the sidecar ended with another code than mongod").isEmpty();
        set.node(2).container(null, "ImagePullBackOff").sidecar(null, null);
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16")).as("only the sidecar runs").isEmpty();
        set.node(2).container(null, null).sidecar(null, "ImagePullBackOff");
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16")).as("mongod runs, though the pod is Pending")
                .contains("db-2 may have opened its data with 7.0.16, which 6.0.20 need not be able to read");
    }

    @Test
    void safety13_aMemberThatAnswersHasOpenedItsData() {
        set.node(1).revision = MongoSet.NEW;
        set.node(1).version = "7.0.16";
        set.node(2).broken().container(62, "CrashLoopBackOff").revision = MongoSet.NEW;
        assertThat(forbidden("mongo:6.0.20", "mongo:7.0.16"))
                .contains("db-1 may have opened its data with 7.0.16, which 6.0.20 need not be able to read");
    }

    @Test
    void safety13_whatForbadeTheWayBackOnceForbidsItStill() {
        set.node(2).broken().container(null, "ImagePullBackOff").revision = MongoSet.NEW;
        set.container().put("image", "mongo:7.0.99");
        assertThat(RollBack.forbidden(scene(), journal("mongo:6.0.20").opened("db-2 may have opened its data"), null))
                .contains("db-2 may have opened its data");
    }

    @Test
    void safety13_theReleaseThatTheStepWasToldCountsWhereNoMemberSaysIt() {
        set.node(2).broken().container(null, null).revision = MongoSet.NEW;
        set.node(2).phase = "Running";
        set.container().put("image", "mirror.example/mongo:next");
        assertThat(RollBack.forbidden(scene(), journal("mongo:7.0.14"), null)).as("running, and nobody knows what").isPresent();
        assertThat(RollBack.forbidden(scene(), journal("mongo:7.0.14"), Release.parse("7.0.99").orElseThrow())).isEmpty();
        assertThat(RollBack.forbidden(scene(), journal("mongo:6.0.20"), Release.parse("7.0.99").orElseThrow())).isPresent();
        assertThat(RollBack.forbidden(scene(), journal("mirror.example/mongo:stable"), Release.parse("7.0.99").orElseThrow()))
                .as("the members that are left say 7.0.14").isEmpty();
    }

    @Test
    void safety13_anImageOfUnknownReleaseIsNotTakenForTheSameSeries() {
        set.node(2).revision = MongoSet.NEW;
        set.node(2).version = "7.0.16";
        set.node(0).version = "6.0.20";
        assertThat(forbidden("mirror.example/mongo:stable", "mirror.example/mongo:next")).isPresent();
        assertThat(forbidden("mirror.example/mongo:stable", "mirror.example/mongo:stable")).as("only the template differs").isEmpty();
    }

    @Test
    void safety13_elseTheChoicesArePrinted() {
        set.node(2).revision = MongoSet.NEW;
        set.container().put("image", "mongo:7.0.16");
        assertThat(RollBack.choices(scene(), journal("mongo:6.0.20"))).isEqualTo(
                "The set serves with 2 member(s) at the old template and 1 at the new one; its strategy stays OnDelete.\n"
                        + "Either mend the cause and run the step again: it continues. Or go back: run it with mongo:6.0.20,"
                        + " after the new members' volumes were emptied if their data is of a newer release.");
    }

    private java.util.Optional<String> forbidden(String from, String to) {
        set.container().put("image", to);
        return RollBack.forbidden(scene(), journal(from), null);
    }

    private static Journal journal(String image) {
        Map<String, Object> template = Map.of("spec", Map.of("containers", List.of(Map.of("name", "db", "image", image))));
        return new Journal("build/1", Map.of("type", "OnDelete"), template, 1, Instant.EPOCH, null, null);
    }

    private Scene scene() {
        return new Scene(set.set(), set.hosts(), set.pods(), set.members());
    }
}
