package io.jenkins.plugins.statefulmongo.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.size.ModelledSet.Node;
import io.jenkins.plugins.statefulmongo.size.ShrinkDecision.Action;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whole shrinkings of a modelled set to which things happen: members go silent and come back, lag, hear late of configurations, are elected
 * out of turn; the process is killed, an action refused. What must never be done is never done, and in the end all have left.
 */
class ShrinkDecisionPropertyTest {
    private static final int HISTORIES = 2_000;
    private static final Map<String, Integer> EXERCISED = new TreeMap<>();

    /** What happens before a look. */
    record Event(int what, int who) {}

    /** A shrinking from one size to another. */
    record History(int from, int to, int primary, boolean outsider, boolean deleteVolumes, List<Event> events) {}

    @Provide
    Arbitrary<History> histories() {
        Arbitrary<Event> events = Combinators.combine(Arbitraries.integers().between(0, 11), Arbitraries.integers().between(0, 7)).as(Event::new);
        return Arbitraries.integers().between(2, 7).flatMap(from -> Combinators.combine(
                        Arbitraries.integers().between(1, from - 1),
                        Arbitraries.integers().between(0, from - 1),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        events.list().ofMaxSize(60))
                .as((to, primary, outsider, delete, list) -> new History(from, to, primary, outsider, delete, list)));
    }

    @Property(tries = HISTORIES, edgeCases = EdgeCasesMode.NONE, afterFailure = AfterFailureMode.RANDOM_SEED)
    void safety17_nobodysPodGoesWhileAnythingStillNamesItAndNoAcknowledgedWriteIsLost(@ForAll("histories") History history) {
        new Run(history).go();
    }

    @AfterContainer
    static void jenkins24_reportHowManyHistoriesExercisedEachRule() {
        System.out.println("ShrinkDecision, " + HISTORIES + " histories:");
        EXERCISED.forEach((rule, count) -> System.out.printf("  %5d  %s%n", count, rule));
        assertThat(EXERCISED).hasSizeGreaterThanOrEqualTo(10).allSatisfy((rule, count) -> assertThat(count).as(rule).isGreaterThan(20));
    }

    private static final class Run {
        private final History history;
        private final ModelledSet set;
        private final Set<String> exercised = new HashSet<>();
        private final Set<Integer> givenUp = new HashSet<>();
        private String markedAt = "";
        private OpTime mark;
        private int unasked;
        private int stepDowns;

        Run(History history) {
            this.history = history;
            set = new ModelledSet(history.from, history.primary, history.outsider);
        }

        void go() {
            boolean over = false;
            for (int i = 0; i < history.events.size() && !over; i++) {
                over = act(happens(history.events.get(i)));
            }
            for (int i = 0; i < 200 && !over; i++) {
                heal();
                over = act(true);
            }
            assertThat(over).as("all have left in the end: %s", history).isTrue();
            assertThat(stepDowns).as("elections caused").isLessThanOrEqualTo(1 + unasked);
            exercised.forEach(rule -> EXERCISED.merge(rule, 1, Integer::sum));
        }

        /** @return whether the set takes an action now */
        private boolean happens(Event event) {
            Node node = set.nodes.get(event.who % history.from);
            switch (event.what) {
                case 0 -> node.up = false;
                case 1 -> node.up = true;
                case 2, 3 -> set.learn(node.ordinal);
                case 4, 5 -> set.copy(node.ordinal);
                case 6 -> set.write();
                case 7 -> {
                    mark = null;
                    markedAt = "";
                    givenUp.clear();
                    exercised.add("killed");
                }
                case 8 -> unasked += set.elect(event.who) ? 1 : 0;
                case 9 -> set.nodes.values().stream().filter(n -> !n.up).forEach(n -> givenUp.add(n.ordinal));
                case 10 -> set.nodes.values().stream().filter(n -> n.ordinal == ModelledSet.OUTSIDER).forEach(n -> n.up = !n.up);
                default -> {
                    return false;
                }
            }
            givenUp.removeIf(o -> set.nodes.get(o).up);
            return true;
        }

