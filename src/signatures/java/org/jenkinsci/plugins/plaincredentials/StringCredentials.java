package org.jenkinsci.plugins.plaincredentials;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.util.Secret;

/** Signature of {@code org.jenkinsci.plugins.plaincredentials.StringCredentials} in plain-credentials. */
public interface StringCredentials extends StandardCredentials {
    Secret getSecret();
}
