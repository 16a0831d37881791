package hudson.model;

/** Signature of {@code hudson.model.Action} in jenkins-core. */
public interface Action extends ModelObject {
    String getIconFileName();

    @Override
    String getDisplayName();

    String getUrlName();
}
