package org.springframework.security.core.context;

/** Signature of {@code org.springframework.security.core.context.SecurityContextHolder} in spring-security-core. */
public class SecurityContextHolder {
    private static final ThreadLocal<SecurityContext> CONTEXT = ThreadLocal.withInitial(() -> () -> null);

    public static SecurityContext getContext() {
        return CONTEXT.get();
    }

    public static void setContext(SecurityContext context) {
        CONTEXT.set(context);
    }
}
