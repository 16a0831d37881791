package io.jenkins.plugins.statefulmongo.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The defaults of all jobs in a folder, where the Folders plugin is there. */
public class StatefulMongoFolderProperty extends AbstractFolderProperty<AbstractFolder<?>> implements Defaults {
    private String cluster;
    private String namespace;

    @DataBoundConstructor
    public StatefulMongoFolderProperty() {}

    @Override
    public String getCluster() {
        return cluster;
    }

    /** Name of a connection for steps that name none. */
    @DataBoundSetter
    public void setCluster(String cluster) {
        this.cluster = Util.fixEmptyAndTrim(cluster);
    }

    @Override
    public String getNamespace() {
        return namespace;
    }

    /** Namespace for steps that name none. */
    @DataBoundSetter
    public void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace);
    }

    /** The form: a section on the page of the folder. */
    @Extension(optional = true)
    @SuppressWarnings("deprecation") // the plugin variant, which offers another way, would be one more to install
    public static class DescriptorImpl extends AbstractFolderPropertyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.StatefulMongoFolderProperty_displayName();
        }

        @POST
        public FormValidation doCheckNamespace(@AncestorInPath Item item, @QueryParameter String value) {
            return Forms.check(item, "namespace", value, p -> p.label("namespace", null));
        }

        @POST
        public ListBoxModel doFillClusterItems(@AncestorInPath Item item, @QueryParameter String cluster) {
            return StatefulMongoConfiguration.get().choices(item, cluster);
        }
    }

    /** Finds this property on a folder. */
    @Extension(optional = true)
    @SuppressWarnings("deprecation") // as above
    public static class Reader extends OfFolders {
        @Override
        protected Defaults of(ItemGroup<?> folder) {
            return folder instanceof AbstractFolder<?> f ? f.getProperties().get(StatefulMongoFolderProperty.class) : null;
        }
    }
}
