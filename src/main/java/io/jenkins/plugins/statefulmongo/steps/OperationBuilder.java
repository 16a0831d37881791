package io.jenkins.plugins.statefulmongo.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/**
 * A step as a build step of a freestyle job: the same form, the same request, the same operation. It holds its executor while the
 * operation runs, and ends with Jenkins. No SimpleBuildStep and without a symbol: a Pipeline has the step itself.
 */
public abstract class OperationBuilder extends Builder {
    private final OperationStep step;

    protected OperationBuilder(OperationStep step) {
        this.step = step;
    }

    public OperationStep getStep() {
        return step;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        EnvVars variables = build.getEnvironment(listener);
        variables.putAll(build.getBuildVariables());
        perform(build, variables, listener, StatefulMongoConfiguration.get());
        return true;
    }

    /** Returns when the operation is done. */
    void perform(Run<?, ?> build, EnvVars variables, TaskListener listener, ConnectionSource source)
            throws InterruptedException, AbortException {
        Request request = step.request(build, variables::expand);
        OperationFactory factory = new OperationFactory(request, source, build, listener);
        CompletableFuture<Object> ended = new CompletableFuture<>();
        Engine.Task task = Engines.get().submit(factory, request.deadlineMillis(), false, new Engine.Listener() {
            @Override
            public void done(Outcome.Done done) {
                ended.complete(done.result());
            }

            @Override
            public void failed(Failure failure) {
                ended.completeExceptionally(failure);
            }
        });
        try {
            ended.get();
            factory.recording().done();
        } catch (ExecutionException e) {
            factory.recording().failed(e.getCause().getMessage());
            throw new AbortException(factory.title() + ": " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            String left = task.cancel();
            factory.recording().aborted(left);
            if (left != null) {
                listener.getLogger().println(factory.title() + " aborted.\n  " + left);
            }
            throw e;
        }
    }

    /** Has the name, the form and the checks of the step. */
    public abstract static class OperationBuilderDescriptor extends BuildStepDescriptor<Builder> {
        private final Class<? extends OperationStep> step;
        private final Supplier<String> displayName;

        /** @param displayName that of the step: Jenkins sorts by it while it still makes the descriptors, and the step's may be missing yet */
        protected OperationBuilderDescriptor(Class<? extends OperationStep> step, Supplier<String> displayName) {
            this.step = step;
            this.displayName = displayName;
        }

        /** For the form. */
        public OperationStepDescriptor getStepDescriptor() {
            return (OperationStepDescriptor) Jenkins.get().getDescriptorOrDie(step);
        }

        @Override
        public String getDisplayName() {
            return displayName.get();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
