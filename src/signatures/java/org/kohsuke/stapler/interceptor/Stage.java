package org.kohsuke.stapler.interceptor;

/** Signature of {@code org.kohsuke.stapler.interceptor.Stage} in stapler. */
public enum Stage {
    SELECTION,
    PREINVOKE
}
