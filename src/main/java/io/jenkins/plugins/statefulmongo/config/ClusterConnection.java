package io.jenkins.plugins.statefulmongo.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.HttpProxy;
import io.jenkins.plugins.statefulmongo.kube.ServerUrl;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** One cluster as an administrator names it: where its API server is, and the id of the credential to use there. */
public class ClusterConnection implements Describable<ClusterConnection> {
    private final String name;
    private String serverUrl;
    private String caCertificate;
    private String credentialsId;
    private String namespace;
    private boolean serviceAccount;
    private String folders;
    private String proxy;
    private String noProxy;

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

    /** A secret text with a bearer token, a secret file with a kubeconfig, or a certificate with its key. */
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

    public String getFolders() {
        return folders;
    }

    /** Full names of the folders whose jobs may use this connection, one a line; every job when blank. */
    @DataBoundSetter
    public void setFolders(String folders) {
        this.folders = Util.fixEmptyAndTrim(folders);
    }

    public String getProxy() {
        return proxy;
    }

    /** The HTTP proxy to go through, as {@code http://host:port}; what Java itself is told to use when blank. */
    @DataBoundSetter
    public void setProxy(String proxy) {
        this.proxy = Util.fixEmptyAndTrim(proxy);
    }

    public String getNoProxy() {
        return noProxy;
    }

    /** Hosts, ends of host names, addresses and subnets that are reached without the proxy, separated by commas. */
    @DataBoundSetter
    public void setNoProxy(String noProxy) {
        this.noProxy = Util.fixEmptyAndTrim(noProxy);
    }

    /**
     * Whether a job may use this connection.
     *
     * @param job full name of the job, or null where there is none
     */
    boolean isFor(String job) {
        return Folders.of(folders).hold(job);
    }

    /** What may not be stored: a connection without a name of its own, or with a secret in a field that is shown as it is. */
    static final class NotStored extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        NotStored(String message) {
            super(message);
        }
    }

    /** To be asked before this is stored. No message quotes the field. */
    void refuseOpenSecrets() {
        refuse(serverUrl, Messages.ClusterConnection_secretInServerUrl(name));
        refuse(proxy, Messages.ClusterConnection_secretInProxy(name));
        if (caCertificate != null && caCertificate.contains("PRIVATE KEY")) {
            throw new NotStored(Messages.ClusterConnection_secretInCaCertificate(name));
        }
    }

    private static void refuse(String url, String message) {
        if (url != null && url.matches("(?s).*[@?#].*")) {
            throw new NotStored(message);
        }
    }

    /** @param run the build whose use of the credential is recorded, or null */
    Connection connect(Run<?, ?> run) throws Failure {
        HttpProxy through = HttpProxy.of(proxy, noProxy);
        Connection connection = serviceAccount
                ? ServiceAccount.ofThisPod().connection(name, namespace)
                : new CredentialReader(this).read(CredentialReader.find(name, credentialsId, run));
        return connection.through(through);
    }

    /** The form. All of it is for administrators alone, as the rest of the section is. */
    @Extension
    @Symbol("clusterConnection")
    public static class DescriptorImpl extends Descriptor<ClusterConnection> {
        @Override
        public String getDisplayName() {
            return Messages.ClusterConnection_displayName();
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return Forms.administrator(() -> Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ClusterConnection_nameMissing())
                    : FormValidation.ok());
        }

        @POST
        public FormValidation doCheckServerUrl(@QueryParameter String value) {
            String url = Util.fixEmptyAndTrim(value);
            return Forms.administrator(() -> url == null || ServerUrl.isSafe(url)
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.ClusterConnection_noHttps()));
        }

        @POST
        public FormValidation doCheckProxy(@QueryParameter String value) {
            return Forms.administrator(() -> Forms.valid(() -> HttpProxy.of(Util.fixEmptyAndTrim(value), null)));
        }

        @POST
        public FormValidation doCheckNoProxy(@QueryParameter String value) {
            return Forms.administrator(() -> Forms.valid(() -> HttpProxy.of("http://any:1", value)));
        }

        @POST
        public FormValidation doCheckNamespace(@QueryParameter String value) {
            return Forms.administrator(() -> Forms.valid("namespace", value, p -> p.label("namespace", null)));
        }

        /** A folder may be made later, and one that is gone keeps its jobs out: a warning. */
        @POST
        public FormValidation doCheckFolders(@QueryParameter String value) {
            return Forms.administrator(() -> Folders.of(value).names().stream()
                    .filter(name -> !(Jenkins.get().getItemByFullName(name) instanceof ItemGroup))
                    .findFirst()
                    .map(name -> FormValidation.warning(Messages.ClusterConnection_noSuchFolder(name)))
                    .orElseGet(FormValidation::ok));
        }

        /** Others see what is chosen, and no other names. */
        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return CredentialReader.choices(credentialsId, Jenkins.get().hasPermission(Jenkins.ADMINISTER));
        }

        /**
         * Needs Jenkins/Administer, and Jenkins/Manage is not enough: it sends a credential of Jenkins itself to whatever URL the form
         * holds, and the section is shown to administrators only.
         */
        @POST
        public FormValidation doTestConnection(
                @QueryParameter String name,
                @QueryParameter String serverUrl,
                @QueryParameter String caCertificate,
                @QueryParameter String credentialsId,
                @QueryParameter String namespace,
                @QueryParameter boolean serviceAccount,
                @QueryParameter String proxy,
                @QueryParameter String noProxy)
                throws InterruptedException {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            ClusterConnection shown = new ClusterConnection(name);
            shown.setServerUrl(serverUrl);
            shown.setCaCertificate(caCertificate);
            shown.setCredentialsId(credentialsId);
            shown.setNamespace(namespace);
            shown.setServiceAccount(serviceAccount);
            shown.setProxy(proxy);
            shown.setNoProxy(noProxy);
            try {
                return ConnectionCheck.of(shown.connect(null));
            } catch (Failure e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}
