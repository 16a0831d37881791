package jenkins.model;

import hudson.model.ModelObject;

/** Signature of {@code jenkins.model.FullyNamedModelObject} in jenkins-core. */
public interface FullyNamedModelObject extends ModelObject {
    String getFullDisplayName();
}
