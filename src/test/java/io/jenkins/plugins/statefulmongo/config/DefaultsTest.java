package io.jenkins.plugins.statefulmongo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TopLevelItem;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import io.jenkins.plugins.statefulmongo.testing.TestJob;
import io.jenkins.plugins.statefulmongo.testing.TestRun;
import java.io.File;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which cluster and namespace a step has that names none. */
class DefaultsTest {
    private final Folder team = new Folder(Jenkins.get(), "team");
    private final Folder shop = new Folder(team, "shop");
    private final TestJob job = new TestJob(shop, "deploy");
    private final StatefulMongoConfiguration configuration = new StatefulMongoConfiguration();

    @BeforeEach
    void connections() {
        configuration.setConnections(List.of(account("first"), account("global"), account("prod"), account("test")));
        configuration.setDefaultCluster("global");
    }

    @Test
    void jenkins17_theStepCountsThenTheJobThenTheNearestFolderThenJenkins() throws Exception {
        assertThat(clusterOf(null)).isEqualTo("global");
        team.addProperty(folder("test", null));
        assertThat(clusterOf(null)).isEqualTo("test");
        shop.addProperty(folder("prod", null));
        assertThat(clusterOf(null)).isEqualTo("prod");
        job.addProperty(property("first", null));
        assertThat(clusterOf(null)).isEqualTo("first");
        assertThat(clusterOf("test")).isEqualTo("test");
    }

    /** Such as a configuration of a matrix, which is a job in a job and has no properties. */
    @Test
    void jenkins17_whatIsPartOfAJobHasItsDefaults() throws Exception {
        shop.addProperty(folder("prod", null));
        JobOfJobs whole = new JobOfJobs(shop, "deploy");
        whole.addProperty(property(null, "whole"));
        TestJob part = new TestJob(whole, "linux");
        assertThat(configuration.namespace(new TestRun(part))).isEqualTo("whole");
        assertThat(Defaults.find(part, Defaults::getCluster).name()).isEqualTo("prod");
    }

    @Test
    void jenkins17_clusterAndNamespaceAreFoundEachByItself() throws Exception {
        assertThat(configuration.namespace(new TestRun(job))).isNull();
        team.addProperty(folder("prod", "team"));
        shop.addProperty(folder(" ", "shop"));
        job.addProperty(property(null, null));
        assertThat(clusterOf(null)).isEqualTo("prod");
        assertThat(configuration.namespace(new TestRun(job))).isEqualTo("shop");
    }

    @Test
    void aDefaultThatIsNoConnectionIsRefusedByItsPlace() throws Exception {
        team.addProperty(folder("old", null));
        assertThatThrownBy(() -> clusterOf(null))
                .hasMessage("the default cluster 'old' of folder team is no configured connection.\n"
                        + "  Configured are: first, global, prod, test. Correct it in the configuration of folder team.");
        job.addProperty(property("older", null));
        assertThatThrownBy(() -> clusterOf(null))
                .hasMessageStartingWith("the default cluster 'older' of job team/shop/deploy is no configured connection.")
                .hasMessageEndingWith("Correct it in the configuration of job team/shop/deploy.");
    }

    @Test
    void jenkins12_aDefaultLeadsToNoConnectionThatIsNotForTheJob() throws Exception {
        ClusterConnection prod = account("prod");
        prod.setFolders("operations");
        configuration.setConnections(List.of(prod, account("test")));
        job.addProperty(property("prod", null));
        assertThatThrownBy(() -> clusterOf(null)).hasMessageStartingWith("connection prod is not for job team/shop/deploy");
    }

    @Test
    void aFormOffersTheConnectionsOfTheJobAndToOthersOnlyWhatIsChosen() {
        ClusterConnection prod = account("prod");
        prod.setFolders("operations");
        ClusterConnection ours = account("ours");
        ours.setFolders("team/shop");
        configuration.setConnections(List.of(prod, ours, account("test")));
        assertThat(names(job, null)).containsExactly("", "ours", "test");
        assertThat(names(shop, null)).containsExactly("", "ours", "test");
        assertThat(names(team, null)).containsExactly("", "test");
        assertThat(names(team, "ours")).containsExactly("", "test", "ours");
        assertThat(names(null, null)).containsExactly("", "prod", "ours", "test");
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            assertThat(names(job, "ours")).containsExactly("", "ours");
            assertThat(names(null, null)).containsExactly("");
        }
    }

    @Test
    void aNamespaceIsCheckedAsTheStepsCheckIt() {
        var form = new StatefulMongoJobProperty.DescriptorImpl();
        assertThat(form.doCheckNamespace(job, "Shop").renderHtml()).contains("must consist of at most 63 lower-case letters");
        assertThat(form.doCheckNamespace(job, "").kind).isEqualTo(FormValidation.Kind.OK);
    }

    private List<String> names(Item item, String chosen) {
        return configuration.choices(item, chosen).stream().map(choice -> choice.value).toList();
    }

    /** Without a pod around it, a connection by the pod's service account fails and gives its name. */
    private String clusterOf(String cluster) throws Exception {
        try {
            return configuration.resolve(cluster, new TestRun(job)).name();
        } catch (io.jenkins.plugins.statefulmongo.engine.Failure e) {
            var name = java.util.regex.Pattern.compile("connection (\\w+) uses the controller's own service account.*", java.util.regex.Pattern.DOTALL)
                    .matcher(e.getMessage());
            if (!name.matches()) {
                throw e;
            }
            return name.group(1);
        }
    }

    private static ClusterConnection account(String name) {
        ClusterConnection connection = new ClusterConnection(name);
        connection.setServiceAccount(true);
        return connection;
    }

    private static StatefulMongoJobProperty property(String cluster, String namespace) {
        StatefulMongoJobProperty property = new StatefulMongoJobProperty();
        property.setCluster(cluster);
        property.setNamespace(namespace);
        return property;
    }

    private static StatefulMongoFolderProperty folder(String cluster, String namespace) {
        StatefulMongoFolderProperty property = new StatefulMongoFolderProperty();
        property.setCluster(cluster);
        property.setNamespace(namespace);
        return property;
    }

    private static final class Folder extends AbstractFolder<TopLevelItem> {
        private Folder(ItemGroup<?> parent, String name) {
            super(parent, name);
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static final class JobOfJobs extends Job implements ItemGroup<TopLevelItem> {
        private JobOfJobs(ItemGroup<?> parent, String name) {
            super(parent, name);
        }

        @Override
        public boolean isBuildable() {
            return true;
        }

        @Override
        protected SortedMap _getRuns() {
            return new TreeMap<>();
        }

        @Override
        protected void removeRun(Run run) {}

        @Override
        public Collection<TopLevelItem> getItems() {
            return List.of();
        }

        // Not among the signatures, and abstract in the real Jenkins.

        public TopLevelItem getItem(String name) {
            return null;
        }

        public String getUrlChildPrefix() {
            return "part";
        }

        public File getRootDirFor(TopLevelItem child) {
            return null;
        }

        public void onDeleted(TopLevelItem item) {}
    }
}
