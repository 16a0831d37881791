package hudson.model;

import hudson.ExtensionPoint;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Signature of {@code hudson.model.Job} in jenkins-core. */
@SuppressWarnings({"rawtypes", "unchecked"})
public abstract class Job<JobT extends Job<JobT, RunT>, RunT extends Run<JobT, RunT>> extends AbstractItem
        implements ExtensionPoint {
    private final transient List<JobProperty<? super JobT>> properties = new CopyOnWriteArrayList<>();

    protected Job(ItemGroup parent, String name) {
        super(parent, name);
    }

    public abstract boolean isBuildable();

    protected abstract SortedMap<Integer, ? extends RunT> _getRuns();

    protected abstract void removeRun(RunT run);

    public RunT getBuildByNumber(int n) {
        return _getRuns().get(n);
    }

    public void addProperty(JobProperty<? super JobT> jobProp) throws IOException {
        properties.add(jobProp);
        save();
    }

    public <T extends JobProperty> T getProperty(Class<T> clazz) {
        return properties.stream().filter(clazz::isInstance).map(clazz::cast).findFirst().orElse(null);
    }
}
