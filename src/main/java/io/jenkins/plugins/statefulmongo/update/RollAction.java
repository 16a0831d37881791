package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.PodState;

/** What {@link RollDecision} wants to be done next. */
sealed interface RollAction {
    /**
     * @param member the wait ends with something that a mongod does, which no watch tells
     */
    record Wait(String reason, boolean member) implements RollAction {}

    record DeleteStuck(PodState pod, String why) implements RollAction {}

    record Evict(PodState pod, boolean primary) implements RollAction {}

    record StepDown(int primary) implements RollAction {}

    /** A pod of the present template cannot start. */
    record GiveUp(int ordinal, String why) implements RollAction {}

    /** Neither waiting nor another template helps. */
    record Stop(String what, String remedy) implements RollAction {}

    record Finish() implements RollAction {}
}
