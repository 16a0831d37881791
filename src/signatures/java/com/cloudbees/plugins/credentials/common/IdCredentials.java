package com.cloudbees.plugins.credentials.common;

import com.cloudbees.plugins.credentials.Credentials;

/** Signature of {@code com.cloudbees.plugins.credentials.common.IdCredentials} in credentials. */
public interface IdCredentials extends Credentials {
    String getId();
}
