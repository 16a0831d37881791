package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out on a {@link SetModel} what was decided, and asserts of each action that it may be done to what really is. */
final class Consequences {
    private final History history;
    private final Decider decider;
    private final SetModel model;
    private final Set<String> exercised;

    Consequences(History history, Decider decider, SetModel model, Set<String> exercised) {
        this.history = history;
        this.decider = decider;
        this.model = model;
        this.exercised = exercised;
        note(history.shape().outsiders() > 0, "safety15 voters outside the StatefulSet");
    }

    /**
     * @param version of the StatefulSet that was looked at
     * @param fair nothing happened since the look: what is must be what was seen
     * @return true at the end
     */
    boolean act(RollAction action, Scene scene, int version, boolean fair) {
        if (action instanceof RollAction.Evict evict) {
            evict(evict, fair);
        } else if (action instanceof RollAction.DeleteStuck delete) {
            delete(delete, fair);
        } else if (action instanceof RollAction.StepDown down) {
            stepDown(model.node(down.primary()), fair);
        } else if (action instanceof RollAction.GiveUp up) {
            return giveUp(up, scene, version, fair);
        } else if (action instanceof RollAction.Stop) {
            assertThat(model.nodes).as("stops only for an ordinal that is no member: %s", model).anyMatch(n -> !n.member);
            note(true, "safety12 stops at once at an ordinal that is no member");
            return true;
        } else if (action instanceof RollAction.Finish) {
            return finish(version, fair);
        }
        return false;
    }

    private void evict(RollAction.Evict evict, boolean fair) {
        SetModel.Node node = model.node(evict.pod().ordinal());
        int code = model.evict(node.ordinal, ModelView.number(evict.pod()));
        note(code == 409, "safety08 the pod is another one (409)");
        note(code == 429, "safety08 the budget forbids it (429)");
        if (code != 200) {
            return;
        }
        boolean primary = model.primary().filter(p -> p == node).isPresent();
        assertThat(model.nodes).as("two down by our doing: %s", model).noneMatch(model::awayByUs);
        assertThat(node.wanted).as("a pod at the wanted template is left alone: %s", model).isFalse();
        if (fair) {
            assertThat(model.nodes).as("db-%s goes while another is not with the set: %s", node.ordinal, model)
                    .allMatch(n -> n == node || model.withTheSet(n));
            assertThat(model.nodes).as("db-%s goes while one need not stay up: %s", node.ordinal, model).allMatch(n -> n == node || n.unsteadyFor == 0);
            assertThat(model.nodes).as("db-%s goes while another lags: %s", node.ordinal, model)
                    .noneMatch(n -> n != node && !n.arbiter && n.lag > RollDecision.EVICTION_LAG_SECONDS && n.cutOffFor == 0);
            assertThat(model.nodes).as("db-%s goes while another has not caught up since it became SECONDARY: %s", node.ordinal, model)
                    .noneMatch(n -> n != node && hasData(n) && !history.terms().second() && model.clock - n.lag < n.settledAt - (n.delay > 0 ? 1 : 0));
            assertThat(model.nodes).as("db-%s goes while another has nothing of the present term: %s", node.ordinal, model)
                    .noneMatch(n -> n != node && hasData(n) && n.delay == 0 && model.primary().isPresent() && model.clock - n.lag < model.termStart);
            assertThat(history.shape().outsiders() > 0 && history.shape().outside() == History.Outside.LAGS)
                    .as("db-%s goes while a voter elsewhere lags", node.ordinal).isFalse();
            assertThat(history.terms().allowDowntime() || model.writesWithout(node))
                    .as("writes go on without db-%s: %s", node.ordinal, model).isTrue();
            assertThat(!primary || history.terms().allowDowntime() && model.onlyElectable(node))
                    .as("the primary goes although another can be: %s", model).isTrue();
            assertThat(model.nodes).as("secondaries descending, the primary last: %s, not db-%s", model, node.ordinal)
                    .noneMatch(n -> !n.wanted && n != node && (primary || node.ready() && n.ordinal > node.ordinal && isSecondary(n)));
        }
        note(!node.ready(), "safety09 a member that serves from a pod that is not Ready goes first");
        note(!model.writesWithout(node), "safety11 downtime was allowed");
        note(primary, "safety11 the only electable member goes as primary");
        note(!primary && model.back, "safety13 a replaced member goes back");
        note(model.nodes.size() >= 5, "safety08 an eviction from five or seven");
        model.takeAway(node);
        node.awayByUs = true;
    }

