package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Action;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whole updates of small sets to which things happen: what must never be done is never done, and every update ends in the wanted state, in
 * the old one, or in a wait whose reason is true.
 */
class RollDecisionPropertyTest {
    private static final int HISTORIES = 4_000;
    private static final Map<String, Integer> EXERCISED = new TreeMap<>();

    enum What { NOTHING, TAKEN_BY_OTHERS, LAGS, SILENT, PRIMARY_MOVES, STALE_LOOK, PRIMARY_MOVES_BETWEEN_LOOKS, RACE_TAKEN, RACE_PRIMARY, RACE_LAGS }

    record Event(What what, int who, int much) {}

    record History(int size, int electable, int outsiders, boolean outsidersUp, int brokenAt, int stuckAt, boolean allowDowntime, List<Event> events) {}

    @Provide
    Arbitrary<History> histories() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.of(What.class), Arbitraries.integers().between(0, 4), Arbitraries.integers().between(1, 40))
                .as(Event::new);
        return Arbitraries.integers().between(1, 5).flatMap(size -> Combinators.combine(
                        Arbitraries.integers().between(1, size),
                        Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(-size, size - 1).map(i -> Math.max(-1, i)),
                        Arbitraries.integers().between(-2 * size, size - 1).map(i -> Math.max(-1, i)),
                        Arbitraries.of(false, false, true),
                        event.list().ofMaxSize(30))
                .as((electable, outsiders, up, broken, stuck, downtime, events) ->
                        new History(size, electable, outsiders, up, broken, stuck, downtime, events)));
    }

    @Property(tries = HISTORIES, edgeCases = EdgeCasesMode.NONE, afterFailure = AfterFailureMode.RANDOM_SEED)
    void safety22_neverTwoDownNeverWithoutAMajorityNeverThePrimaryAndAlwaysAnEnd(@ForAll("histories") History history) {
        Set<String> exercised = new HashSet<>();
        new Run(history, exercised).go();
        exercised.forEach(rule -> EXERCISED.merge(rule, 1, Integer::sum));
    }

    @AfterContainer
    static void jenkins24_reportHowManyHistoriesExercisedEachRule() {
        System.out.println("RollDecision, " + HISTORIES + " histories:");
        EXERCISED.forEach((rule, count) -> System.out.printf("  %5d  %s%n", count, rule));
        assertThat(EXERCISED).hasSizeGreaterThanOrEqualTo(20).allSatisfy((rule, count) -> assertThat(count).as(rule).isGreaterThan(4));
    }

    /** One update from its first look to its end. */
    private static final class Run {
        private final History history;
        private final Set<String> exercised;
        private final SetModel model;
        private final CatchUp catchUp = new CatchUp();
        private boolean back;
        private MongoSet before;

        Run(History history, Set<String> exercised) {
            this.history = history;
            this.exercised = exercised;
            model = new SetModel(
                    history.size, history.electable, history.outsiders, history.outsidersUp, history.brokenAt, history.stuckAt);
            before = model.look();
            note(history.outsiders > 0, "safety15 voters outside the StatefulSet");
        }

        void go() {
            Action last = null;
            for (int step = 0; step < history.events.size() + 150; step++) {
                Event event = step < history.events.size() ? history.events.get(step) : new Event(What.NOTHING, 0, 0);
                happens(event);
                MongoSet now = model.look();
                last = decide(event.what == What.STALE_LOOK ? before : now);
                before = now;
                note(event.what == What.STALE_LOOK, "safety22 a stale look");
                if (!(last instanceof Action.Wait)) {
                    between(event);
                    last = decide(model.look());
                    race(event);
                    if (act(last, event)) {
                        return;
                    }
                }
                noteWait(last);
                model.tick();
            }
            refusalMustBeTrue(last);
        }

        private Action decide(MongoSet seen) {
            Scene scene = new Scene(seen.set(), seen.hosts(), seen.pods(), seen.members());
            note(model.twoClaim(), "safety10 two claim to be primary");
            Set<Integer> behind = scene.primary()
                    .map(p -> catchUp.behind(scene.pods(), scene.members(), p, scene.delays()))
                    .orElse(Set.of());
            Map<Integer, Stuck> stuck = new TreeMap<>();
            for (PodState pod : scene.pods()) {
                SetModel.Node node = model.node(pod.ordinal());
                if (!pod.ready() && number(pod) == node.pod) {
                    stuck.put(pod.ordinal(), new Stuck(node.stuck, node.stuck ? "it cannot start" : "it starts"));
                }
            }
            return new RollDecision(scene, stuck, behind, history.allowDowntime).next();
        }

        /** Answers true at the end. */
        private boolean act(Action action, Event event) {
            if (action instanceof Action.Evict evict) {
                evict(evict, event);
            } else if (action instanceof Action.DeleteStuck delete) {
                SetModel.Node node = model.node(delete.pod().ordinal());
                if (number(delete.pod()) == node.pod) {
                    assertThat(node.stuck).as("only a pod that cannot start is deleted: %s", model).isTrue();
                    note(!back, "safety09 a stuck pod goes first");
                    note(back, "safety13 going back, the stuck pod goes first");
                    model.takeAway(node);
                }
            } else if (action instanceof Action.StepDown down) {
                boolean fair = event.what != What.RACE_LAGS && event.what != What.RACE_TAKEN && event.what != What.RACE_PRIMARY;
                assertThat(!fair || model.hasSuccessor()).as("a step down has a successor: %s", model).isTrue();
                int code = model.stepDown(down.primary());
                note(code == 0, "safety11 a step down");
                note(code == 262, "safety11 nobody caught up in time (262)");
            } else if (action instanceof Action.GiveUp up) {
                SetModel.Node node = model.node(up.ordinal());
                assertThat(node.stuck && node.wanted || event.what == What.RACE_TAKEN).as("gives up on what cannot start").isTrue();
                if (back) {
                    assertThat(node.pod == 0 && node.ordinal == history.stuckAt || event.what == What.RACE_TAKEN)
                            .as("what ran before starts, unless it did not before").isTrue();
                    note(true, "ends in a refusal");
                    return true;
                }
                note(true, "safety13 turns round");
                back = true;
                model.turnRound();
            } else if (action instanceof Action.Finish) {
                boolean fair = event.what == What.NOTHING || event.what == What.STALE_LOOK;
                assertThat(model.nodes).as("done means done").allMatch(n -> n.wanted && (n.up() || !fair));
                note(!back, "ends in the wanted state");
                note(back, "ends in the state of before");
                return true;
            }
            return false;
        }

        private void evict(Action.Evict evict, Event event) {
            SetModel.Node node = model.node(evict.pod().ordinal());
            int code = model.evict(node.ordinal, number(evict.pod()));
            note(code == 409, "safety08 the pod is another one (409)");
            note(code == 429, "safety08 the budget forbids it (429)");
            if (code != 200) {
                return;
            }
            assertThat(model.nodes).as("two down by our doing: %s", model).noneMatch(model::awayByUs);
            assertThat(node.wanted).as("a pod at the wanted template is left alone: %s", model).isFalse();
            if (!history.allowDowntime) {
                assertThat(model.writesWithout(node)).as("writes go on without db-%s: %s", node.ordinal, model).isTrue();
            }
            note(!model.writesWithout(node), "safety11 downtime was allowed");
            boolean primary = model.primary().filter(p -> p == node).isPresent();
            if (primary && event.what != What.RACE_PRIMARY) {
                assertThat(model.electables()).as("the primary goes although another could be: %s", model).isEqualTo(1);
                note(true, "safety11 the only electable member goes as primary");
            }
            model.takeAway(node);
            node.awayByUs = true;
        }

        private void happens(Event event) {
            SetModel.Node node = model.node(event.who % history.size);
            switch (event.what) {
                case TAKEN_BY_OTHERS -> {
                    note(true, "safety22 a pod is taken by others");
                    model.takeAway(node);
                }
                case LAGS -> lag(node, event.much);
                case SILENT -> node.silentFor = event.much % 5;
                case PRIMARY_MOVES -> {
                    note(model.hasSuccessor(), "safety22 the primary moves by itself");
                    model.elect(event.who);
                }
                default -> { }
            }
        }

        private void between(Event event) {
            if (event.what == What.PRIMARY_MOVES_BETWEEN_LOOKS) {
                note(true, "safety22 the term grows between two looks");
                model.elect(event.who);
            }
        }

        private void race(Event event) {
            SetModel.Node node = model.node(event.who % history.size);
            switch (event.what) {
                case RACE_TAKEN -> model.takeAway(node);
                case RACE_PRIMARY -> model.elect(event.who);
                case RACE_LAGS -> model.nodes.forEach(n -> lag(n, event.much));
                default -> { }
            }
        }

        private void lag(SetModel.Node node, int seconds) {
            if (node.up() && model.primary().filter(p -> p == node).isEmpty()) {
                node.lag = seconds;
            }
        }

        private void noteWait(Action action) {
            if (action instanceof Action.Wait wait) {
                String reason = wait.reason();
                note(reason.endsWith("s behind") && reason.startsWith("db-"), "safety08 waits for a voter that lags");
                note(reason.contains("to be healthy again"), "safety09 waits while one is down");
                note(reason.equals("a primary that a majority names"), "safety10 waits for a primary that a majority names");
                note(reason.contains("to catch up with"), "safety10 waits until the secondaries caught up");
                note(reason.startsWith("an electable secondary"), "safety11 waits for a successor less than 1 s behind");
                note(reason.startsWith("a write majority without"), "safety11 waits for a write majority");
                note(reason.startsWith("the StatefulSet controller"), "safety02 waits for the controller");
            }
        }

        /** Nothing happened for long: whoever still waits does so for something that really is not there. */
        private void refusalMustBeTrue(Action last) {
            assertThat(last).as("an end: %s", model).isInstanceOf(Action.Wait.class);
            String reason = ((Action.Wait) last).reason();
            note(true, "ends in a refusal");
            if (reason.startsWith("a write majority without")) {
                assertThat(history.allowDowntime).isFalse();
                assertThat(model.nodes).as(reason).noneMatch(n -> !n.wanted && model.writesWithout(n));
            } else if (reason.contains("to be healthy again")) {
                assertThat(model.nodes).as("%s: %s", reason, model).anyMatch(n -> n.stuck && !model.writesWithout(n));
            } else {
                assertThat(reason).as("%s", model).isEqualTo("a primary that a majority names");
                // Voters that are no ordinals cannot be asked whom they name.
                boolean tooFewToAsk = history.size < (history.size + history.outsiders) / 2 + 1;
                assertThat(model.primary().isEmpty() || tooFewToAsk).as("%s", model).isTrue();
            }
        }

        private static int number(PodState pod) {
            return Integer.parseInt(pod.uid().substring(pod.uid().lastIndexOf('-') + 1));
        }

        private void note(boolean holds, String rule) {
            if (holds) {
                exercised.add(rule);
            }
        }
    }
}
