package com.cloudbees.plugins.credentials.common;

/** Signature of {@code com.cloudbees.plugins.credentials.common.StandardCredentials} in credentials. */
public interface StandardCredentials extends IdCredentials {
    String getDescription();
}