        private void heal() {
            set.nodes.values().forEach(n -> n.up = true);
            givenUp.clear();
            set.nodes.keySet().forEach(set::learn);
            set.nodes.keySet().forEach(set::copy);
        }

        /** @return whether the StatefulSet may have fewer pods */
        private boolean act(boolean taken) {
            Look look = set.look();
            Action next = new ShrinkDecision(look, history.to, history.deleteVolumes, givenUp, mark(look)).next();
            exercised.add(next.getClass().getSimpleName());
            if (next instanceof Action.Refuse) {
                assertThat(history.outsider && history.to == 1 && set.config().size() > history.from).as("refused before anybody left").isTrue();
                return true;
            }
            if (next instanceof Action.Lower) {
                lower();
                return true;
            }
            if (next instanceof Action.StepDown down) {
                assertThat(down.primary()).as("it steps down only to leave").isEqualTo(set.primary).isGreaterThanOrEqualTo(history.to);
                if (taken && set.elect(0)) {
                    stepDowns++;
                    assertThat(set.primary).as("its successor stays").isLessThan(history.to);
                }
            } else if (next instanceof Action.Remove remove) {
                remove(remove, taken);
            } else if (next instanceof Action.Mark claim) {
                Node node = set.nodes.get(claim.claim().ordinal());
                boolean stale = claim.mark().equals(ClaimState.STALE);
                exercised.add(stale ? "stale" : "removed");
                assertThat(stale || node.up && node.knowsItLeft()).as("marked as one that knows").isTrue();
                node.mark = claim.mark();
            } else if (next instanceof Action.Delete claim) {
                assertThat(history.deleteVolumes && claim.claim().ordinal() >= history.to).isTrue();
                set.nodes.get(claim.claim().ordinal()).deleted = true;
            }
            return false;
        }

        private void remove(Action.Remove remove, boolean taken) {
            Set<Integer> rest = new HashSet<>(set.config());
            assertThat(rest.remove(remove.ordinal())).isTrue();
            assertThat(remove.ordinal()).as("only those that are to leave").isGreaterThanOrEqualTo(history.to).isNotEqualTo(ModelledSet.OUTSIDER);
            assertThat(remove.ordinal()).as("never the primary").isNotEqualTo(set.primary);
            assertThat(remove.primary()).isEqualTo(set.primary);
            long up = rest.stream().filter(o -> set.nodes.get(o).up).count();
            assertThat(up).as("the others hold a majority").isGreaterThanOrEqualTo(ModelledSet.majority(rest));
            assertThat(set.holders(rest)).as("every majority of the others has whoever has all acknowledged writes")
                    .isGreaterThan(rest.size() - ModelledSet.majority(rest));
            if (taken) {
                set.remove(remove.ordinal());
            }
        }

        private void lower() {
            for (Node node : set.nodes.values()) {
                if (node.ordinal < history.to || node.ordinal == ModelledSet.OUTSIDER) {
                    assertThat(set.config()).as("whoever stays").contains(node.ordinal);
                } else {
                    assertThat(set.config()).doesNotContain(node.ordinal);
                    assertThat(node.knowsItLeft() || node.deleted || ClaimState.STALE.equals(node.mark))
                            .as("db-%d: nobody comes back with an old configuration unnoticed", node.ordinal).isTrue();
                }
            }
        }

        /** As the step takes it. */
        private OpTime mark(Look look) {
            String at = look.primary().map(p -> p.term() + " " + p.config().version()).orElse("");
            if (at.isEmpty() || !at.equals(markedAt)) {
                markedAt = at;
                mark = null;
                return look.primary().map(p -> {
                    mark = p.applied();
                    return (OpTime) null;
                }).orElse(null);
            }
            return mark;
        }
    }
}
