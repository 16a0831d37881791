package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.FilePath;
import hudson.model.ParametersAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.libs.FolderLibraries;
import org.jenkinsci.plugins.workflow.libs.LibraryConfiguration;
import org.jenkinsci.plugins.workflow.libs.LibraryRetriever;
import org.jenkinsci.plugins.workflow.libs.LibraryRetrieverDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The repository's Jenkinsfile and vars, sandboxed: the library is a folder's own, which Jenkins does not trust. */
@WithJenkins
class LibraryTest {
    private static final String UPDATE = """
            @Library('stateful-mongo') _
            updateGoDemo3 namespace: 'go-demo-3', mongoImage: 'mongo:5.0.31', apiImage: 'vfarcic/go-demo-3:2.0'
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private JenkinsRule jenkins;
    private Folder folder;

    @BeforeEach
    void configure(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Controller.connect(cluster.kubeconfig());
        LibraryConfiguration library = new LibraryConfiguration("stateful-mongo", new WorkingCopy());
        library.setDefaultVersion("working copy");
        folder = jenkins.createProject(Folder.class, "team");
        folder.addProperty(new FolderLibraries(List.of(library)));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void jenkins02_theJenkinsfileDeploysThenUpdates() throws Exception {
        WorkflowJob job = job("deploy", Files.readString(Path.of("Jenkinsfile")));
        WorkflowRun deployed = jenkins.assertBuildStatusSuccess(job.scheduleBuild2(0, image("mongo:4.4.29")));
        assertThat(JenkinsRule.getLog(deployed)).containsSubsequence(
                "deployStatefulMongo go-demo-3-build/db", "- Namespace go-demo-3-build", "deployStatefulMongo go-demo-3/db",
                "mongo:4.4.29, 3 members of rs0", "probeService go-demo-3/api: GET /demo/person", "all 3 members run mongo:4.4.29 already");
        WorkflowRun updated = jenkins.assertBuildStatusSuccess(job.scheduleBuild2(0, image("mongo:5.0.31")));
        assertThat(JenkinsRule.getLog(updated)).containsSubsequence(
                "rollingImageUpdate go-demo-3/db: mongo:4.4.29 -> mongo:5.0.31", "stepped down", "1 election", "SECONDARY");
    }

    @Test
    void jenkins02_theLibraryPutsTheImagesBackWhenItsTestFails() throws Exception {
        WorkflowJob deploy = job("deploy", Files.readString(Path.of("Jenkinsfile")));
        jenkins.assertBuildStatusSuccess(deploy.scheduleBuild2(0, image("mongo:5.0.30")));
        cluster.deny("*", "services/proxy");
        WorkflowRun failed = jenkins.buildAndAssertStatus(Result.FAILURE, job("update", UPDATE));
        assertThat(JenkinsRule.getLog(failed)).containsSubsequence(
                "go-demo-3 fails its test after the update: going back to vfarcic/go-demo-3:latest and mongo:5.0.30",
                "rollingImageUpdate go-demo-3/api: vfarcic/go-demo-3:2.0 -> vfarcic/go-demo-3:latest",
                "rollingImageUpdate go-demo-3/db: mongo:5.0.31 -> mongo:5.0.30",
                "ERROR: probeService go-demo-3/api: ");
    }

    private WorkflowJob job(String name, String script) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static ParametersAction image(String mongo) {
        return new ParametersAction(List.of(new StringParameterValue("MONGO_IMAGE", mongo)), List.of("MONGO_IMAGE"));
    }

    /** Takes the library from the folder in which the tests run. */
    public static final class WorkingCopy extends LibraryRetriever {
        @Override
        public void retrieve(String name, String version, boolean changelog, FilePath target, Run<?, ?> run, TaskListener listener)
                throws Exception {
            for (String part : List.of("vars", "resources")) {
                new FilePath(new File(part)).copyRecursiveTo(target.child(part));
            }
        }

        @Override
        public void retrieve(String name, String version, FilePath target, Run<?, ?> run, TaskListener listener) throws Exception {
            retrieve(name, version, true, target, run, listener);
        }

        @TestExtension
        public static final class DescriptorImpl extends LibraryRetrieverDescriptor {}
    }
}
