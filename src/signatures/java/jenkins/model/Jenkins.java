package jenkins.model;

import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.TopLevelItem;
import hudson.security.ACL;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import java.io.IOException;
import java.util.List;
import org.kohsuke.stapler.StaplerProxy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Signature of {@code jenkins.model.Jenkins} in jenkins-core. */
public class Jenkins implements ItemGroup<TopLevelItem>, AccessControlled, StaplerProxy {
    public static final PermissionGroup PERMISSIONS = new PermissionGroup(Jenkins.class, null);
    public static final Permission ADMINISTER = permission("Administer", null);
    public static final Permission MANAGE = permission("Manage", ADMINISTER);
    public static final Permission SYSTEM_READ = permission("SystemRead", ADMINISTER);
    public static final Permission READ = permission("Read", Permission.READ);

    public static final Authentication ANONYMOUS2 = () -> "anonymous";

    private static final Jenkins INSTANCE = new Jenkins();

    @Override
    public Object getTarget() {
        return this;
    }

    private final ACL acl = new ACL() {
        @Override
        public boolean hasPermission2(Authentication a, Permission permission) {
            return a == ACL.SYSTEM2;
        }
    };

    private Jenkins() {}

    private static Permission permission(String name, Permission impliedBy) {
        return new Permission(PERMISSIONS, name, null, impliedBy, PermissionScope.JENKINS);
    }

    public static Jenkins get() throws IllegalStateException {
        return INSTANCE;
    }

    public static Jenkins getInstanceOrNull() {
        return INSTANCE;
    }

    public static Authentication getAuthentication2() {
        Authentication current = SecurityContextHolder.getContext().getAuthentication();
        return current == null ? ACL.SYSTEM2 : current;
    }

    public String getLegacyInstanceId() {
        return "0000000000000000000000000000000000000000000000000000000000000000";
    }

    public String getRootUrl() throws IllegalStateException {
        return null;
    }

    public boolean isTerminating() {
        return false;
    }

    public InitMilestone getInitLevel() {
        return InitMilestone.COMPLETED;
    }

    @Override
    public List<TopLevelItem> getItems() {
        return List.of();
    }

    public Item getItemByFullName(String fullName) {
        return null;
    }

    @SuppressWarnings("rawtypes")
    public Descriptor getDescriptor(Class<? extends Describable> type) {
        for (Descriptor descriptor : ExtensionList.lookup(Descriptor.class)) {
            if (descriptor.clazz == type) {
                return descriptor;
            }
        }
        return null;
    }

    @SuppressWarnings("rawtypes")
    public Descriptor getDescriptorOrDie(Class<? extends Describable> type) {
        Descriptor descriptor = getDescriptor(type);
        if (descriptor == null) {
            throw new AssertionError(type + " is missing its descriptor");
        }
        return descriptor;
    }

    @SuppressWarnings("rawtypes")
    public <T extends Descriptor> T getDescriptorByType(Class<T> type) {
        return ExtensionList.lookup(type).get(type);
    }

    @Override
    public ACL getACL() {
        return acl;
    }

    @Override
    public String getDisplayName() {
        return "Jenkins";
    }

    @Override
    public String getFullName() {
        return "";
    }

    @Override
    public String getFullDisplayName() {
        return "";
    }

    @Override
    @Deprecated
    public String getUrl() {
        return "";
    }

    @Override
    public synchronized void save() throws IOException {}
}
