package io.jenkins.plugins.statefulmongo.testing.pipeline;

import groovy.lang.Closure;
import hudson.AbortException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Those of Jenkins' own steps that a deployment uses. */
final class BasicSteps {
    private final Script script;
    private final BuildLog log;
    private final StepRunner runner;

    BasicSteps(Script script, BuildLog log, StepRunner runner) {
        this.script = script;
        this.log = log;
        this.runner = runner;
    }

    void register() {
        script.define("echo", args -> {
            log.println(String.valueOf(args[0] instanceof Map<?, ?> map ? map.get("message") : args[0]));
            return null;
        });
        script.define("error", args -> {
            throw new AbortException(String.valueOf(args[0] instanceof Map<?, ?> map ? map.get("message") : args[0]));
        });
        script.define("unstable", args -> {
            log.println("WARNING: " + args[0]);
            script.worsen("UNSTABLE");
            return null;
        });
        script.define("catchError", this::catchError);
        script.define("retry", this::retry);
        script.define("timeout", this::timeout);
        script.define("withEnv", args -> {
            for (Object entry : (Iterable<?>) args[0]) {
                String[] pair = entry.toString().split("=", 2);
                script.env().put(pair[0], pair[1]);
            }
            return body(args).call();
        });
        script.define("node", args -> body(args).call());
        script.define("properties", args -> null);
    }

    private Object catchError(Object[] args) throws Throwable {
        Map<?, ?> options = args[0] instanceof Map<?, ?> map ? map : Map.of();
        try {
            return body(args).call();
        } catch (Exception e) {
            if (options.get("message") != null) {
                log.println(options.get("message").toString());
            }
            log.println("ERROR: " + Script.message(e));
            Object result = options.get("buildResult");
            script.worsen(result == null ? Script.resultOf(e) : result.toString());
            return null;
        }
    }

    private Object retry(Object[] args) throws Throwable {
        int count = args[0] instanceof Map<?, ?> map ? (Integer) map.get("count") : (Integer) args[0];
        for (int i = 1; ; i++) {
            try {
                return body(args).call();
            } catch (Exception e) {
                if (i == count || !(e instanceof AbortException)) {
                    throw e;
                }
                log.println("ERROR: " + e.getMessage() + "\nRetrying");
            }
        }
    }

    private Object timeout(Object[] args) throws Throwable {
        if (!(args[args.length - 1] instanceof Closure)) {
            return null; // the declarative option: a test has its own
        }
        Map<?, ?> options = (Map<?, ?>) args[0];
        Object unit = options.get("unit");
        long millis = TimeUnit.valueOf(unit == null ? "MINUTES" : unit.toString())
                .toMillis(((Number) options.get("time")).longValue());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            timer.schedule(() -> {
                log.println("Cancelling nested steps due to timeout");
                runner.stop(new Aborted("Timeout has been exceeded"));
            }, millis, TimeUnit.MILLISECONDS);
            return body(args).call();
        } finally {
            timer.shutdownNow();
        }
    }

    private static Closure<?> body(Object[] args) {
        return (Closure<?>) args[args.length - 1];
    }
}
