package io.jenkins.plugins.statefulmongo.testing.pipeline;

import hudson.Extension;
import io.jenkins.plugins.statefulmongo.steps.Engines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import net.java.sezpoz.Index;
import net.java.sezpoz.IndexItem;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Runs the real steps: those that {@code @Extension} offers to Jenkins. Each execution is stored as soon as it started; a restart of
 * Jenkins ends the engine, reads the execution back and resumes it.
 */
final class StepRunner {
    private enum Event {
        ENDED,
        RESTART
    }

    private final Map<Class<?>, Object> context;
    private final BuildLog log;
    private final Predicate<String> restart;
    private volatile StepExecution running;
    private final AtomicReference<Throwable> pending = new AtomicReference<>();

    /** @param restart after which lines of the console Jenkins restarts; the empty line stands for the step's start */
    StepRunner(Map<Class<?>, Object> context, BuildLog log, Predicate<String> restart) {
        this.context = context;
        this.log = log;
        this.restart = restart;
    }

    /** The steps of this plugin by function name. */
    static Map<String, StepDescriptor> steps() {
        Map<String, StepDescriptor> steps = new TreeMap<>();
        for (IndexItem<Extension, Object> item : Index.load(Extension.class, Object.class, StepRunner.class.getClassLoader())) {
            try {
                if (StepDescriptor.class.isAssignableFrom((Class<?>) item.element())) {
                    StepDescriptor descriptor = (StepDescriptor) item.instance();
                    steps.put(descriptor.getFunctionName(), descriptor);
                }
            } catch (InstantiationException e) {
                throw new IllegalStateException(e);
            }
        }
        return steps;
    }

    Object run(StepDescriptor descriptor, Object[] arguments) throws Throwable {
        Throwable cause = pending.getAndSet(null);
        if (cause != null) {
            throw cause;
        }
        TestStepContext step = new TestStepContext(context);
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        step.outcome().whenComplete((result, error) -> events.add(Event.ENDED));
        Thread pipeline = Thread.currentThread();
        Consumer<String> listener = line -> {
            if (!step.outcome().isDone() && restart.test(line)) {
                events.add(Event.RESTART);
                if (Thread.currentThread() != pipeline) {
                    awaitDeath();
                }
            }
        };
        log.listen(listener);
        try {
            StepExecution execution = ((Step) new StepArguments(descriptor).bind(arguments)).start(step);
            execution.start();
            byte[] stored = store(execution);
            running = execution;
            listener.accept("");
            while (events.take() == Event.RESTART && !step.outcome().isDone()) {
                Engines.shutdown();
                log.println("Resuming build after Jenkins restart");
                running = restore(stored);
                running.onResume();
            }
            return step.outcome().join();
        } catch (CompletionException e) {
            throw e.getCause();
        } finally {
            running = null;
            log.forget(listener);
            step.close();
        }
    }

    /** Stops the step that runs, or else the next one before it starts. */
    void stop(Throwable cause) {
        StepExecution execution = running;
        if (execution == null) {
            pending.set(cause);
            return;
        }
        try {
            execution.stop(cause);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the running step says that it does, or null when none runs. */
    String status() {
        StepExecution execution = running;
        return execution == null ? null : execution.getStatus();
    }

    /** The engine's thread gets no further than the line after which Jenkins dies: the engine's end interrupts it. */
    private static void awaitDeath() {
        try {
            new CountDownLatch(1).await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] store(StepExecution execution) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(execution);
        }
        return bytes.toByteArray();
    }

    private static StepExecution restore(byte[] stored) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(stored))) {
            return (StepExecution) in.readObject();
        }
    }
}
