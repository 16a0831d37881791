package io.jenkins.plugins.statefulmongo.testing.pipeline;

import groovy.lang.Closure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The blocks of a declarative pipeline, as methods of its script.
 *
 * <ol>
 *   <li>A {@code pipeline} or {@code stage} block is first read: its sections are noted, whatever their order.
 *   <li>Then it runs: parameters and environment, {@code when}, its steps or stages, and {@code post} at last.
 *   <li>A failure skips the stages that follow, never a {@code post}; the pipeline fails with the first one.
 * </ol>
 */
final class Declarative {
    private static final List<String> CONDITIONS =
            List.of("always", "aborted", "failure", "success", "unstable", "unsuccessful", "cleanup");

    /** A {@code pipeline} or a {@code stage} while it is read. */
    private static final class Section {
        private final Map<String, Closure<?>> blocks = new LinkedHashMap<>();
    }

    private final Script script;
    private final BuildLog log;
    private final Deque<Section> reading = new ArrayDeque<>();
    private final Deque<List<Boolean>> conditions = new ArrayDeque<>();
    private boolean inStages;
    private Throwable failure;

    Declarative(Script script, BuildLog log) {
        this.script = script;
        this.log = log;
    }

    void register() {
        script.define("pipeline", args -> pipeline(read((Closure<?>) args[0])));
        script.define("stage", args -> stage(args[0].toString(), (Closure<?>) args[1]));
        for (String block : List.of("stages", "steps", "post", "environment", "parameters", "when", "options", "triggers")) {
            script.define(block, args -> reading.getFirst().blocks.put(block, (Closure<?>) args[0]));
        }
        for (String condition : CONDITIONS) {
            script.define(condition, args -> reading.getFirst().blocks.put(condition, (Closure<?>) args[0]));
        }
        for (String ignored : List.of("agent", "tools", "disableConcurrentBuilds", "timestamps", "buildDiscarder", "logRotator")) {
            script.define(ignored, args -> null);
        }
        for (String parameter : List.of("string", "text", "choice", "booleanParam")) {
            script.define(parameter, args -> parameter((Map<?, ?>) args[0]));
        }
        script.define("script", args -> ((Closure<?>) args[0]).call());
        script.define("expression", args -> condition(truth(((Closure<?>) args[0]).call())));
        script.define("not", args -> condition(!all(evaluate((Closure<?>) args[0]))));
        script.define("allOf", args -> condition(all(evaluate((Closure<?>) args[0]))));
        script.define("anyOf", args -> condition(evaluate((Closure<?>) args[0]).contains(true)));
        script.binding().setVariable("none", "none");
        script.binding().setVariable("any", "any");
    }

    private Object pipeline(Section section) throws Throwable {
        run(section.blocks.get("options"));
        run(section.blocks.get("parameters"));
        environment(section);
        inStages = true;
        run(section.blocks.get("stages"));
        inStages = false;
        post(section);
        if (failure != null) {
            throw failure;
        }
        return null;
    }

    private Object stage(String name, Closure<?> body) throws Throwable {
        log.println("[Pipeline] stage\n[Pipeline] { (" + name + ")");
        try {
            return inStages ? declared(name, read(body)) : body.call();
        } finally {
            log.println("[Pipeline] }\n[Pipeline] // stage");
        }
    }

    private Object declared(String name, Section section) throws Throwable {
        if (failure != null) {
            log.println("Stage \"" + name + "\" skipped due to earlier failure(s)");
            return null;
        }
        environment(section);
        if (section.blocks.containsKey("when") && !all(evaluate(section.blocks.get("when")))) {
            log.println("Stage \"" + name + "\" skipped due to when conditional");
            return null;
        }
        if (section.blocks.containsKey("stages")) {
            run(section.blocks.get("stages"));
        } else {
            inStages = false;
            attempt(section.blocks.get("steps"), e -> {});
            inStages = true;
        }
        post(section);
        return null;
    }

    private void post(Section section) {
        if (!section.blocks.containsKey("post")) {
            return;
        }
        boolean stages = inStages;
        inStages = false;
        Section post = read(section.blocks.get("post"));
        for (String condition : CONDITIONS) {
            if (post.blocks.containsKey(condition) && applies(condition, script.result())) {
                attempt(post.blocks.get(condition), e -> log.println(
                        "Error when executing " + condition + " post condition:\n" + Script.message(e)));
            }
        }
        inStages = stages;
    }

    private static boolean applies(String condition, String result) {
        return switch (condition) {
            case "always", "cleanup" -> true;
            case "unsuccessful" -> !result.equals("SUCCESS");
            default -> condition.equalsIgnoreCase(result);
        };
    }

    /** Runs steps; what they throw fails the build, and is thrown when the pipeline ends. */
    private void attempt(Closure<?> steps, Consumer<Throwable> told) {
        try {
            steps.call();
        } catch (Throwable e) {
            told.accept(e);
            failure = failure == null ? e : failure;
            script.worsen(Script.resultOf(e));
        }
    }

    private Section read(Closure<?> body) {
        Section section = new Section();
        reading.push(section);
        try {
            body.call();
        } finally {
            reading.pop();
        }
        return section;
    }

    private void environment(Section section) {
        Closure<?> block = section.blocks.get("environment");
        if (block != null) {
            block.setDelegate(script.env());
            block.setResolveStrategy(Closure.DELEGATE_FIRST);
            block.call();
        }
    }

    private Object parameter(Map<?, ?> definition) {
        Object standard = definition.get("choices") instanceof List<?> choices ? choices.get(0) : definition.get("defaultValue");
        script.params().putIfAbsent(definition.get("name").toString(), standard == null ? "" : standard);
        return null;
    }

    private List<Boolean> evaluate(Closure<?> block) {
        conditions.push(new ArrayList<>());
        block.call();
        return conditions.pop();
    }

    private Object condition(boolean met) {
        conditions.getFirst().add(met);
        return met;
    }

    private static boolean all(List<Boolean> met) {
        return !met.contains(false);
    }

    private static boolean truth(Object value) {
        return org.codehaus.groovy.runtime.typehandling.DefaultTypeTransformation.castToBoolean(value);
    }

    private static void run(Closure<?> block) {
        if (block != null) {
            block.call();
        }
    }
}