    private static boolean hasData(SetModel.Node n) {
        return !n.arbiter && n.cutOffFor == 0;
    }

    private boolean isSecondary(SetModel.Node n) {
        return model.primary().filter(p -> p == n).isEmpty();
    }

    private void delete(RollAction.DeleteStuck delete, boolean fair) {
        SetModel.Node node = model.node(delete.pod().ordinal());
        if (ModelView.number(delete.pod()) != node.pod) {
            return;
        }
        assertThat(node.wanted).as("a pod at the wanted template is not deleted: %s", model).isFalse();
        assertThat(node.hopeless() || !model.initiated()).as("only a pod that cannot start is deleted: %s", model).isTrue();
        boolean primary = model.primary().filter(p -> p == node).isPresent();
        if (fair && model.initiated()) {
            // Where only pods that cannot start could be primary, there is no majority to hold.
            boolean onlyWay = model.nodes.stream().noneMatch(SetModel.Node::runs) || model.nobodyCanLead();
            assertThat(history.terms().allowDowntime() || model.writesWithout(node) || onlyWay)
                    .as("the others hold a majority without db-%s: %s", node.ordinal, model).isTrue();
            assertThat(!primary || history.terms().allowDowntime() && model.onlyElectable(node))
                    .as("a primary is deleted: %s", model).isTrue();
        }
        note(!model.back, "safety09 a stuck pod goes first");
        note(model.back, "safety13 going back, the stuck pod goes first");
        note(!model.initiated(), "safety09 a set that nobody initiated");
        model.takeAway(node);
    }

    private void stepDown(SetModel.Node node, boolean fair) {
        if (fair) {
            assertThat(model.seemsToHaveSuccessor()).as("a step down has a successor: %s", model).isTrue();
            assertThat(model.nodes).as("db-%s steps down before it sees who is back: %s", node.ordinal, model)
                    .noneMatch(n -> n.member && model.withTheSet(n) && n.unheardFor > 0);
            assertThat(model.nodes).as("the primary steps down last: %s", model)
                    .allMatch(n -> n == node ? !n.wanted : n.wanted || node.sidecar);
        }
        int code = model.stepDown(node.ordinal);
        note(code == 0, "safety11 a step down");
        note(code == 0 && node.sidecar, "safety11 a primary whose pod is stuck steps down before it goes");
        note(code == 262, "safety11 nobody caught up in time (262)");
    }

    private boolean giveUp(RollAction.GiveUp up, Scene scene, int version, boolean fair) {
        SetModel.Node node = model.node(up.ordinal());
        assertThat(node.hopeless() && node.wanted || !fair).as("gives up on what cannot start: %s", model).isTrue();
        if (model.back) {
            return refuses("safety13 ends while going back");
        }
        if (!history.terms().rollback()) {
            return refuses("safety13 rollbackOnFailure: false leaves all as it is");
        }
        Optional<String> forbidden = decider.forbidden(scene, journal());
        if (forbidden.isPresent()) {
            assertThat(history.terms().across() && (!fair || model.nodes.stream().anyMatch(n -> n.opened || n.wanted && n.runs())))
                    .as("%s: %s", forbidden.get(), model).isTrue();
            return refuses("safety13 no way back across series");
        }
        if (fair) {
            assertThat(!history.terms().across() || model.nodes.stream().noneMatch(n -> n.seenOpened))
                    .as("goes back although a member opened its data with the new release: %s", model).isTrue();
        }
        note(history.terms().across(), "safety13 goes back across series, nobody had opened its data");
        note(model.turnRound(version), "safety13 turns round");
        return false;
    }

    private boolean finish(int version, boolean fair) {
        if (!model.finish(version)) {
            note(true, "safety02 the StatefulSet changed before the last write");
            return false;
        }
        assertThat(model.nodes).as("done means done: %s", model).allMatch(n -> n.wanted);
        if (fair && model.initiated()) {
            assertThat(model.nodes).as("done means done: %s", model)
                    .allMatch(n -> model.withTheSet(n) && !model.awayByUs(n) && n.unsteadyFor == 0);
        }
        note(!model.back, "ends in the wanted state");
        note(model.back, "ends in the state of before");
        return true;
    }

