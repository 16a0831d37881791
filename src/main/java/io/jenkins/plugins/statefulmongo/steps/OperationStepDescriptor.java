package io.jenkins.plugins.statefulmongo.steps;

import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ListBoxModel;
import java.beans.Introspector;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * What the descriptors of all steps have in common. A step needs a build and its console, no agent. An argument that the step does
 * not know fails the build: Jenkins itself only warns, and {@code replica: 5} would deploy with the default.
 */
public abstract class OperationStepDescriptor extends StepDescriptor implements CustomDescribableModel {
    /** The key of a single argument without a name, as {@code DescribableModel.ANONYMOUS_KEY}. */
    private static final String ANONYMOUS = "<anonymous>";

    private final String function;
    private final String displayName;

    protected OperationStepDescriptor(String function, String displayName) {
        this.function = function;
        this.displayName = displayName;
    }

    @Override
    public final String getFunctionName() {
        return function;
    }

    @Override
    public final String getDisplayName() {
        return displayName;
    }

    @Override
    public final Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, TaskListener.class);
    }

    @Override
    public final Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        Set<String> known = parameterNames(clazz);
        for (String name : arguments.keySet()) {
            if (!known.contains(name) && !name.equals(ANONYMOUS)) {
                throw new IllegalArgumentException(
                        function + " has no parameter '" + name + "'. It has: " + String.join(", ", known) + ".");
            }
        }
        return arguments;
    }

    @Override
    public final String argumentsToString(Map<String, Object> arguments) {
        StringBuilder text = new StringBuilder();
        for (String name : new String[] {"namespace", "name", "service", "path", "image"}) {
            if (arguments.get(name) instanceof CharSequence value) {
                text.append(text.isEmpty() ? "" : " ").append(value);
            }
        }
        return text.isEmpty() ? null : text.toString();
    }

    /** The values of a parameter for the form; the blank one stands for the default, which is the first. */
    protected static ListBoxModel choices(String... values) {
        ListBoxModel choices = new ListBoxModel();
        choices.add(values[0] + " (default)", "");
        for (int i = 1; i < values.length; i++) {
            choices.add(values[i]);
        }
        return choices;
    }

    /** The names that a Jenkinsfile may give to a step of that type, in alphabetical order. */
    static Set<String> parameterNames(Class<?> step) {
        Set<String> names = new TreeSet<>();
        for (Constructor<?> constructor : step.getConstructors()) {
            if (constructor.isAnnotationPresent(DataBoundConstructor.class)) {
                for (Parameter parameter : constructor.getParameters()) {
                    names.add(parameter.getName());
                }
            }
        }
        for (Method method : step.getMethods()) {
            if (method.isAnnotationPresent(DataBoundSetter.class)) {
                names.add(Introspector.decapitalize(method.getName().substring(3)));
            }
        }
        return names;
    }
}
