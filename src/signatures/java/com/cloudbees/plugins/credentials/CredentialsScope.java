package com.cloudbees.plugins.credentials;

/** Signature of {@code com.cloudbees.plugins.credentials.CredentialsScope} in credentials. */
public enum CredentialsScope {
    SYSTEM,
    GLOBAL,
    USER
}
