package io.jenkins.plugins.statefulmongo.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.engine.Login;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentitiesTest {
    @ParameterizedTest
    @CsvSource({
        "'a+/b=', a+/b=",
        "'  a b\n\tc\r\n', abc",
        "'- first\n- second\n', first",
        "'- \"quoted\"\n', quoted",
    })
    void theKeyIsWithoutWhiteSpaceAndTheFirstOfSeveral(String content, String key) {
        assertThat(Identities.key(content)).isEqualTo(key);
    }

    @Test
    void aUserNameThatItsCredentialTreatsAsASecretIsNotTold() {
        Login login = new Login("shop-mongo", "planted", "planted", true);
        assertThat(login.toString()).isEqualTo("the user of credential 'shop-mongo'");
        assertThat(new LoginRefused("db-0", Identity.root(login)).getMessage()).isEqualTo("db-0 does not take the user of credential 'shop-mongo'");
    }

    @Test
    void nobodyPrintsAPassword() {
        Login login = new Login("shop-mongo", "root", "planted");
        assertThat(login.toString()).isEqualTo("user 'root' of credential 'shop-mongo'");
        assertThat(Identity.root(login).toString()).doesNotContain("planted");
        assertThat(Identity.member("planted", "db-keyfile").toString()).doesNotContain("planted");
    }
}
