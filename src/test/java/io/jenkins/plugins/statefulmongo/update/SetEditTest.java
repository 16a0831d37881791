package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.JsonText;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The writes of an update, and the journal in them. */
class SetEditTest {
    private static final JsonText JSON = new Text();
    private final MongoSet set = new MongoSet(3);

    @Test
    void safety02_oneConditionalWriteHoldsTemplateStrategyAndJournal() throws Exception {
        set.part("spec").put("updateStrategy", Map.of("type", "RollingUpdate"));
        set.part("metadata", "annotations").put("somebody", "else");
        SetState before = set.set();
        Journal journal = journal(before);
        Map<String, Object> written = SetEdit.rolling(before, SetEdit.withImage(before, "mongo:7.0.17"), journal.text(JSON));

        assertThat(Json.text(written, "metadata", "resourceVersion")).as("conditional").isEqualTo("7");
        assertThat(SetState.of(written, null).image()).isEqualTo("mongo:7.0.17");
        assertThat(SetState.of(written, null).onDelete()).isTrue();
        assertThat(Journal.of(SetState.of(written, null), JSON)).contains(journal);
        assertThat(Json.text(written, "metadata", "annotations", "somebody")).isEqualTo("else");
        assertThat(before.image()).as("what was looked at stays").isEqualTo("mongo:7.0.16");
    }

    @Test
    void safety02_theEndBringsTheOriginalStrategyBackAndTakesTheJournalAway() throws Exception {
        set.part("spec").put("updateStrategy", Map.of("type", "RollingUpdate"));
        Journal journal = journal(set.set());
        SetState rolling = SetState.of(
                SetEdit.rolling(set.set(), SetEdit.withImage(set.set(), "mongo:7.0.17"), journal.text(JSON)), null);
        SetState after = SetState.of(SetEdit.finished(rolling, journal), null);
        assertThat(after.strategy()).isEqualTo(Map.of("type", "RollingUpdate"));
        assertThat(after.image()).isEqualTo("mongo:7.0.17");
        assertThat(Journal.of(after, JSON)).isEmpty();
    }

    @Test
    void safety03_rollbackTargetIsTheJournal() throws Exception {
        set.part("status").put("currentRevision", "db-stale");
        SetState before = set.set();
        Journal journal = journal(before);
        SetState rolling = SetState.of(SetEdit.rolling(before, SetEdit.withImage(before, "mongo:missing"), journal.text(JSON)), null);
        Journal found = Journal.of(rolling, JSON).orElseThrow();
        Map<String, Object> back = SetEdit.rolling(rolling, found.template(), found.goingBack("it does not start").text(JSON));
        assertThat(SetState.of(back, null).template()).isEqualTo(before.template());
        assertThat(Journal.of(SetState.of(back, null), JSON).map(Journal::failure)).isEqualTo(Optional.of("it does not start"));
    }

    @Test
    void onlyTheDatabasesContainerGetsTheImage() throws Exception {
        set.part("spec", "template", "spec").put("containers", new ArrayList<>(List.of(
                new LinkedHashMap<>(Map.of("name", "exporter", "image", "exporter:1")), set.container())));
        Map<String, Object> template = SetEdit.withImage(set.set(), "mongo:7.0.17");
        assertThat(Json.list(template, "spec", "containers")).extracting(c -> c.get("image")).containsExactly("exporter:1", "mongo:7.0.17");
    }

    @Test
    void theJournalKnowsTheImageToGoBackTo() throws Exception {
        assertThat(journal(set.set()).image(set.set())).isEqualTo("mongo:7.0.16");
        assertThat(journal(set.set()).goingBack("why").back()).isTrue();
        assertThat(journal(set.set()).goingBack("why").goingForward("job/2").back()).isFalse();
    }

    private static Journal journal(SetState set) {
        return new Journal("job/1", set.strategy(), set.template(), 3, Instant.parse("2026-01-02T03:04:05.678Z"), null, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "[]", "{}", "null", "{\"strategy\": {\"type\": \"OnDelete\"}, \"template\": {}}", "{\"startedAt\": 7}", "\t"})
    void safety02_aDamagedJournalIsRefusedByName(String text) {
        set.part("metadata", "annotations").put(Journal.ANNOTATION, text);
        assertThatThrownBy(() -> Journal.of(set.set(), JSON))
                .hasMessageStartingWith("StatefulSet db has an unfinished update, but its journal (annotation stateful-mongo.jenkins.io/update) is damaged.\n")
                .hasMessageContaining("kubectl annotate statefulset db stateful-mongo.jenkins.io/update-");
    }

    /** JSON by the same rules as YAML, of which it is a part. */
    private static final class Text implements JsonText {
        @Override
        public Map<String, Object> read(String text) {
            try {
                return Yaml.one(text, "journal");
            } catch (io.jenkins.plugins.statefulmongo.engine.Failure e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String write(Map<String, Object> tree) {
            return new io.fabric8.kubernetes.client.utils.KubernetesSerialization().asJson(tree);
        }
    }
}
