package io.jenkins.plugins.statefulmongo.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import jenkins.model.OptionalJobProperty;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A job's own defaults: {@code options { statefulMongo(cluster: 'prod') }}, or {@code properties([statefulMongo(cluster: 'prod')])}. */
public class StatefulMongoJobProperty extends OptionalJobProperty<Job<?, ?>> implements Defaults {
    private String cluster;
    private String namespace;

    @DataBoundConstructor
    public StatefulMongoJobProperty() {}

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

    /** The form: a section on the page of the job. */
    @Extension
    @Symbol("statefulMongo")
    public static class DescriptorImpl extends OptionalJobPropertyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.StatefulMongoJobProperty_displayName();
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
}
