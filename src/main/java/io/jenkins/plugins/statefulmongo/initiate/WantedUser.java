package io.jenkins.plugins.statefulmongo.initiate;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A user of an application, as parameter {@code users} describes it: YAML, by the ids of the credentials.
 *
 * @param credentialsId of its name and password
 * @param database where it logs in
 */
public record WantedUser(String credentialsId, String database, Set<Role> roles) {
    /** The parameter's name. */
    public static final String PARAMETER = "users";

    // https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions, on every system
    private static final Pattern DATABASE = Pattern.compile("[^/\\\\. \"$*<>:|?\\p{Cntrl}]+");
    private static final int LONGEST = 63;
    private static final Pattern ROLE = Pattern.compile("([\\w-]{1,100})(?:@(.+))?");
    private static final String EXAMPLE = "Write them as YAML, one credential a line: 'shop-app: {database: shop, roles: readWrite}'.";

    /**
     * What the parameter says; empty where it is not given.
     *
     * @throws Failure naming the parameter and the user
     */
    public static List<WantedUser> of(Parameters parameters) throws Failure {
        if (!parameters.has(PARAMETER)) {
            return List.of();
        }
        List<WantedUser> users = new ArrayList<>();
        for (Map.Entry<String, Object> user : Yaml.one(parameters.raw(PARAMETER), "parameter '" + PARAMETER + "'").entrySet()) {
            users.add(of(user.getKey(), user.getValue()));
        }
        if (users.isEmpty()) {
            throw Parameters.bad(PARAMETER, "names no user", EXAMPLE);
        }
        if (!parameters.has(Login.ROOT)) {
            throw Parameters.bad(PARAMETER, "needs parameter '" + Login.ROOT + "', the user who creates the others");
        }
        return users;
    }

    private static WantedUser of(String id, Object value) throws Failure {
        if (id.isBlank()) {
            throw Parameters.bad(PARAMETER, "names a user without the id of its credential", EXAMPLE);
        }
        if (!(value instanceof Map<?, ?> fields)) {
            throw bad(id, "neither a database nor roles", EXAMPLE);
        }
        for (Object field : fields.keySet()) {
            if (!field.equals("database") && !field.equals("roles")) {
                throw bad(id, "the field '" + clip(field) + "', and there are database and roles alone",
                        "Name and password are the credential's: arguments are stored with the build.");
            }
        }
        String database = database(id, fields.get("database"));
        Set<Role> roles = new LinkedHashSet<>();
        Object given = fields.get("roles");
        for (Object role : given instanceof List<?> list ? list : given == null ? List.of() : List.of(given)) {
            roles.add(role(id, database, role));
        }
        if (roles.isEmpty()) {
            throw bad(id, "no roles", "Give one such as readWrite, or a list.");
        }
        return new WantedUser(id, database, roles);
    }

    private static String database(String id, Object value) throws Failure {
        if (value == null) {
            throw bad(id, "no database", "Name the one where it logs in.");
        }
        if (!(value instanceof String name)
                || !DATABASE.matcher(name).matches()
                || name.getBytes(StandardCharsets.UTF_8).length > LONGEST
                || name.equals("local")) {
            throw bad(id, "the database '" + clip(value) + "', where no user can be",
                    "The name of a database has at most " + LONGEST + " characters, no space and none of /\\.\"$*<>:|?, and is not local.");
        }
        return name;
    }

    private static Role role(String id, String database, Object value) throws Failure {
        var parts = ROLE.matcher(value instanceof String text ? text : "");
        if (!parts.matches()) {
            throw bad(id, "the role '" + clip(value) + "', which is none", "Write a role of the user's database as readWrite, one of another as read@stock.");
        }
        return new Role(parts.group(1), parts.group(2) == null ? database : database(id, parts.group(2)));
    }

    private static Failure bad(String id, String what, String remedy) {
        return Parameters.bad(PARAMETER, "has for credential '" + clip(id) + "' " + what, remedy);
    }

    private static String clip(Object value) {
        String text = String.valueOf(value).replaceAll("\\s+", " ");
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
