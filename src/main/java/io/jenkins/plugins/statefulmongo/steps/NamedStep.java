package io.jenkins.plugins.statefulmongo.steps;

import org.kohsuke.stapler.DataBoundSetter;

/** A step on one StatefulSet, Deployment or release, which parameter {@code name} names. */
public abstract class NamedStep extends OperationStep {

    protected NamedStep(String function) {
        super(function);
    }

    public String getName() {
        return text("name");
    }

    @DataBoundSetter
    public void setName(String name) {
        put("name", name);
    }
}
