package io.jenkins.plugins.statefulmongo.mongo;

import com.mongodb.MongoCredential;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.state.DatabaseUser.Role;

/**
 * As whom a mongod is asked.
 *
 * @param credential null: as nobody
 * @param label for messages
 * @param user one that is stored among the member's data, unlike the members themselves
 */
record Identity(MongoCredential credential, String label, boolean user) {
    static final Identity NOBODY = new Identity(null, "nobody", false);

    /** A user of that database; the driver asks for the mechanism that it was made for. */
    static Identity of(Login login, String database) {
        return new Identity(
                MongoCredential.createCredential(login.user(), database, login.password().toCharArray()), login.label(), true);
    }

    /** The set's root user, who is one of the database {@code admin}. */
    static Identity root(Login login) {
        return of(login, Role.ROOT.database());
    }

    /**
     * One of the members themselves, as they log in to each other; all of them take SCRAM-SHA-256
     * (https://github.com/mongodb/mongo/blob/master/jstests/auth/system_user_scram_sha_256.js).
     *
     * @param key the content of the key file without white space
     */
    static Identity member(String key, String secret) {
        return new Identity(
                MongoCredential.createScramSha256Credential("__system", "local", key.toCharArray()), "the key in Secret " + secret, false);
    }
}
