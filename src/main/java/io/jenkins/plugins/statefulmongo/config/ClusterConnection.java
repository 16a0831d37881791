package io.jenkins.plugins.statefulmongo.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** One cluster as an administrator names it: where its API server is, and the id of the credential to use there. */
public class ClusterConnection extends AbstractDescribableImpl<ClusterConnection> {
    private final String name;
    private String serverUrl;
    private String caCertificate;
    private String credentialsId;
    private String namespace;
    private boolean serviceAccount;

    /** @param name what a step's {@code cluster} says */
    @DataBoundConstructor
    public ClusterConnection(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    public String getServerUrl() {
        return serverUrl;
    }

    /** URL of the API server; not needed with a kubeconfig or the service account. */
    @DataBoundSetter
    public void setServerUrl(String serverUrl) {
        this.serverUrl = Util.fixEmptyAndTrim(serverUrl);
    }

    public String getCaCertificate() {
        return caCertificate;
    }

    /** The certificates to trust, as PEM; those of the JVM when blank. */
    @DataBoundSetter
    public void setCaCertificate(String caCertificate) {
        this.caCertificate = Util.fixEmptyAndTrim(caCertificate);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    /** A secret text with a bearer token, or a secret file with a kubeconfig. */
    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getNamespace() {
        return namespace;
    }

    /** Used where a step names none. */
    @DataBoundSetter
    public void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace);
    }

    public boolean isServiceAccount() {
        return serviceAccount;
    }

    /** Whether to use the service account of the pod that this controller runs in. */
    @DataBoundSetter
    public void setServiceAccount(boolean serviceAccount) {
        this.serviceAccount = serviceAccount;
    }

    Connection resolve(Run<?, ?> run) throws Failure {
        if (serviceAccount) {
            return ServiceAccount.ofThisPod().connection(name, namespace);
        }
        return new CredentialReader(this).read(CredentialReader.find(name, credentialsId, run));
    }

    /** The form. */
    @Extension
    @Symbol("clusterConnection")
    public static class DescriptorImpl extends Descriptor<ClusterConnection> {
        @Override
        public String getDisplayName() {
            return "Kubernetes cluster";
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error("Steps name the connection by this: it cannot be blank.")
                    : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckServerUrl(@QueryParameter String value) {
            String url = Util.fixEmptyAndTrim(value);
            return url == null || url.startsWith("https://")
                    ? FormValidation.ok()
                    : FormValidation.error("Must begin with https://, as the credential is sent there.");
        }

        /** Only for those who may change the system configuration; others see what is chosen, and no other names. */
        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return CredentialReader.choices(credentialsId, Jenkins.get().hasPermission(Jenkins.ADMINISTER));
        }
    }
}
