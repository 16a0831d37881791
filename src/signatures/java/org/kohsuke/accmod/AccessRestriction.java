package org.kohsuke.accmod;

/** Signature of {@code org.kohsuke.accmod.AccessRestriction} in access-modifier-annotation. */
public abstract class AccessRestriction {}
