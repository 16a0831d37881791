package io.jenkins.plugins.statefulmongo.testing.pipeline;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import com.lesfurets.jenkins.unit.PipelineTestHelper;
import groovy.lang.Binding;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.steps.Engines;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/**
 * The six steps of this plugin, and {@code statefulMongo}, in your own tests with JenkinsPipelineUnit:
 *
 * <pre>{@code
 * try (EmbeddedCluster cluster = EmbeddedCluster.start(); StatefulMongoSteps steps = new StatefulMongoSteps(cluster)) {
 *     setUp();
 *     steps.register(this); // a BasePipelineTest
 *     runScript("Jenkinsfile");
 * }
 * }</pre>
 *
 * <p>They are the real steps: they do on the embedded cluster what they do on yours, print the same console, return the same values, and fail
 * with the same {@code hudson.AbortException}. Arguments are bound as Jenkins binds them: an unknown parameter or one of a wrong type throws.
 * Every execution is stored as soon as it has started. Each call ends before the next begins, inside {@code parallel} too, which
 * JenkinsPipelineUnit runs one branch after the other. Not for two tests of one JVM at the same time.
 */
public final class StatefulMongoSteps implements AutoCloseable {
    private static final String ENGINE_THREADS = "stateful-mongo-";
    private static final long LONGEST_END_MILLIS = 10_000;

    private final BuildLog log;
    private final JobDefaults defaults;
    private final StepRunner runner;
    private volatile Predicate<String> restart = line -> false;

    /** Every step uses this cluster, whatever its {@code cluster} says. */
    public StatefulMongoSteps(EmbeddedCluster cluster) {
        this(connections(cluster), null, new BuildLog());
    }

    /** @param build the build as steps find it; null: they find none */
    StatefulMongoSteps(ConnectionSource connections, Run<?, ?> build, BuildLog log) {
        this.log = log;
        defaults = new JobDefaults(connections);
        Map<Class<?>, Object> context =
                new HashMap<>(Map.of(ConnectionSource.class, defaults, TaskListener.class, (TaskListener) log::stream));
        context.put(Run.class, build);
        runner = new StepRunner(context, log, line -> restart.test(line));
    }

    static ConnectionSource connections(EmbeddedCluster cluster) {
        JenkinsClasses.check(StatefulMongoSteps.class.getClassLoader());
        try {
            return connections(Kubeconfig.read(cluster.kubeconfig(), "embedded"));
        } catch (Failure e) {
            throw new IllegalStateException(e);
        }
    }

    static ConnectionSource connections(Connection connection) {
        return (cluster, run) -> cluster == null ? connection : connection.named(cluster);
    }

    /** As {@link #register(PipelineTestHelper, Binding)}, with the test's helper and binding. */
    public StatefulMongoSteps register(BasePipelineTest test) {
        return register(test.getHelper(), test.getBinding());
    }

    /**
     * Makes the steps known to all scripts of a helper: to a Jenkinsfile, and to {@code vars} and {@code src} of a shared library. They may call
     * {@code NAME …} and {@code steps.NAME(…)}: unless the binding has a variable {@code steps} already, it gets one, which knows every
     * method that is registered.
     */
    public StatefulMongoSteps register(PipelineTestHelper helper, Binding binding) {
        Script.define(helper, "statefulMongo", defaults::declare);
        StepRunner.steps().forEach((name, step) -> Script.define(helper, name, arguments -> call(step, arguments)));
        if (!binding.hasVariable("steps")) {
            binding.setVariable("steps", new StepsVariable(helper));
        }
        return this;
    }

    /** A user name with password that stands for one of Jenkins' credentials, for {@code rootCredentialsId} and {@code users}. */
    public StatefulMongoSteps credential(String id, String user, String password) {
        defaults.credential(id, user, password);
        return this;
    }

    private Object call(StepDescriptor step, Object[] arguments) throws Throwable {
        log.println("[Pipeline] " + step.getFunctionName());
        return runner.run(step, arguments);
    }

    /**
     * Lets Jenkins restart in the middle of a step.
     *
     * @param after tells for a line that a step printed whether Jenkins restarts now; asked with "" when a step has just started
     */
    public StatefulMongoSteps restart(Predicate<String> after) {
        restart = after;
        return this;
    }

    /** Where the console also goes from now on, line by line. */
    public StatefulMongoSteps console(PrintStream target) {
        log.listen(target::println);
        return this;
    }

    /** All that the steps printed so far. */
    public String console() {
        return log.toString();
    }

    StepRunner runner() {
        return runner;
    }

    /** Ends the steps' threads, and waits for that; what is called afterwards starts them again. The cluster stays. */
    @Override
    public void close() {
        Engines.shutdown();
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith(ENGINE_THREADS)) {
                    thread.join(LONGEST_END_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
