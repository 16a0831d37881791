package io.jenkins.plugins.statefulmongo.testing.pipeline;

import com.lesfurets.jenkins.unit.MethodSignature;
import com.lesfurets.jenkins.unit.PipelineTestHelper;
import groovy.lang.Binding;
import groovy.lang.MissingPropertyException;
import hudson.AbortException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The running script: what its names mean, and how it stands. */
final class Script {
    private static final List<String> RESULTS = List.of("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED");
    private static final int MOST_ARGUMENTS = 3;

    /** A step, or a block of a declarative pipeline. */
    interface Definition {
        Object call(Object[] arguments) throws Throwable;
    }

    /** What a script knows as {@code currentBuild}. */
    public static final class CurrentBuild {
        private final int number;
        private String result;

        CurrentBuild(int number) {
            this.number = number;
        }

        public int getNumber() {
            return number;
        }

        public String getResult() {
            return result;
        }

        /** Never better than it was. */
        public void setResult(String worse) {
            if (result == null || RESULTS.indexOf(worse) > RESULTS.indexOf(result)) {
                result = worse;
            }
        }

        public String getCurrentResult() {
            return result == null ? "SUCCESS" : result;
        }
    }

    private final PipelineTestHelper helper;
    private final Map<String, Object> params = new LinkedHashMap<>();
    private final Map<String, Object> env = new LinkedHashMap<>();
    private final CurrentBuild currentBuild;
    private final Binding binding = new Binding() {
        @Override
        public Object getVariable(String name) {
            if (!hasVariable(name)) {
                if (env.containsKey(name)) {
                    return env.get(name);
                }
                throw new MissingPropertyException(name, groovy.lang.Script.class);
            }
            return super.getVariable(name);
        }
    };

    Script(PipelineTestHelper helper, int buildNumber) {
        this.helper = helper;
        currentBuild = new CurrentBuild(buildNumber);
        env.put("BUILD_NUMBER", String.valueOf(buildNumber));
        binding.setVariable("params", params);
        binding.setVariable("env", env);
        binding.setVariable("currentBuild", currentBuild);
    }

    Binding binding() {
        return binding;
    }

    Map<String, Object> params() {
        return params;
    }

    Map<String, Object> env() {
        return env;
    }

    String result() {
        return currentBuild.getCurrentResult();
    }

    void worsen(String result) {
        currentBuild.setResult(result);
    }

    /** Gives a name of the script a meaning, with any number of arguments that Jenkins' syntax allows. */
    void define(String name, Definition definition) {
        define(helper, name, definition);
    }

    static void define(PipelineTestHelper helper, String name, Definition definition) {
        for (int count = 0; count <= MOST_ARGUMENTS; count++) {
            int arguments = count;
            Class<?>[] types = new Class<?>[count];
            Arrays.fill(types, Object.class);
            Function<Object, Object> function = given -> call(definition, arguments, given);
            helper.registerAllowedMethod(new MethodSignature(name, types), function);
        }
    }

    /** Groovy gives one argument as it is, several as an array. */
    private static Object call(Definition definition, int count, Object given) {
        try {
            return definition.call(
                    count == 0 ? new Object[0] : count == 1 ? new Object[] {given} : (Object[]) given);
        } catch (Throwable e) {
            throw Script.<RuntimeException>sneaky(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }

    static String resultOf(Throwable error) {
        return error instanceof InterruptedException ? "ABORTED" : "FAILURE";
    }

    /** As Jenkins prints an error: an AbortException's message says it all. */
    static String message(Throwable error) {
        return error instanceof AbortException || error instanceof InterruptedException
                ? error.getMessage()
                : error.toString();
    }
}
