package io.jenkins.plugins.statefulmongo.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.tuple;

import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept of a step, and how it is shown. */
class SectionTest {
    private static final long START = Instant.parse("2026-01-01T10:00:00Z").toEpochMilli();

    private final Section section = new Section("1", "waitOrdinals", "waitOrdinals db", START);

    @Test
    void whatCannotBeShownKeepsNoStepFromItsWork() {
        Recording recording = Recording.begin(null, "id", "waitOrdinals", "waitOrdinals db", 0);
        assertThatCode(() -> recording.members(null)).doesNotThrowAnyException();
        assertThatCode(() -> recording.pods(null)).doesNotThrowAnyException();
    }

    @Test
    void anOrdinalsTimesAreToldFromItsCreation() {
        section.claims(List.of(claim(false)), START + 300);
        section.pods(List.of(pod("a", 1, 0, 0)), START + 1_400);
        section.claims(List.of(claim(true)), START + 2_600);
        section.pods(List.of(pod("a", 1, 3, 0)), START + 3_100);
        section.pods(List.of(pod("a", 1, 3, 7)), START + 7_900);
        PodView pod = view(START + 10_000).getPods().get(0);
        assertThat(pod.getName()).isEqualTo("db-0");
        assertThat(pod.getCreated()).isEqualTo("+1 s");
        assertThat(pod.getScheduled()).isEqualTo("+2 s");
        assertThat(pod.getBound()).isEqualTo("+1.6 s");
        assertThat(pod.getReady()).isEqualTo("+6 s");
        assertThat(pod.getGone()).isEqualTo("-");
        assertThat(pod.getNode()).isEqualTo("node-1");
        assertThat(pod.getRevision()).isEqualTo("r1");
    }

    @Test
    void whatDidNotHappenYetOrCannotBeKnownIsNotClaimed() {
        section.pods(List.of(pod("a", 1, 0, 0)), START + 1_400);
        PodView pod = view(START + 2_000).getPods().get(0);
        assertThat(List.of(pod.getScheduled(), pod.getBound(), pod.getReady(), pod.getNode())).containsExactly("not yet", "-", "not yet", "-");
        section.claims(List.of(claim(false)), START + 1_500);
        assertThat(view(START + 2_000).getPods().get(0).getBound()).isEqualTo("not yet");
    }

    @Test
    void aVolumeThatWasBoundAtTheFirstLookIsToldAsThat() {
        section.pods(List.of(pod("a", 1, 2, 0)), START + 3_000);
        section.claims(List.of(claim(true)), START + 3_000);
        assertThat(view(START + 4_000).getPods().get(0).getBound()).isEqualTo("by +2.0 s");
        Section later = new Section("2", "waitOrdinals", "waitOrdinals db", START + 60_000);
        later.claims(List.of(claim(true)), START + 61_000);
        later.pods(List.of(pod("b", 61, 62, 0)), START + 62_000);
        assertThat(new SectionView(later, true, START + 63_000).getPods().get(0).getBound()).isEqualTo("already");
        Section late = new Section("3", "waitOrdinals", "waitOrdinals db", START);
        late.pods(List.of(pod("c", 1, 2, 3)), START + 9_000);
        late.claims(List.of(claim(true)), START + 9_000);
        assertThat(new SectionView(late, true, START + 9_000).getPods().get(0).getBound()).as("it is Ready").isEqualTo("by +2 s");
    }

    @Test
    void aPodThatIsReplacedStaysBesideTheNewOneAndALateCacheDoesNotBringItBack() {
        section.pods(List.of(pod("a", 0, 1, 2)), START + 3_000);
        section.pods(List.of(), START + 9_000);
        section.pods(List.of(pod("b", 10, 11, 0)), START + 11_000);
        assertThat(section.pods(List.of(pod("a", 0, 1, 2), pod("b", 10, 11, 0)), START + 12_000)).isFalse();
        section.pods(List.of(pod("b", 10, 11, 14)), START + 15_000);
        assertThat(view(START + 20_000).getPods()).extracting(PodView::getCreated, PodView::getReady, PodView::getGone, PodView::isThere)
                .containsExactly(
                        tuple("+0 s", "+2 s", "+9.0 s", false),
                        tuple("+10 s", "+4 s", "-", true));
    }

