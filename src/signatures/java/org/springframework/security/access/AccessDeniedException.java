package org.springframework.security.access;

/** Signature of {@code org.springframework.security.access.AccessDeniedException} in spring-security-core. */
public class AccessDeniedException extends RuntimeException {
    public AccessDeniedException(String msg) {
        super(msg);
    }
}
