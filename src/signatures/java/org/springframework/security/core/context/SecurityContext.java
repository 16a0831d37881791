package org.springframework.security.core.context;

import java.io.Serializable;
import org.springframework.security.core.Authentication;

/** Signature of {@code org.springframework.security.core.context.SecurityContext} in spring-security-core. */
public interface SecurityContext extends Serializable {
    Authentication getAuthentication();
}
