package com.cloudbees.plugins.credentials.common;

/** Signature of {@code com.cloudbees.plugins.credentials.common.StandardCertificateCredentials} in credentials. */
public interface StandardCertificateCredentials extends StandardCredentials, CertificateCredentials {}
