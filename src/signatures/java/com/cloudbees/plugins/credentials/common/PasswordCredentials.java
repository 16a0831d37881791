package com.cloudbees.plugins.credentials.common;

import com.cloudbees.plugins.credentials.Credentials;
import hudson.util.Secret;

/** Signature of {@code com.cloudbees.plugins.credentials.common.PasswordCredentials} in credentials. */
public interface PasswordCredentials extends Credentials {
    Secret getPassword();
}
