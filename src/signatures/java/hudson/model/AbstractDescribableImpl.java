package hudson.model;

/** Signature of {@code hudson.model.AbstractDescribableImpl} in jenkins-core. */
@Deprecated(since = "2.505")
public abstract class AbstractDescribableImpl<T extends AbstractDescribableImpl<T>> implements Describable<T> {}
