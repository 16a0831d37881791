package com.cloudbees.plugins.credentials.common;

/** Signature of {@code com.cloudbees.plugins.credentials.common.UsernamePasswordCredentials} in credentials. */
public interface UsernamePasswordCredentials extends UsernameCredentials, PasswordCredentials {}
