package hudson.model;

import jenkins.model.Jenkins;

/** Signature of {@code hudson.model.Describable} in jenkins-core. */
public interface Describable<T extends Describable<T>> {
    @SuppressWarnings("unchecked")
    default Descriptor<T> getDescriptor() {
        return Jenkins.get().getDescriptorOrDie(getClass());
    }
}
