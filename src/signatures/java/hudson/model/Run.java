package hudson.model;

import hudson.EnvVars;
import hudson.ExtensionPoint;
import hudson.security.ACL;
import hudson.security.AccessControlled;
import java.io.IOException;
import jenkins.model.FullyNamedModelObject;
import org.kohsuke.stapler.StaplerProxy;
import org.springframework.security.access.AccessDeniedException;

/** Signature of {@code hudson.model.Run} in jenkins-core. */
public abstract class Run<JobT extends Job<JobT, RunT>, RunT extends Run<JobT, RunT>> extends Actionable
        implements ExtensionPoint, Comparable<RunT>, AccessControlled, FullyNamedModelObject, Saveable, StaplerProxy {
    protected final transient JobT project;
    private final long started = System.currentTimeMillis();

    protected Run(JobT job) throws IOException {
        this.project = job;
    }

    @Override
    public Object getTarget() {
        return this;
    }

    @Override
    public int compareTo(RunT that) {
        return Integer.compare(getNumber(), that.getNumber());
    }

    public JobT getParent() {
        return project;
    }

    public int getNumber() {
        return 1;
    }

    public String getId() {
        return Integer.toString(getNumber());
    }

    public Result getResult() {
        return null;
    }

    public boolean isBuilding() {
        return true;
    }

    public final long getStartTimeInMillis() {
        return started;
    }

    @Override
    public String getDisplayName() {
        return "#" + getNumber();
    }

    @Override
    public String getFullDisplayName() {
        return project.getFullDisplayName() + ' ' + getDisplayName();
    }

    public String getUrl() {
        return project.getUrl() + getNumber() + '/';
    }

    public String getExternalizableId() {
        return project.getFullName() + '#' + getNumber();
    }

    public static Run<?, ?> fromExternalizableId(String id) throws IllegalArgumentException, AccessDeniedException {
        return null;
    }

    public EnvVars getEnvironment(TaskListener listener) throws IOException, InterruptedException {
        return new EnvVars();
    }

    @Override
    public ACL getACL() {
        return project.getACL();
    }

    @Override
    public synchronized void save() throws IOException {}
}
