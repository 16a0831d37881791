package io.jenkins.plugins.statefulmongo.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Sends an HTTP request to a Service through the API server, and checks the answer. */
public final class ProbeServiceStep extends OperationStep {

    @DataBoundConstructor
    public ProbeServiceStep(String service) {
        super("probeService");
        put("service", service);
    }

    public String getService() {
        return text("service");
    }

    public String getPort() {
        return text("port");
    }

    /** @param port a number, or the name of a port of the Service */
    @DataBoundSetter
    public void setPort(String port) {
        put("port", port);
    }

    public String getPath() {
        return text("path");
    }

    @DataBoundSetter
    public void setPath(String path) {
        put("path", path);
    }

    public String getMethod() {
        return text("method");
    }

    @DataBoundSetter
    public void setMethod(String method) {
        put("method", method);
    }

    public Integer getExpectedStatus() {
        return number("expectedStatus");
    }

    @DataBoundSetter
    public void setExpectedStatus(Integer expectedStatus) {
        put("expectedStatus", expectedStatus);
    }

    public String getContains() {
        return text("contains");
    }

    @DataBoundSetter
    public void setContains(String contains) {
        put("contains", contains);
    }

    public Integer getWithinSeconds() {
        return number("withinSeconds");
    }

    @DataBoundSetter
    public void setWithinSeconds(Integer withinSeconds) {
        put("withinSeconds", withinSeconds);
    }

    public Integer getForSeconds() {
        return number("forSeconds");
    }

    @DataBoundSetter
    public void setForSeconds(Integer forSeconds) {
        put("forSeconds", forSeconds);
    }

    @Extension
    public static final class DescriptorImpl extends OperationStepDescriptor {
        public DescriptorImpl() {
            super("probeService", "port");
        }

        @Override
        public String getDisplayName() {
            return Messages.ProbeServiceStep_displayName();
        }

        @POST
        public ListBoxModel doFillMethodItems(@AncestorInPath Item item) {
            return choices(item, "GET", "PUT", "POST", "DELETE", "HEAD");
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "service", value);
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "port", value, "service", "any");
        }

        @POST
        public FormValidation doCheckPath(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "path", value, "service", "any");
        }

        @POST
        public FormValidation doCheckExpectedStatus(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "expectedStatus", value, "service", "any");
        }

        @POST
        public FormValidation doCheckWithinSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "withinSeconds", value, "service", "any");
        }

        @POST
        public FormValidation doCheckForSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, "forSeconds", value, "service", "any");
        }
    }
}
