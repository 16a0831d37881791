package org.kohsuke.stapler.verb;

import org.kohsuke.stapler.interceptor.Interceptor;

/** Signature of {@code org.kohsuke.stapler.verb.HttpVerbInterceptor} in stapler. */
public class HttpVerbInterceptor extends Interceptor {}
