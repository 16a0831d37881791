package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.net.http.HttpClient;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

/** How calls travel to an API server, and what a person is told of one that did not get through. */
final class Transport {
    private Transport() {}

    /** A client of its own, whose certificates and keys are read here. */
    static KubernetesClient client(Connection connection) throws Failure {
        connection.check();
        try {
            return new KubernetesClientBuilder()
                    .withConfig(connection.config())
                    .withHttpClientFactory(new JdkHttpClientFactory() {
                        /**
                         * A redirect is an answer. To follow it, as fabric8 has it, would take the credential along, and an application
                         * behind the API server's service proxy may send one to wherever it likes.
                         */
                        @Override
                        protected void additionalConfig(HttpClient.Builder builder) {
                            builder.followRedirects(HttpClient.Redirect.NEVER);
                        }
                    })
                    .build();
        } catch (RuntimeException e) {
            throw new Failure(
                    "the connection " + connection + " cannot be used: " + message(e) + ".",
                    "Check its server URL, certificate authority and client certificate in Manage Jenkins.");
        }
    }

    /** The innermost exception says what happened; the outer ones only that something did, except with certificates. */
    static String message(Throwable e) {
        Throwable root = e;
        boolean untrusted = isUntrusted(root);
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
            untrusted |= isUntrusted(root);
        }
        if (root instanceof CertificateExpiredException || root instanceof CertificateNotYetValidException) {
            return "its certificate is not valid today.\n  It has to be renewed in the cluster; or the clock of this controller is wrong.";
        }
        if (untrusted) {
            return "its certificate is not from an authority that this connection trusts.\n"
                    + "  Give the connection the cluster's CA certificate in Manage Jenkins: certificate-authority-data in a kubeconfig.";
        }
        if (root instanceof CertificateException && String.valueOf(root.getMessage()).matches("No (subject alternative|name matching).*")) {
            return "its certificate is for another host name or address.\n"
                    + "  Give the connection a server URL with a name that the certificate holds.";
        }
        String name = root.getClass().getSimpleName();
        return root.getMessage() == null ? name : name + ": " + root.getMessage();
    }

    private static boolean isUntrusted(Throwable e) {
        return e instanceof CertPathBuilderException || e instanceof CertPathValidatorException;
    }
}