    @Test
    void onlyWhatIsNewMakesTheBuildBeStored() {
        MongoSet set = new MongoSet(3);
        assertThat(section.pods(List.of(pod("a", 0, 1, 2)), START)).isTrue();
        assertThat(section.pods(List.of(pod("a", 0, 1, 2)), START + 1)).isFalse();
        assertThat(section.claims(List.of(claim(true)), START)).isTrue();
        assertThat(section.claims(List.of(claim(true)), START + 1)).isFalse();
        assertThat(section.members(table(set))).isTrue();
        set.node(2).behind(4);
        assertThat(section.members(table(set))).isFalse();
        assertThat(section.getMembers().get(2).getLag()).isEqualTo("4 s");
        set.node(2).state = "RECOVERING";
        assertThat(section.members(table(set))).isTrue();
        assertThat(section.getMembers()).extracting(MemberRow::getState, MemberRow::isHealthy).containsExactly(
                tuple("PRIMARY", true),
                tuple("SECONDARY", true),
                tuple("RECOVERING", false));
    }

    @Test
    void ofALineOnlyTheFirstIsKeptAsLogsAreTheConsoles() {
        section.happened(Mark.FAILURE, "db-1 cannot start\n    last lines: password=hunter2", START + 2_500);
        section.ended("failed", "db-1 cannot start\n  last lines: password=hunter2", START + 3_000);
        SectionView view = view(START + 9_000);
        assertThat(view.getEvents()).extracting(SectionView.Event::getOffset, e -> e.getRow().getMark(), e -> e.getRow().getText())
                .containsExactly(tuple("+2.5 s", "failure", "db-1 cannot start"));
        assertThat(section.getError()).isEqualTo("db-1 cannot start");
        assertThat(view.getState()).isEqualTo("failed");
        assertThat(view.getTook()).isEqualTo("3.0 s");
        assertThat(EventRow.firstLine("x".repeat(1_000))).hasSize(300).endsWith("…");
    }

