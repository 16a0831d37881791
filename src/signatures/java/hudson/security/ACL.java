package hudson.security;

import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Signature of {@code hudson.security.ACL} in jenkins-core. */
public abstract class ACL {
    public static final Authentication SYSTEM2 = () -> "SYSTEM";

    public final void checkPermission(Permission p) {
        if (!hasPermission(p)) {
            throw new AccessDeniedException(
                    Jenkins.getAuthentication2().getName() + " is missing the permission " + p.getId());
        }
    }

    public final boolean hasPermission(Permission p) {
        Authentication a = Jenkins.getAuthentication2();
        return a == SYSTEM2 || hasPermission2(a, p);
    }

    public boolean hasPermission2(Authentication a, Permission permission) {
        throw new AbstractMethodError(getClass().getName());
    }

    public static ACLContext as2(Authentication auth) {
        SecurityContext previous = SecurityContextHolder.getContext();
        SecurityContextHolder.setContext(() -> auth);
        return new ACLContext(previous);
    }
}