    private boolean refuses(String rule) {
        note(true, rule);
        note(true, "ends in a refusal");
        return true;
    }

    /** What shows that the way back is closed is written down at once. Answers true where that was done. */
    boolean writesOpened(Scene scene, int version) {
        if (!scene.set().observed() || model.back || model.openedAsWritten != null || !model.journal) {
            return false;
        }
        Optional<String> forbidden = decider.forbidden(scene, journal());
        forbidden.ifPresent(why -> note(model.writeOpened(why, version), "safety13 that the way back is closed is written down"));
        return forbidden.isPresent();
    }

    private Journal journal() {
        String image = history.terms().across() ? "mongo:6.0.20" : "mongo:7.0.14";
        Map<String, Object> template = Map.of("spec", Map.of("containers", List.of(Map.of("name", "db", "image", image))));
        return new Journal("first", Map.of("type", "RollingUpdate"), template, 1, Instant.EPOCH, null, model.openedAsWritten);
    }

    void noteWait(RollAction.Wait wait) {
        String reason = wait.reason();
        note(reason.endsWith("s behind") && reason.startsWith("db-"), "safety08 waits for a voter that lags");
        note(reason.endsWith("s behind") && reason.startsWith("far-"), "safety15 waits for a voter elsewhere that lags");
        note(reason.contains("to be healthy again"), "safety09 waits while one is down");
        note(reason.equals("a primary that a majority names"), "safety10 waits for a primary that a majority names");
        note(reason.contains("to follow"), "safety10 waits until all follow one primary");
        note(reason.contains("to catch up with"), "safety10 waits until the secondaries caught up");
        note(reason.contains(" to stay up "), "safety08 waits until who ended a moment ago stays up");
        note(reason.startsWith("an electable secondary"), "safety11 waits for a successor less than 1 s behind");
        note(reason.startsWith("another member that can become primary"), "safety11 waits where nobody else can be primary");
        note(reason.contains(" to see ") && reason.endsWith(" again"), "safety11 waits until the primary sees who is back");
        note(reason.startsWith("a write majority without"), "safety11 waits for a write majority");
        note(reason.startsWith("the StatefulSet controller"), "safety02 waits for the controller");
        note(reason.endsWith("to answer"), "safety09 waits for a mongod that may hold the set");
    }

    /** Nothing happened for long: whoever still waits does so for something that really is not there. */
    void refusalMustBeTrue(RollAction last) {
        assertThat(last).as("an end: %s", model).isInstanceOf(RollAction.Wait.class);
        String reason = ((RollAction.Wait) last).reason();
        note(true, "ends in a refusal");
        boolean isTrue;
        if (reason.startsWith("a write majority without")) {
            isTrue = !history.terms().allowDowntime()
                    && model.nodes.stream().noneMatch(n -> reason.endsWith("db-" + n.ordinal) && model.writesWithout(n));
        } else if (reason.contains("to be healthy again")) {
            boolean stranger = model.primary().isEmpty() && model.nodes.stream().anyMatch(n -> !n.member);
            isTrue = stranger || model.nodes.stream().anyMatch(n -> n.hopeless() && !n.wanted && !model.writesWithout(n) && !history.terms().allowDowntime());
        } else if (reason.startsWith("another member that can become primary")) {
            isTrue = !history.terms().allowDowntime() && model.primary().filter(model::onlyElectable).isPresent();
        } else if (reason.startsWith("far-")) {
            isTrue = history.shape().outside() == History.Outside.LAGS;
        } else {
            // Voters that are no ordinals cannot be asked whom they name.
            boolean tooFewToAsk = model.nodes.stream().filter(n -> n.member && n.answers()).count() < model.majority();
            isTrue = reason.equals("a primary that a majority names") && (model.primary().isEmpty() || tooFewToAsk);
        }
        assertThat(isTrue).as("%s: %s", reason, model).isTrue();
    }

    private void note(boolean holds, String rule) {
        if (holds) {
            exercised.add(rule);
        }
    }
}
