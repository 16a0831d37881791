package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.update.History.Event;
import io.jenkins.plugins.statefulmongo.update.History.What;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One update of a {@link SetModel} from its first look to its end, ticked as {@link Roll} ticks, and what happens to the set meanwhile. */
final class ModelledUpdate {
    /** After the last event, looks that are three seconds apart. */
    private static final int QUIET_LOOKS = 150;
    /** So many that show the same are an end: longer than a member that stepped down may not stand again. */
    private static final int SAME_LOOKS = 45;
    /** A Lease renewed longer ago than this is renewed, and everything looked at again, before anything is changed. */
    private static final int RENEW = 10;
    /** Between look and call: nobody can know. */
    private static final Set<What> UNFORESEEN = EnumSet.of(
            What.RACE_TAKEN, What.RACE_PRIMARY, What.RACE_LAGS, What.CALL_ARRIVES_LATE, What.JENKINS_STALLS);

    /** One build that runs the step. */
    private final class Build {
        final String name;
        CatchUp catchUp = decider.catchUp();
        long held;

        Build(String name) {
            this.name = name;
        }

        boolean holds() {
            boolean holds = model.hold(name);
            held = model.clock;
            return holds;
        }

        RollAction decide(Scene scene, ModelView view) {
            Set<Integer> behind = catchUp.behind(scene.pods(), scene.members(), scene.primary(), scene.delays());
            return decider.decision(scene, view.stuck(), behind, history.terms().allowDowntime()).next();
        }
    }

    private final History history;
    private final Decider decider;
    private final Set<String> exercised;
    private final SetModel model;
    private final Consequences consequences;
    private final Build build;
    private final Build second;
    private final List<ModelView> views = new ArrayList<>();
    private RollAction last;

    ModelledUpdate(History history, Decider decider, Set<String> exercised) {
        this.history = history;
        this.decider = decider;
        this.exercised = exercised;
        model = new SetModel(history);
        consequences = new Consequences(history, decider, model, exercised);
        build = new Build("first");
        second = new Build("second");
    }

    void go() {
        String before = "";
        int same = 0;
        for (int step = 0; step < history.events().size() + QUIET_LOOKS; step++) {
            boolean quiet = step >= history.events().size();
            Event event = quiet ? new Event(What.NOTHING, 0, 0) : history.events().get(step);
            happens(event);
            if (tick(build, event) || history.terms().second() && tick(second, new Event(What.NOTHING, 0, 0))) {
                return;
            }
            String now = model + " " + last;
            same = quiet && now.equals(before) ? same + 1 : 0;
            before = now;
            if (same >= SAME_LOOKS) {
                break;
            }
            for (int i = 0; i < (quiet ? 3 : 1); i++) {
                model.tick();
            }
        }
        consequences.refusalMustBeTrue(last);
    }

    /** Answers true at the end. */
    private boolean tick(Build who, Event event) {
        if (!who.holds()) {
            return false;
        }
        note(who == second, "safety07 another build took the Lease over");
        note(model.twoClaim(), "safety10 two claim to be primary");
        ModelView now = ModelView.of(model, history.terms().across());
        boolean stale = event.what() == What.STALE_LOOK && !views.isEmpty();
        note(stale, "safety22 a stale look");
        ModelView cached = stale ? views.get(Math.max(0, views.size() - 1 - event.much() % 5)) : now;
        views.add(now);
        Scene seen = cached.beside(now);
        model.nodes.forEach(n -> n.seenSyncing |= n.syncingFor > 0 && n.answers() && n.member);
        if (!stale && !model.unseen()) {
            model.nodes.forEach(n -> n.seenOpened |= n.opened && n.wanted && (n.runs() || n.crashes));
        }
        if (consequences.writesOpened(seen, cached.version())) {
            return false;
        }
        last = who.decide(seen, cached);
        if (last instanceof RollAction.Wait wait) {
            consequences.noteWait(wait);
            return false;
        }
        between(event);
        ModelView fresh = ModelView.of(model, history.terms().across());
        Scene scene = fresh.beside(fresh);
        last = who.decide(scene, fresh);
        if (UNFORESEEN.contains(event.what())) {
            if (unforeseen(who, event)) {
                return true;
            }
            if (model.clock - who.held >= RENEW || !model.hold(who.name)) {
                note(true, "safety07 looks again after a stall");
                return false;
            }
        }
        note(event.what() == What.ANSWER_LOST && !(last instanceof RollAction.Wait), "safety22 the answer of a call gets lost");
        boolean fair = !UNFORESEEN.contains(event.what());
        return consequences.act(last, scene, fresh.version(), fair);
    }

