package com.cloudbees.plugins.credentials.domains;

import hudson.ExtensionPoint;
import java.io.Serializable;

/** Signature of {@code com.cloudbees.plugins.credentials.domains.DomainRequirement} in credentials. */
public class DomainRequirement implements ExtensionPoint, Serializable {}
