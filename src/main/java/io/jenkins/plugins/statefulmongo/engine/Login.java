package io.jenkins.plugins.statefulmongo.engine;

/**
 * A user of the database with its password. Lives as long as an operation: it is resolved anew after a restart, and is neither stored nor
 * printed.
 *
 * @param credentialsId of the credential in Jenkins that holds both
 * @param secretUser the credential treats its user name as a secret, so no message tells it
 */
public record Login(String credentialsId, String user, String password, boolean secretUser) {
    /** The name of the parameter that names the credential of the set's root user. */
    public static final String ROOT = "rootCredentialsId";

    public Login(String credentialsId, String user, String password) {
        this(credentialsId, user, password, false);
    }

    /** For messages: {@code user 'root' of credential 'shop-mongo'}. */
    public String label() {
        return (secretUser ? "the user" : "user '" + user + "'") + " of credential '" + credentialsId + "'";
    }

    /** Without the password. */
    @Override
    public String toString() {
        return label();
    }
}
