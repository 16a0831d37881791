package io.jenkins.plugins.statefulmongo.initiate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WantedUserTest {
    private static List<WantedUser> of(String users) throws Failure {
        return WantedUser.of(new Parameters(Map.of("rootCredentialsId", "shop-mongo", "users", users)));
    }

    @Test
    void aRoleIsOfTheUsersOwnDatabaseUnlessItNamesAnother() throws Failure {
        assertThat(of("shop-app: {database: shop, roles: readWrite}\nshop-report: {database: report, roles: [read, read@shop]}")).containsExactly(
                new WantedUser("shop-app", "shop", Set.of(new Role("readWrite", "shop"))),
                new WantedUser("shop-report", "report", Set.of(new Role("read", "report"), new Role("read", "shop"))));
        assertThat(WantedUser.of(new Parameters(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                       | names no user.
            'a: ['                                                   | is no valid YAML at line 1
            '- a'                                                    | holds a document that is no object
            'shop-app: readWrite'                                    | has for credential 'shop-app' neither a database nor roles.
            'shop-app: {roles: readWrite}'                           | has for credential 'shop-app' no database.
            'shop-app: {database: shop}'                             | has for credential 'shop-app' no roles.
            'shop-app: {database: shop, roles: []}'                  | has for credential 'shop-app' no roles.
            'shop-app: {database: shop, roles: read write}'          | the role 'read write', which is none.
            'shop-app: {database: shop, roles: [7]}'                 | the role '7', which is none.
            'shop-app: {database: shop, roles: read@}'               | the role 'read@', which is none.
            'shop-app: {database: shop, roles: read@local}'          | the database 'local', where no user can be.
            'shop-app: {database: a.b, roles: read}'                 | the database 'a.b', where no user can be.
            'shop-app: {database: 815, roles: read}'                 | the database '815', where no user can be.
            'shop-app: {database: $external, roles: read}'           | the database '$external', where no user can be.
            'shop-app: {database: shop, roles: read, password: x}'   | the field 'password', and there are database and roles alone.
            """)
    void whatIsNoUserIsRefused(String users, String message) {
        String given = users.equals("{}") ? users : users.replaceAll("^'|'$", "");
        assertThatThrownBy(() -> of(given)).isInstanceOf(Failure.class)
                .hasMessageStartingWith("parameter 'users' ")
                .hasMessageContaining(message);
    }

    @Test
    void theRootUserCreatesThem() {
        assertThatThrownBy(() -> WantedUser.of(new Parameters(Map.of("users", "shop-app: {database: shop, roles: read}"))))
                .hasMessage("parameter 'users' needs parameter 'rootCredentialsId', the user who creates the others.");
    }

    @Test
    void noUserIsDescribedTwice() {
        Login root = new Login("shop-mongo", "root", "planted");
        Login same = new Login("other", "root", "planted");
        Parameters parameters = new Parameters(Map.of("rootCredentialsId", "shop-mongo", "users",
                "shop-mongo: {database: shop, roles: read}\nother: {database: shop, roles: read}"));
        Scope scope = new Scope(null, "shop", null, "", () -> {}, root, Map.of("shop-mongo", root, "other", same));
        assertThatThrownBy(() -> new ApplicationUsers(scope, parameters, null)).hasMessageStartingWith(
                "parameter 'users' has for credential 'other' the user and the database of credential 'shop-mongo'.");
        Parameters asRoot = new Parameters(Map.of("rootCredentialsId", "shop-mongo", "users", "other: {database: admin, roles: read}"));
        assertThatThrownBy(() -> new ApplicationUsers(scope, asRoot, null)).hasMessageStartingWith(
                "parameter 'users' has for credential 'other' the user and the database of parameter 'rootCredentialsId'.");
    }
}
