package org.kohsuke.accmod.restrictions;

import org.kohsuke.accmod.AccessRestriction;

/** Signature of {@code org.kohsuke.accmod.restrictions.DoNotUse} in access-modifier-annotation. */
public class DoNotUse extends AccessRestriction {}
