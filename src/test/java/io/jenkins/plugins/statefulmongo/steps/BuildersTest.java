package io.jenkins.plugins.statefulmongo.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.AbstractProject;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.java.sezpoz.Index;
import org.jenkinsci.Symbol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The build steps of a freestyle job, on the embedded cluster. */
class BuildersTest {
    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void jenkins16_theFourDoTheWholeDeploymentAndVariablesAreExpanded() throws Exception {
        Map<String, String> parameters = Map.of("SPACE", "shop", "TAG", "4.4.28");
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setImage("mongo:${TAG}");
        run(new DeployStatefulMongoBuilder(in("$SPACE", deploy)), parameters);
        run(new WaitOrdinalsBuilder(in("$SPACE", new WaitOrdinalsStep())), parameters);
        run(new InitReplicaSetBuilder(in("$SPACE", new InitReplicaSetStep())), parameters);
        run(new RollingImageUpdateBuilder(in("$SPACE", new RollingImageUpdateStep("mongo:4.4.29"))), parameters);
        assertThat(console.toString(StandardCharsets.UTF_8)).containsSubsequence(
                "deployStatefulMongo shop/db on embedded", "mongo:4.4.28", "waitOrdinals shop/db", "db-2  Ready",
                "initReplicaSet shop/db as rs0", "rollingImageUpdate shop/db: mongo:4.4.28 -> mongo:4.4.29", "1 election");
    }

    @Test
    void aFailureEndsTheBuildWithTheStepsOwnMessage() {
        assertThatThrownBy(() -> run(new WaitOrdinalsBuilder(in("default", new WaitOrdinalsStep())), Map.of()))
                .isInstanceOf(AbortException.class)
                .hasMessageStartingWith("waitOrdinals default/db: there is no StatefulSet db in namespace default.");
        WaitOrdinalsStep late = new WaitOrdinalsStep();
        late.setTimeoutSeconds(-1);
        assertThatThrownBy(() -> run(new WaitOrdinalsBuilder(late), Map.of()))
                .isInstanceOf(AbortException.class)
                .hasMessage("waitOrdinals db: parameter 'timeoutSeconds' must be from 1 to 604800, but is -1.");
        assertThatThrownBy(() -> run(new WaitOrdinalsBuilder(in("$UNKNOWN", new WaitOrdinalsStep())), Map.of()))
                .hasMessageContaining("but is '$UNKNOWN'");
    }

    @Test
    void jenkins16_anInterruptStopsTheOperation() throws Exception {
        DeployStatefulMongoStep deploy = new DeployStatefulMongoStep();
        deploy.setImage("mongo:4.4.28");
        deploy.setCpu("500");
        run(new DeployStatefulMongoBuilder(in("n", deploy)), Map.of());
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Void> waiting = new FutureTask<>(() -> {
            run(new WaitOrdinalsBuilder(in("n", new WaitOrdinalsStep())), Map.of(), begun);
            return null;
        });
        Thread executor = new Thread(waiting);
        executor.start();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        executor.interrupt();
        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void jenkins16_aBuilderIsOfferedForEachStepWithoutASymbol() throws Exception {
        var builders = new java.util.ArrayList<OperationBuilder.OperationBuilderDescriptor>();
        for (var item : Index.load(hudson.Extension.class, Object.class, getClass().getClassLoader())) {
            if (item.element() instanceof Class<?> type && OperationBuilder.OperationBuilderDescriptor.class.isAssignableFrom(type)) {
                builders.add((OperationBuilder.OperationBuilderDescriptor) item.instance());
            }
        }
        assertThat(builders).hasSize(Operations.values().length).allSatisfy(builder -> {
            assertThat(builder.getClass().isAnnotationPresent(Symbol.class)).isFalse();
            assertThat(builder.getDisplayName()).isEqualTo(builder.getStepDescriptor().getDisplayName());
            assertThat(builder.isApplicable(AbstractProject.class)).isTrue();
            assertThat(builder.clazz.getConstructors()[0].getParameterTypes()).containsExactly(builder.getStepDescriptor().clazz);
        });
        assertThat(builders.stream().map(b -> b.getStepDescriptor().getFunctionName()))
                .containsExactlyInAnyOrderElementsOf(Stream.of(Operations.values()).map(Operations::function).toList());
    }

    private static <S extends OperationStep> S in(String namespace, S step) {
        step.setNamespace(namespace);
        return step;
    }

    private void run(OperationBuilder builder, Map<String, String> parameters) throws Exception {
        run(builder, parameters, new CountDownLatch(1));
    }

    /** @param begun counted down when the engine asks for the connection */
    private void run(OperationBuilder builder, Map<String, String> parameters, CountDownLatch begun) throws Exception {
        Connection connection = Kubeconfig.read(cluster.kubeconfig(), "embedded");
        ConnectionSource source = (name, build) -> {
            begun.countDown();
            return connection;
        };
        PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
        builder.perform(null, new EnvVars(parameters), (TaskListener) () -> out, source);
    }
}
