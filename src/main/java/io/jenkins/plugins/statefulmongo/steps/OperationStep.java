package io.jenkins.plugins.statefulmongo.steps;

import hudson.AbortException;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * What all steps have in common: they keep their parameters by name, and hand them to the one execution. A parameter that was left
 * out, or blank, has its default.
 */
public abstract class OperationStep extends Step {
    private final String function;
    private final Map<String, Object> parameters = new LinkedHashMap<>();

    /** @param function the step's name in a Jenkinsfile */
    protected OperationStep(String function) {
        this.function = function;
    }

    /** Keeps a parameter unless it is blank or its own default. */
    protected final void put(String name, Object value, Object standard) {
        boolean unset = value == null
                || value.equals(standard)
                || value instanceof String text && Util.fixEmptyAndTrim(text) == null;
        if (unset) {
            parameters.remove(name);
        } else {
            parameters.put(name, value);
        }
    }

    protected final void put(String name, Object value) {
        put(name, value, null);
    }

    protected final String text(String name) {
        return Objects.toString(parameters.get(name), null);
    }

    protected final Integer number(String name) {
        return (Integer) parameters.get(name);
    }

    protected final boolean flag(String name, boolean standard) {
        return (Boolean) parameters.getOrDefault(name, standard);
    }

    @Override
    public final StepExecution start(StepContext context) throws Exception {
        return new OperationExecution(context, request(context.get(Run.class), text -> text));
    }

    /**
     * What is to be done, from now on.
     *
     * @param expand replaces variables in a text
     */
    final Request request(Run<?, ?> run, UnaryOperator<String> expand) throws AbortException {
        Map<String, Object> given = new LinkedHashMap<>(parameters);
        given.replaceAll((name, value) -> value instanceof String text ? expand.apply(text) : value);
        try {
            return new Request(function, given, holder(run), System.currentTimeMillis());
        } catch (Failure e) {
            throw new AbortException(Request.title(function, new Parameters(given), null) + ": " + e.getMessage());
        }
    }

    /** Names this Jenkins, the build and this call of a step. A pipeline's unit test has neither Jenkins nor a build. */
    private static String holder(Run<?, ?> run) {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        return String.join(
                " ",
                jenkins == null ? "no-jenkins" : jenkins.getLegacyInstanceId(),
                run == null ? "no-build" : run.getExternalizableId(),
                UUID.randomUUID().toString());
    }

    public String getCluster() {
        return text("cluster");
    }

    @DataBoundSetter
    public void setCluster(String cluster) {
        put("cluster", cluster);
    }

    public String getNamespace() {
        return text("namespace");
    }

    @DataBoundSetter
    public void setNamespace(String namespace) {
        put("namespace", namespace);
    }

    public Integer getTimeoutSeconds() {
        return number("timeoutSeconds");
    }

    @DataBoundSetter
    public void setTimeoutSeconds(Integer timeoutSeconds) {
        put("timeoutSeconds", timeoutSeconds);
    }
}
