package io.jenkins.plugins.statefulmongo.config;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import java.util.function.Function;

/**
 * The names that a job or folder gives to steps that name no cluster or no namespace: names only, never a URL or a credential. The job's
 * own come first, then those of the nearest folder that has any; cluster and namespace each by itself.
 */
public interface Defaults {
    /** Name of a connection, or null. */
    String getCluster();

    /** A namespace, or null. */
    String getNamespace();

    /** What folders have, where there is a plugin that brings folders. */
    abstract class OfFolders implements ExtensionPoint {
        /** The folder's own, or null where it has none. */
        protected abstract Defaults of(ItemGroup<?> folder);
    }

    /**
     * A default with who gives it.
     *
     * @param owner such as {@code job team/shop/deploy}, or null for Jenkins' own
     */
    record Found(String name, String owner) {
        /** How a message calls it: {@code the default cluster 'prod' of job team/shop/deploy}. */
        String text(String what) {
            return "the default " + what + " '" + name + "'" + (owner == null ? "" : " of " + owner);
        }

        /** Where it is to be corrected. */
        String place() {
            return owner == null ? "Manage Jenkins, System, Stateful Mongo" : "the configuration of " + owner;
        }
    }

    /**
     * @param job null for a step outside of all jobs
     * @param which {@link #getCluster} or {@link #getNamespace}
     * @return null where neither the job nor a folder has one
     */
    static Found find(Job<?, ?> job, Function<Defaults, String> which) {
        if (job == null) {
            return null;
        }
        Found own = found(job.getProperty(StatefulMongoJobProperty.class), which, "job " + job.getFullName());
        ItemGroup<?> group = job.getParent();
        while (own == null && group instanceof Item folder) {
            if (group instanceof Job<?, ?> whole) { // of which this one is a part, as a configuration of a matrix
                own = found(whole.getProperty(StatefulMongoJobProperty.class), which, "job " + whole.getFullName());
                group = whole.getParent();
                continue;
            }
            for (OfFolders folders : ExtensionList.lookup(OfFolders.class)) {
                own = own == null ? found(folders.of(group), which, "folder " + folder.getFullName()) : own;
            }
            group = folder.getParent();
        }
        return own;
    }

    private static Found found(Defaults defaults, Function<Defaults, String> which, String owner) {
        String name = defaults == null ? null : which.apply(defaults);
        return name == null ? null : new Found(name, owner);
    }
}
