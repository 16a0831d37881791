package org.kohsuke.stapler.interceptor;

/** Signature of {@code org.kohsuke.stapler.interceptor.Interceptor} in stapler. */
public abstract class Interceptor {}
