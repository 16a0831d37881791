package jenkins.model;

import hudson.ExtensionPoint;
import hudson.model.ModelObject;

/** Signature of {@code jenkins.model.GlobalConfigurationCategory} in jenkins-core. */
public abstract class GlobalConfigurationCategory implements ExtensionPoint, ModelObject {
    public abstract String getShortDescription();
}
