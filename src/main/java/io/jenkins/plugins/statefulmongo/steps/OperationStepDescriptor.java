package io.jenkins.plugins.statefulmongo.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.config.Forms;
import io.jenkins.plugins.statefulmongo.config.UserCredential;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.beans.Introspector;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * What the descriptors of all steps have in common. A step needs a build and its console, no agent. An argument that the step does
 * not know fails the build: Jenkins itself only warns, and {@code replica: 5} would deploy with the default.
 */
public abstract class OperationStepDescriptor extends StepDescriptor implements CustomDescribableModel {
    /** The key of a single argument without a name, as {@code DescribableModel.ANONYMOUS_KEY}. */
    private static final String ANONYMOUS = "<anonymous>";
    private static final Pattern DIGITS = Pattern.compile("-?\\d{1,9}");

    private final String function;
    private final List<String> alsoNumbers;

    /** @param alsoNumbers parameters that are text, and may be given as a whole number */
    protected OperationStepDescriptor(String function, String... alsoNumbers) {
        this.function = function;
        this.alsoNumbers = List.of(alsoNumbers);
    }

    @Override
    public final String getFunctionName() {
        return function;
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
        for (String name : flags(clazz)) {
            // Jenkins takes every text but 'true' for false: dryRun: 'yes' would deploy.
            if (arguments.get(name) instanceof CharSequence text && !text.toString().matches("(?i)true|false")) {
                throw new IllegalArgumentException(function + ": parameter '" + name + "' must be true or false, but is '" + text + "'.");
            }
        }
        Map<String, Object> given = new LinkedHashMap<>(arguments);
        for (String name : alsoNumbers) {
            // Jenkins takes no number for a text.
            given.computeIfPresent(name, (key, value) -> value instanceof Integer ? value.toString() : value);
        }
        return given;
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
    protected static ListBoxModel choices(Item item, String... values) {
        ListBoxModel choices = new ListBoxModel();
        choices.add(Messages.OperationStepDescriptor_default(values[0]), "");
        for (int i = 1; i < values.length && Forms.mayConfigure(item); i++) {
            choices.add(values[i]);
        }
        return choices;
    }

    /**
     * What the step itself would say to that value: its operation reads it, beside values of the other parameters that are surely good.
     *
     * @param others names and values, in turn
     */
    protected final FormValidation check(Item item, String name, String value, String... others) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (int i = 0; i < others.length; i += 2) {
            given.put(others[i], others[i + 1]);
        }
        boolean whole = !DIGITS.matcher(Util.fixNull(value).trim()).matches() || !isNumber(name);
        given.put(name, whole ? Util.fixNull(value) : Integer.valueOf(value.trim()));
        return Forms.check(item, new Parameters(given), parameters -> {
            if (name.equals("timeoutSeconds")) {
                return new Request(function, given, "", 0);
            }
            return Operations.of(function).create(parameters);
        });
    }

    private boolean isNumber(String name) {
        return Stream.of(clazz.getMethods())
                .anyMatch(m -> m.getName().equalsIgnoreCase("set" + name) && m.getParameterTypes()[0] == Integer.class);
    }

    @POST
    public ListBoxModel doFillClusterItems(@AncestorInPath Item item, @QueryParameter String cluster) {
        return StatefulMongoConfiguration.get().choices(item, cluster);
    }

    @POST
    public FormValidation doCheckNamespace(@AncestorInPath Item item, @QueryParameter String value) {
        return Forms.check(item, "namespace", value, p -> p.label("namespace", null));
    }

    @POST
    public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
        return Forms.check(item, "name", value, p -> p.label("name", null));
    }

    @POST
    public FormValidation doCheckTimeoutSeconds(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, "timeoutSeconds", value);
    }

    /** Of the steps that work with a set's root user. */
    @POST
    public ListBoxModel doFillRootCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String rootCredentialsId) {
        return UserCredential.choices(item, rootCredentialsId);
    }

    @POST
    public FormValidation doCheckRootCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
        return UserCredential.check(item, value);
    }

    private static Set<String> flags(Class<?> step) {
        Set<String> names = new TreeSet<>();
        for (Method method : step.getMethods()) {
            if (method.isAnnotationPresent(DataBoundSetter.class) && method.getParameterTypes()[0] == boolean.class) {
                names.add(Introspector.decapitalize(method.getName().substring(3)));
            }
        }
        return names;
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