    /** Before the look. */
    private void happens(Event event) {
        SetModel.Node node = model.node(event.who() % model.nodes.size());
        switch (event.what()) {
            case TAKEN_BY_OTHERS -> {
                note(true, "safety22 a pod is taken by others");
                model.takeAway(node);
            }
            case DRAINED -> {
                note(node.opened, "safety13 a member that opened its data is drained to a node that cannot pull");
                if (event.much() % 2 == 0) {
                    model.drain(node);
                }
            }
            case LAGS -> lag(node, event.much());
            case SILENT -> node.silentFor = event.much() % 5;
            case ALL_SILENT -> {
                note(true, "safety22 nobody answers");
                model.nodes.forEach(n -> n.silentFor = event.much() % 3);
            }
            case ALL_LOADING -> {
                note(model.initiated(), "safety22 all have data, and none knows its configuration yet");
                model.nodes.forEach(n -> n.silentFor = event.much() % 3);
                model.nodes.forEach(n -> n.loading = n.silentFor > 0 && model.initiated());
            }
            case NOT_READY -> {
                note(node.ready(), "safety08 a member whose pod is not Ready");
                node.unreadyFor = event.much() % 6;
            }
            case ENDS_AND_RUNS_AGAIN -> {
                note(node.ready(), "safety08 a member that ended a moment ago");
                node.unsteadyFor = node.runs() ? event.much() % 11 : 0;
            }
            case RECOVERS -> {
                if (!node.arbiter && !node.claims) {
                    note(node.runs(), "safety09 a member in STARTUP2");
                    node.syncingFor = event.much() % 6;
                }
            }
            case SIDECAR_FAILS -> node.sidecar = event.much() % 4 == 0 && node.runs();
            case CUT_OFF -> {
                note(node.answers(), "safety22 a member is cut off");
                model.cutOff(node, event.much());
            }
            case PRIMARY_CUT_OFF -> model.primary().ifPresent(p -> model.cutOff(p, event.much()));
            case PRIMARY_MOVES -> {
                note(model.hasSuccessor(), "safety22 the primary moves by itself");
                model.elect(event.who());
            }
            case JENKINS_RESTARTS -> {
                note(true, "jenkins04 a restart of Jenkins forgets the marks");
                build.catchUp = decider.catchUp();
            }
            default -> { }
        }
    }

    private void between(Event event) {
        if (event.what() == What.PRIMARY_MOVES_BETWEEN_LOOKS) {
            note(model.hasSuccessor(), "safety22 the term grows between two looks");
            model.elect(event.who());
        }
    }

    /** Between the decision and its call. Answers true where the other build came to an end meanwhile. */
    private boolean unforeseen(Build who, Event event) {
        SetModel.Node node = model.node(event.who() % model.nodes.size());
        switch (event.what()) {
            case RACE_TAKEN -> model.takeAway(node);
            case RACE_PRIMARY -> model.elect(event.who());
            case RACE_LAGS -> model.nodes.forEach(n -> lag(n, event.much()));
            case CALL_ARRIVES_LATE -> {
                note(true, "safety22 a call arrives late");
                for (int i = 0; i < event.much() % RENEW; i++) {
                    model.tick();
                }
            }
            default -> {
                for (int i = 0; i < 2 * event.much(); i++) {
                    model.tick();
                    if (history.terms().second() && who != second && tick(second, new Event(What.NOTHING, 0, 0))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void lag(SetModel.Node node, int seconds) {
        if (node.answers() && !node.arbiter && model.primary().filter(p -> p == node).isEmpty()) {
            node.lag = seconds;
        }
    }

    private void note(boolean holds, String rule) {
        if (holds) {
            exercised.add(rule);
        }
    }
}
