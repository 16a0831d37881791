package io.jenkins.plugins.statefulmongo.report;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.List;

/**
 * Takes down what an operation sees and does, for the build's page. Told again and again, it keeps what is new. It never fails, and never
 * blocks for long.
 */
public interface Recorder {
    Recorder NONE = new Recorder() {};

    /** A line of the console. */
    default void happened(Mark mark, String line) {}

    /** All pods of a StatefulSet, as they are now; those that were there before and are not among them are gone. */
    default void pods(List<PodState> pods) {}

    /** Volume claims of such pods; those not among them stay as they were. */
    default void claims(List<ClaimState> claims) {}

    default void members(MemberTable table) {}

    /** What is waited for from now on. */
    default void waitsFor(String what) {}
}
