package io.jenkins.plugins.statefulmongo.steps;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.page.Recording;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * The execution of every step of this plugin.
 *
 * <ol>
 *   <li>{@link #start} and {@link #onResume} give the engine a task and return: no thread of Jenkins waits.
 *   <li>On the engine's thread the task resolves the connection with its credential, and makes the operation.
 *   <li>The operation looks at the cluster until the wanted state stands or cannot be reached, or the deadline is over.
 *   <li>The step completes exactly once: with the result, with what went wrong, or with the cause of an abort.
 * </ol>
 *
 * Only the {@link Request} outlives a restart of Jenkins. A resumed step looks at the cluster again and goes on from there.
 */
final class OperationExecution extends StepExecution {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = Logger.getLogger(OperationExecution.class.getName());

    private final Request request;
    private transient Engine.Task task;
    private transient boolean completed;
    private transient volatile OperationFactory factory;

    OperationExecution(StepContext context, Request request) {
        super(context);
        this.request = request;
    }

    @Override
    public boolean start() {
        arm(false);
        return false;
    }

    @Override
    public void onResume() {
        arm(true);
    }

    @Override
    public void stop(Throwable cause) {
        Engine.Task running;
        synchronized (this) {
            if (completed) {
                return;
            }
            completed = true;
            running = task;
        }
        String left = running == null ? null : running.cancel();
        record(recording -> recording.aborted(left));
        if (left != null) {
            print(title() + " aborted.\n  " + left);
        }
        getContext().onFailure(cause);
    }

    @Override
    public synchronized String getStatus() {
        if (completed) {
            return "done";
        }
        String waitingFor = task == null ? null : task.waitingFor();
        return waitingFor == null ? "starting" : "waiting for " + waitingFor;
    }

    private synchronized void arm(boolean resumed) {
        if (completed) {
            return;
        }
        Engine engine = Engines.get();
        task = engine.submit(this::operation, request.deadlineMillis(), resumed, new Engine.Listener() {
            @Override
            public void done(Outcome.Done done) {
                if (completes(engine)) {
                    record(Recording::done);
                    getContext().onSuccess(PlainData.of(done.result()));
                }
            }

            @Override
            public void failed(Failure failure) {
                if (completes(engine)) {
                    record(recording -> recording.failed(failure.getMessage()));
                    getContext().onFailure(new AbortException(title() + ": " + failure.getMessage()));
                }
            }
        });
    }

    /** True for the first who asks, while its engine runs. */
    private synchronized boolean completes(Engine engine) {
        boolean first = !completed && Engines.runs(engine);
        completed |= first;
        return first;
    }

    private Operation operation(Engine.Task task) throws Failure, Unavailable, InterruptedException {
        return factory().create(task);
    }

    /** Made without the lock, as the context may have to be loaded first; of two, one is kept. */
    private OperationFactory factory() throws Failure, InterruptedException {
        if (factory == null) {
            OperationFactory made = new OperationFactory(request, source(), context(Run.class), context(TaskListener.class));
            synchronized (this) {
                factory = factory == null ? made : factory;
            }
        }
        return factory;
    }

    /** Also where the step ends before its first tick, as it may right after a restart. */
    private void record(Consumer<Recording> end) {
        try {
            end.accept(factory().recording());
        } catch (Failure | RuntimeException e) {
            LOG.log(Level.WARNING, "The build's page does not show the end of " + title(), e); // which must not keep it from ending
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ConnectionSource source() throws Failure, InterruptedException {
        ConnectionSource enclosing = context(ConnectionSource.class);
        return enclosing == null ? StatefulMongoConfiguration.get() : enclosing;
    }

    private <T> T context(Class<T> type) throws Failure, InterruptedException {
        try {
            return getContext().get(type);
        } catch (IOException e) {
            throw new Failure("the build's context could not be loaded: " + e.getMessage());
        }
    }

    private String title() {
        OperationFactory known = factory;
        return known == null ? request.title(null) : known.title();
    }

    private void print(String text) {
        try {
            TaskListener listener = getContext().get(TaskListener.class);
            if (listener != null) {
                listener.getLogger().println(text);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, text, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
