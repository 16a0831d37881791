package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;

/** A mongod does not let in whom the step is (18 AuthenticationFailed). */
final class LoginRefused extends Failure {
    private static final long serialVersionUID = 1;

    LoginRefused(String member, Identity identity) {
        super(member + " does not take " + identity.label());
    }
}
