package hudson.model;

/** Signature of {@code hudson.model.TopLevelItem} in jenkins-core. */
public interface TopLevelItem extends Item {}
