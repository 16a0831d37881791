package hudson.model;

import hudson.security.ACL;
import java.io.IOException;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.StaplerProxy;

/** Signature of {@code hudson.model.AbstractItem} in jenkins-core. */
@SuppressWarnings({"rawtypes", "unchecked"})
public abstract class AbstractItem extends Actionable implements Item, StaplerProxy {
    protected transient String name;
    private final transient ItemGroup parent;

    protected AbstractItem(ItemGroup parent, String name) {
        this.parent = parent;
        this.name = name;
    }

    @Override
    public Object getTarget() {
        return this;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDisplayName() {
        return name;
    }

    @Override
    public ItemGroup getParent() {
        return parent;
    }

    @Override
    public final String getFullName() {
        String folder = parent == null ? "" : parent.getFullName();
        return folder.isEmpty() ? name : folder + '/' + name;
    }

    @Override
    public final String getFullDisplayName() {
        String folder = parent == null ? "" : parent.getFullDisplayName();
        return folder.isEmpty() ? getDisplayName() : folder + " \u00bb " + getDisplayName();
    }

    @Override
    public final String getUrl() {
        return "job/" + getFullName().replace("/", "/job/") + '/';
    }

    @Override
    public ACL getACL() {
        return Jenkins.get().getACL();
    }

    @Override
    public synchronized void save() throws IOException {}
}
