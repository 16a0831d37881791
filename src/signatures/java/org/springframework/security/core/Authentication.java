package org.springframework.security.core;

import java.io.Serializable;
import java.security.Principal;

/** Signature of {@code org.springframework.security.core.Authentication} in spring-security-core. */
public interface Authentication extends Principal, Serializable {}
