package org.kohsuke.stapler;

/** Signature of {@code org.kohsuke.stapler.StaplerProxy} in stapler. */
public interface StaplerProxy {
    Object getTarget();
}
