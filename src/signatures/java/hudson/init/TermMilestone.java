package hudson.init;

/** Signature of {@code hudson.init.TermMilestone} in jenkins-core. */
public enum TermMilestone {
    STARTED,
    COMPLETED
}
