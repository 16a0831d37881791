package org.jenkinsci.plugins.workflow.steps;

/** Signature of {@code org.jenkinsci.plugins.workflow.steps.BodyInvoker} in workflow-step-api. */
public abstract class BodyInvoker {}
