package io.jenkins.plugins.statefulmongo.testing.pipeline;

import com.lesfurets.jenkins.unit.PipelineTestHelper;
import groovy.lang.Closure;
import groovy.lang.GroovyObjectSupport;

/** What scripts know as {@code steps}: its methods are those that are registered with the helper, and its calls are in the call stack. */
final class StepsVariable extends GroovyObjectSupport {
    private final PipelineTestHelper helper;
    private final Steps steps = new Steps();

    StepsVariable(PipelineTestHelper helper) {
        this.helper = helper;
    }

    @Override
    public Object invokeMethod(String name, Object arguments) {
        return steps.call(helper.getMethodInterceptor(), name, arguments);
    }

    /** What the call stack names. */
    private final class Steps extends GroovyObjectSupport {

        /** Groovy's name for what is called last: here for a method that is registered without a meaning, or not at all. */
        @SuppressWarnings("unused")
        public Object methodMissing(String name, Object arguments) {
            return call(helper.getMethodMissingInterceptor(), name, arguments);
        }

        private Object call(Object interceptor, String name, Object arguments) {
            Closure<?> mine = (Closure<?>) ((Closure<?>) interceptor).clone();
            mine.setDelegate(this);
            return mine.call(name, arguments);
        }
    }
}
