package com.cloudbees.plugins.credentials.common;

/** Signature of {@code com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials} in credentials. */
public interface StandardUsernamePasswordCredentials extends StandardUsernameCredentials, UsernamePasswordCredentials {}
