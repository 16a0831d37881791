package io.jenkins.plugins.statefulmongo.testing.pipeline;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import hudson.model.Result;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** What a step finds around it. A copy that was stored and read again is the same context, as in Jenkins. */
final class TestStepContext extends StepContext {
    private static final long serialVersionUID = 1;
    private static final Map<String, TestStepContext> LIVE = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final transient Map<Class<?>, Object> objects;
    private final transient CompletableFuture<Object> outcome = new CompletableFuture<>();

    TestStepContext(Map<Class<?>, Object> objects) {
        this.objects = objects;
        LIVE.put(id, this);
    }

    CompletableFuture<Object> outcome() {
        return outcome;
    }

    void close() {
        LIVE.remove(id);
    }

    @Override
    public <T> T get(Class<T> key) {
        return key.cast(objects.get(key));
    }

    @Override
    public void onSuccess(Object result) {
        once(outcome.complete(result));
    }

    @Override
    public void onFailure(Throwable cause) {
        once(outcome.completeExceptionally(cause));
    }

    private static void once(boolean first) {
        if (!first) {
            throw new IllegalStateException("the step completed twice");
        }
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public ListenableFuture<Void> saveState() {
        return Futures.immediateFuture(null);
    }

    @Override
    public void setResult(Result result) {
        throw new UnsupportedOperationException("a step of this plugin fails, or succeeds");
    }

    @Override
    public BodyInvoker newBodyInvoker() {
        throw new IllegalStateException("no step of this plugin takes a block");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TestStepContext context && id.equals(context.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    private Object readResolve() {
        return LIVE.get(id);
    }
}
