package jenkins;

/** Signature of {@code jenkins.YesNoMaybe} in jenkins-core. */
public enum YesNoMaybe {
    YES,
    NO,
    MAYBE
}
