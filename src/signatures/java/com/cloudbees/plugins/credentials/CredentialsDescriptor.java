package com.cloudbees.plugins.credentials;

import hudson.model.Descriptor;

/** Signature of {@code com.cloudbees.plugins.credentials.CredentialsDescriptor} in credentials. */
public abstract class CredentialsDescriptor extends Descriptor<Credentials> {
    protected CredentialsDescriptor(Class<? extends Credentials> clazz) {
        super(clazz);
    }

    protected CredentialsDescriptor() {}
}
