package hudson.model;

import hudson.ExtensionPoint;

/** Signature of {@code hudson.model.TopLevelItem} in jenkins-core. */
public interface TopLevelItem extends Item, ExtensionPoint, Describable<TopLevelItem> {}
