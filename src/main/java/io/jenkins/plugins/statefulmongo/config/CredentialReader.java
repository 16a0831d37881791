package io.jenkins.plugins.statefulmongo.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.kube.ServerUrl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Makes a connection of a {@link ClusterConnection} and the credential that it names. No message holds a secret. */
final class CredentialReader {
    private static final int LARGEST_KUBECONFIG = 1024 * 1024;

    private final ClusterConnection settings;

    CredentialReader(ClusterConnection settings) {
        this.settings = settings;
    }

    /**
     * Looked up as Jenkins itself and not as the build: whoever may use the connection need not see its credential.
     *
     * @param run the build whose use of the credential is recorded
     */
    static StandardCredentials find(String connection, String id, Run<?, ?> run) throws Failure {
        if (id == null) {
            throw new Failure(
                    "connection " + connection + " names no credential.",
                    "Choose one in Manage Jenkins, System, Stateful Mongo: a secret text with a token, a secret file with a kubeconfig, or a certificate.");
        }
        StandardCredentials found = CredentialsProvider.findCredentialByIdInItemGroup(
                id, StandardCredentials.class, Jenkins.get(), ACL.SYSTEM2, List.of());
        if (found == null) {
            throw new Failure(
                    "connection " + connection + " names the credential '" + id + "', which Jenkins' own credentials do not hold.",
                    "Add it in Manage Jenkins, Credentials, System: a folder's credentials are out of a connection's reach.");
        }
        if (run != null) {
            CredentialsProvider.track(run, found);
        }
        return found;
    }

    Connection read(StandardCredentials credential) throws Failure {
        if (credential instanceof StringCredentials token) {
            return withToken(token.getSecret().getPlainText());
        }
        if (credential instanceof FileCredentials file) {
            return withKubeconfig(file);
        }
        if (credential instanceof StandardCertificateCredentials certificate) {
            ClientCertificate client = ClientCertificate.of(certificate, settings.getName());
            return connection(null, client.certificate(), client.key());
        }
        throw new Failure(
                "the credential of connection " + settings.getName() + " is neither a secret text nor a secret file nor a certificate.",
                "Give a secret text with a service account's token, a secret file with a kubeconfig, or a client's certificate.",
                "API servers take no user names and passwords since Kubernetes 1.19.");
    }

    private Connection withToken(String token) throws Failure {
        return connection(token.strip(), null, null);
    }

    private Connection connection(String token, String certificate, String key) throws Failure {
        if (settings.getServerUrl() == null) {
            throw needsServer();
        }
        return new Connection(settings.getName(), server(), authority(), token, certificate, key, settings.getNamespace());
    }

    /** What the form says wins over what the kubeconfig says. */
    private Connection withKubeconfig(FileCredentials file) throws Failure {
        Connection read = Kubeconfig.read(text(file), settings.getName());
        return read.with(server(), authority(), settings.getNamespace());
    }

    private String server() throws Failure {
        String server = settings.getServerUrl();
        if (server != null && !ServerUrl.isSafe(server)) {
            throw needsServer();
        }
        return server;
    }

    private Failure needsServer() {
        return new Failure(
                "connection " + settings.getName() + " needs the API server's URL, beginning with https://, without user, query and fragment.",
                "Set it in Manage Jenkins, System, Stateful Mongo. `kubectl cluster-info` prints it.");
    }

    private String authority() {
        String pem = settings.getCaCertificate();
        return pem == null ? null : Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    private String text(FileCredentials file) throws Failure {
        try (InputStream content = file.getContent()) {
            byte[] bytes = content.readNBytes(LARGEST_KUBECONFIG + 1);
            if (bytes.length > LARGEST_KUBECONFIG) {
                throw new Failure("the secret file of connection " + settings.getName() + " is over 1 MiB: no kubeconfig is.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Failure("the secret file of connection " + settings.getName() + " cannot be read.");
        }
    }

    static ListBoxModel choices(String chosen, boolean mayChoose) {
        StandardListBoxModel choices = new StandardListBoxModel();
        choices.includeEmptyValue();
        if (mayChoose) {
            choices.includeMatchingAs(
                    ACL.SYSTEM2,
                    Jenkins.get(),
                    StandardCredentials.class,
                    List.of(),
                    CredentialsMatchers.anyOf(
                            CredentialsMatchers.instanceOf(StringCredentials.class),
                            CredentialsMatchers.instanceOf(FileCredentials.class),
                            CredentialsMatchers.instanceOf(StandardCertificateCredentials.class)));
        }
        return choices.includeCurrentValue(chosen);
    }
}
