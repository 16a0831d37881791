package com.cloudbees.plugins.credentials;

import java.io.Serializable;

/** Signature of {@code com.cloudbees.plugins.credentials.CredentialsMatcher} in credentials. */
public interface CredentialsMatcher extends Serializable {
    boolean matches(Credentials item);
}
