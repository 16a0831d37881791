package jenkins.model;

/** Signature of {@code jenkins.model.FullyNamed} in jenkins-core. */
public interface FullyNamed {
    String getFullName();
}
