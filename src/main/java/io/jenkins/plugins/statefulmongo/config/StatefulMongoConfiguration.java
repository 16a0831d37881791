package io.jenkins.plugins.statefulmongo.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.model.Run;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.config.ClusterConnection.NotStored;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** The clusters that steps may use, in <i>Manage Jenkins → System</i> and as {@code unclassified: statefulMongo} in JCasC. */
@Extension
@Symbol("statefulMongo")
public class StatefulMongoConfiguration extends GlobalConfiguration implements ConnectionSource {
    private List<ClusterConnection> connections = new ArrayList<>();
    private String defaultCluster;

    public StatefulMongoConfiguration() {
        load();
    }

    public static StatefulMongoConfiguration get() {
        return ExtensionList.lookupSingleton(StatefulMongoConfiguration.class);
    }

    public List<ClusterConnection> getConnections() {
        return connections;
    }

    /** @throws NotStored where one has no name of its own, or a secret outside of the credentials; nothing is changed then */
    @DataBoundSetter
    public void setConnections(List<ClusterConnection> connections) {
        refuseUnclearNames(Util.fixNull(connections));
        Util.fixNull(connections).forEach(ClusterConnection::refuseOpenSecrets);
        this.connections = new ArrayList<>(Util.fixNull(connections));
        save();
    }

    private static void refuseUnclearNames(List<ClusterConnection> connections) {
        Set<String> names = new HashSet<>();
        for (ClusterConnection connection : connections) {
            if (connection.getName() == null) {
                throw new NotStored(Messages.ClusterConnection_nameMissing());
            }
            if (!names.add(connection.getName())) {
                throw new NotStored(Messages.ClusterConnection_nameTwice(connection.getName()));
            }
        }
    }

    /** Name of the connection that a step uses when it names none, or null for the first one. */
    public String getDefaultCluster() {
        return defaultCluster;
    }

    @DataBoundSetter
    public void setDefaultCluster(String defaultCluster) {
        this.defaultCluster = Util.fixEmptyAndTrim(defaultCluster);
        save();
    }

    /** A form whose last connection was deleted has no connections at all, and binding it would leave the old ones. */
    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        if (!json.has("connections")) {
            setConnections(List.of());
        }
        try {
            return super.configure(req, json);
        } catch (NotStored e) {
            throw new FormException(e.getMessage(), "connections");
        }
    }

    @POST
    public FormValidation doCheckDefaultCluster(@QueryParameter String value) {
        String name = Util.fixEmptyAndTrim(value);
        return Forms.administrator(() -> name == null || connections.stream().anyMatch(c -> name.equals(c.getName()))
                ? FormValidation.ok()
                : FormValidation.warning(Messages.StatefulMongoConfiguration_noSuchCluster()));
    }

    /**
     * The connections that a job, or a job in a folder, may use, for a form.
     *
     * @param item the job or folder, or null outside of all
     * @param chosen stays a choice, whatever it is
     */
    public ListBoxModel choices(Item item, String chosen) {
        ListBoxModel choices = new ListBoxModel();
        choices.add(Messages.Forms_default(), "");
        if (Forms.mayConfigure(item)) {
            String path = item instanceof ItemGroup ? item.getFullName() + "/" : item == null ? null : item.getFullName();
            connections.stream().filter(c -> c.getName() != null).filter(c -> item == null || c.isFor(path)).forEach(c -> choices.add(c.getName()));
        }
        String current = Util.fixEmptyAndTrim(chosen);
        if (current != null && choices.stream().noneMatch(c -> c.value.equals(current))) {
            choices.add(current);
        }
        return choices;
    }

    @Override
    public Connection resolve(String cluster, Run<?, ?> run) throws Failure {
        Job<?, ?> job = run == null ? null : run.getParent();
        Defaults.Found inherited = Defaults.find(job, Defaults::getCluster);
        Defaults.Found standard =
                inherited == null && defaultCluster != null ? new Defaults.Found(defaultCluster, null) : inherited;
        return choose(connections, cluster, standard, job == null ? null : job.getFullName()).connect(run);
    }

    @Override
    public String namespace(Run<?, ?> run) {
        Defaults.Found found = Defaults.find(run == null ? null : run.getParent(), Defaults::getNamespace);
        return found == null ? null : found.name();
    }

    /**
     * A message names only connections that the job may use.
     *
     * @param cluster what the step says, or null
     * @param standard what counts where it says nothing, or null for the first connection that the job may use
     * @param job full name of the job, or null where there is none
     */
    static ClusterConnection choose(List<ClusterConnection> connections, String cluster, Defaults.Found standard, String job)
            throws Failure {
        if (connections.isEmpty()) {
            throw new Failure(
                    "no connection to a cluster is configured.",
                    "Add one in Manage Jenkins, System, Stateful Mongo, or as unclassified: statefulMongo: connections in JCasC.");
        }
        List<ClusterConnection> usable = connections.stream().filter(c -> c.isFor(job)).toList();
        String known = usable.stream().map(ClusterConnection::getName).collect(Collectors.joining(", "));
        String wanted = cluster != null ? cluster : standard == null ? null : standard.name();
        if (wanted == null) {
            return usable.stream().findFirst().orElseThrow(() -> elsewhere(null, job, known));
        }
        for (ClusterConnection connection : connections) {
            if (wanted.equals(connection.getName())) {
                if (connection.isFor(job)) {
                    return connection;
                }
                throw elsewhere(wanted, job, known);
            }
        }
        String instead = known.isEmpty() ? "There is none for this job." : "Configured are: " + known + ".";
        if (cluster == null) {
            throw new Failure(
                    standard.text("cluster") + " is no configured connection.",
                    instead + " Correct it in " + standard.place() + ".");
        }
        throw Parameters.bad("cluster", "is '" + wanted + "', which is no configured connection", instead);
    }

    private static Failure elsewhere(String connection, String job, String known) {
        String who = job == null ? "a build without a job" : "job " + job;
        return new Failure(
                (connection == null ? "no connection is for " : "connection " + connection + " is not for ") + who
                        + ": an administrator has restricted it to the jobs of certain folders.",
                known.isEmpty() ? null : "For this job there is: " + known + ".",
                "Move the job, or let an administrator add its folder in Manage Jenkins, System, Stateful Mongo.");
    }
}
