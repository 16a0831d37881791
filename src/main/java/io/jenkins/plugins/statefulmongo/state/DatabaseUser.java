package io.jenkins.plugins.statefulmongo.state;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A user of a set, without its password. Pure.
 *
 * @param database where it logs in
 * @param roles in no order
 */
public record DatabaseUser(String name, String database, Set<Role> roles) {

    /** @param database that the role is of: its rights are in there, or where it is {@code admin} in the whole set */
    public record Role(String name, String database) {
        public static final Role ROOT = new Role("root", "admin");
    }

    public DatabaseUser {
        roles = Set.copyOf(roles);
    }

    public boolean is(String otherName, String otherDatabase) {
        return name.equals(otherName) && database.equals(otherDatabase);
    }

    /** {@code root@admin} */
    public String label() {
        return name + "@" + database;
    }

    /** Roles as the parameter {@code users} takes them: {@code readWrite, read@stock}. */
    public static String text(Collection<Role> roles, String database) {
        return roles.stream()
                .map(r -> r.database.equals(database) ? r.name : r.name + "@" + r.database)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