    @Test
    void aSectionHasBounds() {
        for (int i = 0; i < 700; i++) {
            section.happened(Mark.NOTE, "line " + i, START + i);
        }
        assertThat(section.events()).hasSize(Section.MOST_EVENTS);
        assertThat(section.events().get(0).getText()).isEqualTo("line 0");
        assertThat(section.events().get(Section.MOST_EVENTS - 1).getText()).isEqualTo("line 699");
        assertThat(section.getEventsLeftOut()).isEqualTo(200);

        for (int round = 0; round < 5; round++) {
            int now = round;
            section.pods(IntStream.range(0, 50).mapToObj(i -> pod(i, now + "-" + i, now * 10, 0, 0)).toList(), START + now * 10_000L);
        }
        assertThat(section.pods()).hasSize(Section.MOST_PODS);
        assertThat(section.pods().stream().filter(p -> p.goneMillis() == 0)).hasSize(50);
        assertThat(section.isPodsLeftOut()).isTrue();

        List<ClaimState> claims = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            claims.add(new ClaimState("data-db-" + i, "u", "Bound", "pv", "std", "1Gi", "1Gi", Instant.EPOCH, false, null));
        }
        section.claims(claims, START);
        assertThat(section.getClaims()).hasSize(Section.MOST_CLAIMS);
        section.members(table(new MongoSet(60)));
        assertThat(section.getMembers()).hasSize(Section.MOST_MEMBERS);
    }

    @Test
    void theTimeLineShowsEachPodOfAnOrdinalAndWhatHappened() {
        section.claims(List.of(claim(false)), START + 1_000);
        section.pods(List.of(pod("a", 0, 0, 0)), START + 1_000);
        section.claims(List.of(claim(true)), START + 1_000);
        section.pods(List.of(pod("a", 0, 2, 4)), START + 4_000);
        section.pods(List.of(), START + 6_000);
        section.pods(List.of(pod("b", 6, 7, 0)), START + 7_000);
        section.happened(Mark.NOTE, "asked db-0", START + 500);
        section.happened(Mark.ELECTION, "db-0 PRIMARY (term 2)", START + 5_000);
        TimeLine line = view(START + 10_000).getTimeLine();
        assertThat(line.getLength()).isEqualTo("10 s");
        assertThat(line.getLanes()).hasSize(1);
        TimeLine.Lane lane = line.getLanes().get(0);
        assertThat(lane.getBars()).containsExactly(
                new TimeLine.Bar("pending", "0.00%", "20.00%", "not scheduled"),
                new TimeLine.Bar("starting", "20.00%", "20.00%", "scheduled, not Ready"),
                new TimeLine.Bar("ready", "40.00%", "20.00%", "Ready"),
                new TimeLine.Bar("pending", "60.00%", "10.00%", "not scheduled"),
                new TimeLine.Bar("starting", "70.00%", "30.00%", "scheduled, not Ready"));
        assertThat(lane.getTicks()).containsExactly("10.00%");
        assertThat(lane.getText()).isEqualTo("pod created +0 s, scheduled +2 s, volume bound +1.0 s, Ready +4 s, gone +6.0 s; "
                + "pod created +6 s, scheduled +1 s, volume bound already, Ready not yet");
        assertThat(line.getDots()).hasSize(1);
        assertThat(line.getDots().get(0).getKind()).isEqualTo("election");
        assertThat(line.getDots().get(0).getX()).isEqualTo("50.00%");
        assertThat(line.getDotsText()).isEqualTo("+5.0 s db-0 PRIMARY (term 2)");
    }

    @Test
    void aPodFromLongBeforeFillsItsLaneAndAStepWithoutPodsHasNoTimeLine() {
        assertThat(view(START + 1).getTimeLine()).isNull();
        section.pods(List.of(pod("a", -200_000, -199_990, -199_980)), START + 10);
        SectionView view = view(START + 1_000);
        assertThat(view.getPods().get(0).getCreated()).isEqualTo("days before");
        assertThat(view.getTimeLine().getLanes().get(0).getBars()).containsExactly(new TimeLine.Bar("ready", "0.00%", "100.00%", "Ready"));
    }

    @Test
    void aStepThatTheBuildsEndCutOffIsToldAsThat() {
        section.waitsFor("db-1 to be Ready");
        assertThat(view(START + 2_000).getWaitingFor()).isEqualTo("db-1 to be Ready");
        assertThat(view(START + 2_000).getTook()).isEqualTo("2.0 s");
        SectionView after = new SectionView(section, false, START + 99_000);
        assertThat(List.of(after.getState(), after.getStateClass(), after.getTook())).containsExactly("ended with the build", "aborted", "-");
        assertThat(after.getWaitingFor()).isNull();
    }

    @Test
    void theBeginIsToldInUniversalTime() {
        assertThat(view(START).getStarted()).isEqualTo("2026-01-01 10:00:00 UTC");
    }

    private SectionView view(long now) {
        return new SectionView(section, true, now);
    }

    private static MemberTable table(MongoSet set) {
        return MemberTable.of(set.hosts(), set.members()).orElseThrow();
    }

    private static PodState pod(String uid, int created, int scheduled, int ready) {
        return pod(0, uid, created, scheduled, ready);
    }

    /** @param created in seconds after the step's begin, as the others; those are 0 where it did not happen */
    private static PodState pod(int ordinal, String uid, int created, int scheduled, int ready) {
        return new PodState("db-" + ordinal, ordinal, uid, "1", "r1", "set", "Running", ready != 0, false, at(created),
                scheduled == 0 ? null : at(scheduled), at(ready), scheduled == 0 ? null : "node-1", List.of("data-db-0"), List.of(), null, null);
    }

    private static Instant at(int seconds) {
        return Instant.ofEpochMilli(START).plusSeconds(seconds);
    }

    private static ClaimState claim(boolean bound) {
        return new ClaimState("data-db-0", "c", bound ? "Bound" : "Pending", bound ? "pvc-1" : null, "standard", "2Gi", bound ? "2Gi" : null, at(1), false, null);
    }
}
