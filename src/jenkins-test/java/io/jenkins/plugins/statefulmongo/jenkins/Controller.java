package io.jenkins.plugins.statefulmongo.jenkins;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/** What the tests set up in their Jenkins. */
final class Controller {
    private Controller() {}

    /** Makes the one connection, {@code embedded}, with the kubeconfig as its credential. */
    static ClusterConnection connect(String kubeconfig) throws IOException {
        SecretBytes secret = SecretBytes.fromBytes(kubeconfig.getBytes(StandardCharsets.UTF_8));
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new FileCredentialsImpl(CredentialsScope.GLOBAL, "kubeconfig", null, "kubeconfig", secret));
        SystemCredentialsProvider.getInstance().save();
        ClusterConnection connection = new ClusterConnection("embedded");
        connection.setCredentialsId("kubeconfig");
        StatefulMongoConfiguration.get().setConnections(List.of(connection));
        return connection;
    }

    /** A job whose pipeline runs in the sandbox. */
    static WorkflowJob pipeline(JenkinsRule jenkins, String name, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    /** Jenkins writes a build's program once a step has started; a build that was killed before would be lost to any step. */
    static void awaitStored(Path home, String job, String step) throws IOException, InterruptedException {
        Path program = home.resolve("jobs/" + job + "/builds/1/program.dat");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(program) || !Files.readString(program, StandardCharsets.ISO_8859_1).contains(step)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(program + " does not hold " + step + " within 30 s");
            }
            Thread.sleep(20);
        }
    }
}
