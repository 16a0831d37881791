package hudson.model;

/** Signature of {@code hudson.model.ModelObject} in jenkins-core. */
public interface ModelObject {
    String getDisplayName();
}
