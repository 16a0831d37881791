package io.jenkins.plugins.statefulmongo.testing.pipeline;

import groovy.lang.GString;
import hudson.model.Descriptor;
import java.beans.Introspector;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Makes a step, or a property of the job, of a call's arguments by the rules of Jenkins' {@code DSL.parseArgs} and {@code DescribableModel.instantiate}. */
final class StepArguments {
    private final Descriptor<?> descriptor;
    private final Constructor<?> constructor;

    StepArguments(Descriptor<?> descriptor) {
        this.descriptor = descriptor;
        this.constructor = constructor(descriptor.clazz);
    }

    /** @param arguments as Groovy passes them: nothing, one map of named ones, or one value */
    Object bind(Object[] arguments) throws Exception {
        Map<String, Object> named = named(arguments);
        if (descriptor instanceof CustomDescribableModel model) {
            named = model.customInstantiate(named);
        }
        Map<String, Object> left = new LinkedHashMap<>(named);
        Parameter[] mandatory = constructor.getParameters();
        Object[] values = new Object[mandatory.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = coerce(mandatory[i].getName(), mandatory[i].getType(), left.remove(mandatory[i].getName()));
        }
        Object step = constructor.newInstance(values);
        for (Method method : descriptor.clazz.getMethods()) {
            String name = method.isAnnotationPresent(DataBoundSetter.class)
                    ? Introspector.decapitalize(method.getName().substring(3))
                    : null;
            if (name != null && left.containsKey(name)) {
                method.invoke(step, coerce(name, method.getParameterTypes()[0], left.remove(name)));
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "Unknown parameter(s) found for class type '" + descriptor.clazz.getName() + "': "
                            + String.join(",", left.keySet()));
        }
        return step;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> named(Object[] arguments) {
        if (arguments.length == 0) {
            return Map.of();
        }
        if (arguments.length == 1 && arguments[0] instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        if (arguments.length == 1 && constructor.getParameterCount() == 1) {
            Map<String, Object> sole = new LinkedHashMap<>();
            sole.put(constructor.getParameters()[0].getName(), arguments[0]);
            return sole;
        }
        throw new IllegalArgumentException("Expected named arguments but got " + java.util.Arrays.asList(arguments));
    }

    private Object coerce(String name, Class<?> type, Object given) {
        Object value = given instanceof GString ? given.toString() : given;
        Class<?> wanted = type == boolean.class ? Boolean.class : type == int.class ? Integer.class : type;
        if (value == null || wanted.isInstance(value)) {
            return value;
        }
        if (wanted == Boolean.class && value instanceof String text) {
            return Boolean.valueOf(text);
        }
        if (wanted == Integer.class && value instanceof String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new ClassCastException(where(name) + " expects class java.lang.Integer but was unable to coerce the received value \""
                        + text + "\" to that type");
            }
        }
        throw new ClassCastException(where(name) + " expects " + type + " but received " + value.getClass());
    }

    private String where(String name) {
        return descriptor.clazz.getName() + "." + name;
    }

    private static Constructor<?> constructor(Class<?> type) {
        for (Constructor<?> constructor : type.getConstructors()) {
            if (constructor.isAnnotationPresent(DataBoundConstructor.class)) {
                return constructor;
            }
        }
        throw new IllegalArgumentException(type + " has no @DataBoundConstructor");
    }
}
