package io.jenkins.plugins.statefulmongo.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import java.util.List;
import jenkins.model.Jenkins;

/**
 * The credential of a database's user. A step names it, so it is looked up as the build that runs the step: in Jenkins' own credentials and
 * in those of the job's folders. No message holds the password.
 */
public final class UserCredential {
    private UserCredential() {}

    /**
     * @param parameter that names it, for messages
     * @throws Failure where the build may use no user name with password of that id
     */
    static Login of(String parameter, String id, Run<?, ?> run) throws Failure {
        StandardUsernamePasswordCredentials found = run == null
                ? null
                : CredentialsProvider.findCredentialById(id, StandardUsernamePasswordCredentials.class, run, List.of());
        if (found == null) {
            throw Parameters.bad(
                    parameter,
                    "names the credential '" + id + "', and this build finds no user name with password of that id",
                    "Add one in Manage Jenkins, Credentials, or in the credentials of the job's folder.");
        }
        CredentialsProvider.track(run, found);
        return login(parameter, id, found.getUsername(), found.getPassword().getPlainText(), found.isUsernameSecret());
    }

    static Login login(String parameter, String id, String user, String password, boolean secretUser) throws Failure {
        if (Util.fixEmptyAndTrim(user) == null || Util.fixEmpty(password) == null) {
            throw Parameters.bad(parameter, "names the credential '" + id + "', which lacks a user name or a password");
        }
        return new Login(id, user, password, secretUser);
    }

    /** For a form: what jobs there may name; the chosen one alone to whoever may not see the configuration. */
    public static ListBoxModel choices(Item item, String chosen) {
        StandardListBoxModel choices = new StandardListBoxModel();
        choices.includeEmptyValue();
        if (Forms.mayConfigure(item)) {
            if (item == null) {
                choices.includeMatchingAs(ACL.SYSTEM2, Jenkins.get(), StandardUsernamePasswordCredentials.class, List.of(), CredentialsMatchers.always());
            } else {
                choices.includeMatchingAs(ACL.SYSTEM2, item, StandardUsernamePasswordCredentials.class, List.of(), CredentialsMatchers.always());
            }
        }
        return choices.includeCurrentValue(Util.fixNull(chosen));
    }

    /** A warning where there is none of that id: a build parameter may stand for it. */
    public static FormValidation check(Item item, String value) {
        String id = Util.fixEmptyAndTrim(value);
        if (id == null || !Forms.mayConfigure(item)) {
            return FormValidation.ok();
        }
        return choices(item, "").stream().anyMatch(c -> c.value.equals(id))
                ? FormValidation.ok()
                : FormValidation.warning(Messages.UserCredential_noSuch());
    }
}
