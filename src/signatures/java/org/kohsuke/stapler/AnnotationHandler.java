package org.kohsuke.stapler;

import java.lang.annotation.Annotation;

/** Signature of {@code org.kohsuke.stapler.AnnotationHandler} in stapler. */
public abstract class AnnotationHandler<T extends Annotation> {}
