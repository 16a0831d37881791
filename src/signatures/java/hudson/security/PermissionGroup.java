package hudson.security;

import org.jvnet.localizer.Localizable;

/** Signature of {@code hudson.security.PermissionGroup} in jenkins-core. */
@SuppressWarnings("rawtypes")
public final class PermissionGroup {
    public final Class owner;
    public final Localizable title;

    public PermissionGroup(Class owner, Localizable title) throws IllegalStateException {
        this.owner = owner;
        this.title = title;
    }
}
