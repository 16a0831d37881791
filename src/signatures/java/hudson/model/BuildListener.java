package hudson.model;

/** Signature of {@code hudson.model.BuildListener} in jenkins-core. */
public interface BuildListener extends TaskListener {}
