package hudson.model;

import net.sf.json.JSONObject;
import org.kohsuke.stapler.StaplerRequest2;

/** Signature of {@code hudson.model.JobPropertyDescriptor} in jenkins-core. */
public abstract class JobPropertyDescriptor extends Descriptor<JobProperty<?>> {
    protected JobPropertyDescriptor(Class<? extends JobProperty<?>> clazz) {
        super(clazz);
    }

    protected JobPropertyDescriptor() {}

    @Override
    public JobProperty<?> newInstance(StaplerRequest2 req, JSONObject formData) throws FormException {
        return super.newInstance(req, formData);
    }

    @SuppressWarnings("rawtypes")
    public boolean isApplicable(Class<? extends Job> jobType) {
        return true;
    }
}
