package io.jenkins.plugins.statefulmongo.engine;

/**
 * One reconciliation: the way every step works. A tick looks at the cluster, acts at most once, and answers what comes next.
 * It keeps nothing that it could see again, so restart, retry and running twice are the same path.
 *
 * <p>Ticks of one operation never overlap. A tick may block for as long as its bounded remote calls take, not longer.
 */
public interface Operation extends AutoCloseable {

    /**
     * @throws Failure when the wanted state cannot be reached: ends the step
     * @throws Unavailable when a remote call did not get through: the engine tries again
     * @throws InterruptedException when the step was aborted
     */
    Outcome tick() throws Failure, Unavailable, InterruptedException;

    /** What an abort or a time-out leaves behind and what to do about it, or null when nothing was begun. */
    default String leftBehind() {
        return null;
    }

    /** Releases clients, port-forwards and watches. Called once, after the last tick. */
    @Override
    default void close() {}
}
