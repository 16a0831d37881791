package io.jenkins.plugins.statefulmongo.config;

import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.kube.Connection;

/**
 * Where steps get their connections and the credentials that they name from: the configuration of Jenkins, unless an enclosing context gives another source, as a
 * pipeline's unit test does.
 */
public interface ConnectionSource {

    /**
     * Never on a thread of Jenkins that must not wait.
     *
     * @param cluster name of a connection, or null for the default one of the build's job
     * @param run the build that uses it
     * @throws Failure when there is no such connection, or its credential cannot be read
     */
    Connection resolve(String cluster, Run<?, ?> run) throws Failure;

    /**
     * The user and password that a step names, looked up in the context of its build.
     *
     * @param parameter of the step that names it, for messages
     * @param credentialsId what the step says
     * @throws Failure when that build may use no such credential
     */
    default Login login(String parameter, String credentialsId, Run<?, ?> run) throws Failure {
        return UserCredential.of(parameter, credentialsId, run);
    }

    /** The namespace of steps of that build that name none, before that of the connection; or null. */
    default String namespace(Run<?, ?> run) {
        return null;
    }
}
