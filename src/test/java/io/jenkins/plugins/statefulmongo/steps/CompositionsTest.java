package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import com.lesfurets.jenkins.unit.MethodSignature;
import groovy.lang.GroovyObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compositions in {@code vars} give to the steps that they call. */
class CompositionsTest {
    private final List<String> called = new ArrayList<>();
    private final Map<String, Map<?, ?>> given = new TreeMap<>();

    @Test
    void deployReplicaSetGivesEachStepWhatItKnowsOfTheParametersOfDeployStatefulMongo() throws Exception {
        Map<String, Object> all = new LinkedHashMap<>();
        OperationStepDescriptor.parameterNames(DeployStatefulMongoStep.class).forEach(name -> all.put(name, "the " + name));
        all.put("dryRun", false);
        all.put("absent", false);

        assertThat(deployReplicaSet(all)).isEqualTo("initReplicaSet returned");

        assertThat(called).containsExactly("deployStatefulMongo", "waitOrdinals", "initReplicaSet");
        assertThat(given.get("deployStatefulMongo")).isEqualTo(all);
        assertThat(given.get("waitOrdinals")).isEqualTo(known(all, WaitOrdinalsStep.class));
        assertThat(given.get("initReplicaSet")).isEqualTo(known(all, InitReplicaSetStep.class));
    }

    /** An initiation changes something, and of what is removed there is nothing to wait for. */
    @ParameterizedTest
    @ValueSource(strings = {"dryRun", "absent"})
    void deployReplicaSetEndsWithADryRunAndWithARemoval(String parameter) throws Exception {
        assertThat(deployReplicaSet(new LinkedHashMap<>(Map.of("image", "mongo:7.0.14", parameter, true))))
                .isEqualTo("deployStatefulMongo returned");
        assertThat(called).containsExactly("deployStatefulMongo");
    }

    private Object deployReplicaSet(Map<String, Object> parameters) throws Exception {
        BasePipelineTest pipeline = new BasePipelineTest() {};
        pipeline.setScriptRoots("vars");
        pipeline.setScriptExtension("groovy");
        pipeline.setUp();
        for (String step : List.of("deployStatefulMongo", "waitOrdinals", "initReplicaSet")) {
            Function<Map<?, ?>, Object> noticed = arguments -> {
                called.add(step);
                given.put(step, arguments);
                return step + " returned";
            };
            pipeline.getHelper().registerAllowedMethod(MethodSignature.method(step, Map.class), noticed);
        }
        GroovyObject composition = (GroovyObject) pipeline.loadScript("deployReplicaSet.groovy");
        return composition.invokeMethod("call", new Object[] {parameters});
    }

    private static Map<String, Object> known(Map<String, Object> all, Class<?> step) {
        Map<String, Object> known = new TreeMap<>(all);
        Set<String> names = OperationStepDescriptor.parameterNames(step);
        known.keySet().retainAll(names);
        return known;
    }
}
