package hudson;

/** Signature of {@code hudson.ExtensionPoint} in jenkins-core. */
public interface ExtensionPoint {}
