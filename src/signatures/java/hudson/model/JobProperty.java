package hudson.model;

import hudson.ExtensionPoint;
import hudson.Launcher;
import hudson.tasks.BuildStep;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import jenkins.model.Jenkins;

/** Signature of {@code hudson.model.JobProperty} in jenkins-core. */
public abstract class JobProperty<J extends Job<?, ?>> implements Describable<JobProperty<?>>, BuildStep, ExtensionPoint {
    protected transient J owner;

    protected void setOwner(J owner) {
        this.owner = owner;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public JobPropertyDescriptor getDescriptor() {
        return (JobPropertyDescriptor) Jenkins.get().getDescriptorOrDie(getClass());
    }

    public Collection<? extends Action> getJobActions(J job) {
        return List.of();
    }

    @Override
    public boolean prebuild(AbstractBuild<?, ?> build, BuildListener listener) {
        return true;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        return true;
    }
}
