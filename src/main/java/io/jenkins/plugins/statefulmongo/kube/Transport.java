package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.IdleThreads;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.ExecutorService;

/** How calls travel to an API server, and what a person is told of one that did not get through. */
final class Transport implements AutoCloseable {
    /** Threads on which answers arrive. By themselves they would be as many as answers arrive at the same moment. */
    private static final int ANSWERS = 4;

    private final KubernetesClient client;
    private final io.fabric8.kubernetes.client.http.HttpClient sockets;

    /** Clients of their own, whose certificates and keys are read here. */
    Transport(Connection connection) throws Failure {
        connection.check();
        try {
            Factory factory = new Factory();
            client = new KubernetesClientBuilder().withConfig(connection.config()).withHttpClientFactory(factory).build();
            sockets = factory.newBuilder(client.getConfiguration()).build();
        } catch (RuntimeException e) {
            throw new Failure(
                    "the connection " + connection + " cannot be used: " + message(e) + ".",
                    "Check its server URL, certificate authority and client certificate in Manage Jenkins.");
        }
    }

    KubernetesClient client() {
        return client;
    }

    /**
     * For WebSockets that stay open for long. Java opens one on a connection that a request has used, and keeps with that connection the
     * request's whole answer, such as the list that comes before a watch: twice the memory of a watch.
     */
    io.fabric8.kubernetes.client.http.HttpClient sockets() {
        return sockets;
    }

    @Override
    public void close() {
        sockets.close();
        client.close();
    }

    private static final class Factory extends JdkHttpClientFactory {
        private final ExecutorService answers = IdleThreads.pool("http-stateful-mongo", ANSWERS);

        /**
         * fabric8 ends the threads of its own choice at once when the client is closed: nothing would be left to close its
         * WebSockets, and an open one holds the client, whose last thread ends when the collector finds it.
         */
        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(answers);
        }

        /**
         * A redirect is an answer. To follow it, as fabric8 has it, would take the credential along, and an application
         * behind the API server's service proxy may send one to wherever it likes. And never HTTP/2: Java would send all
         * calls over one connection, also after that was lost without a word, until TCP gives it up a quarter of an hour later.
         */
        @Override
        protected void additionalConfig(HttpClient.Builder builder) {
            builder.followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1);
        }
    }

    /** What happened, in words: the innermost exception says it, or its class does; with certificates the outer ones too. */
    static String message(Throwable e) {
        Throwable root = e;
        boolean untrusted = isUntrusted(root);
        boolean connecting = false;
        while (root.getCause() != null && root.getCause() != root) {
            connecting |= root instanceof ConnectException;
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
        return words(root, connecting || root instanceof ConnectException);
    }

    private static String words(Throwable root, boolean connecting) {
        String message = root.getMessage();
        if (root instanceof UnknownHostException) {
            return "unknown host " + message;
        }
        if (root instanceof UnresolvedAddressException) {
            return "the name of its host is unknown";
        }
        if (connecting) {
            return "no connection" + (message == null ? "" : ": " + message);
        }
        boolean ended = root instanceof EOFException || root instanceof ClosedChannelException
                || message != null && message.contains("received no bytes");
        return ended ? "the connection ended without an answer" : message == null ? root.getClass().getSimpleName() : message;
    }

    private static boolean isUntrusted(Throwable e) {
        return e instanceof CertPathBuilderException || e instanceof CertPathValidatorException;
    }
}
