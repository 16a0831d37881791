package io.jenkins.plugins.statefulmongo.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

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

    @DataBoundSetter
    public void setConnections(List<ClusterConnection> connections) {
        this.connections = new ArrayList<>(Util.fixNull(connections));
        save();
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
        return super.configure(req, json);
    }

    @Override
    public Connection resolve(String cluster, Run<?, ?> run) throws Failure {
        String job = run == null ? null : run.getParent().getFullName();
        return choose(connections, cluster, defaultCluster, job).connect(run);
    }

    /**
     * A message names only connections that the job may use.
     *
     * @param job full name of the job, or null where there is none
     */
    static ClusterConnection choose(List<ClusterConnection> connections, String cluster, String defaultCluster, String job)
            throws Failure {
        if (connections.isEmpty()) {
            throw new Failure(
                    "no connection to a cluster is configured.",
                    "Add one in Manage Jenkins, System, Stateful Mongo, or as unclassified: statefulMongo: connections in JCasC.");
        }
        List<ClusterConnection> usable = connections.stream().filter(c -> c.isFor(job)).toList();
        String known = usable.stream().map(ClusterConnection::getName).collect(Collectors.joining(", "));
        String wanted = cluster == null ? defaultCluster : cluster;
        if (wanted == null && !usable.isEmpty()) {
            return usable.get(0);
        }
        for (ClusterConnection connection : connections) {
            if (wanted == null || wanted.equals(connection.getName())) {
                if (connection.isFor(job)) {
                    return connection;
                }
                throw elsewhere(wanted, job, known);
            }
        }
        if (cluster == null) {
            throw new Failure(
                    "the default cluster '" + wanted + "' is no configured connection.",
                    known.isEmpty() ? null : "Configured are: " + known + ".",
                    "Correct it in Manage Jenkins, System, Stateful Mongo.");
        }
        throw Parameters.bad(
                "cluster",
                "is '" + wanted + "', which is no configured connection",
                known.isEmpty() ? "There is none for this job." : "Configured are: " + known + ".");
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
