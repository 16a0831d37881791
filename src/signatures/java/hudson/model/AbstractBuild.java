package hudson.model;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Signature of {@code hudson.model.AbstractBuild} in jenkins-core. */
public abstract class AbstractBuild<P extends AbstractProject<P, R>, R extends AbstractBuild<P, R>> extends Run<P, R> {
    protected AbstractBuild(P job) throws IOException {
        super(job);
    }

    public Map<String, String> getBuildVariables() {
        return new LinkedHashMap<>();
    }
}
