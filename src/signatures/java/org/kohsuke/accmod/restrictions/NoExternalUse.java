package org.kohsuke.accmod.restrictions;

/** Signature of {@code org.kohsuke.accmod.restrictions.NoExternalUse} in access-modifier-annotation. */
public class NoExternalUse extends DoNotUse {}
