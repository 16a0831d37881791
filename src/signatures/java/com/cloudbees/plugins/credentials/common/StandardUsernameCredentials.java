package com.cloudbees.plugins.credentials.common;

/** Signature of {@code com.cloudbees.plugins.credentials.common.StandardUsernameCredentials} in credentials. */
public interface StandardUsernameCredentials extends StandardCredentials, UsernameCredentials {}
