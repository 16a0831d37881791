package io.jenkins.plugins.statefulmongo.report;

/** What kind of thing a line of the console tells. */
public enum Mark {
    /** Any line. */
    NOTE,
    /** Another primary, or the first one. */
    ELECTION,
    /** A member came, came back, or went. */
    MEMBER,
    /** The way back was taken, or is at its end. */
    ROLLBACK,
    /** Why a step cannot go on. */
    FAILURE
}
