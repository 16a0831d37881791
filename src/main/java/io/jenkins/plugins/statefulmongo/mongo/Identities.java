package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SecretFile;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * As whom the members of one set are asked. Where the step names a root user: by the key file's key, as one of them, if the connection
 * may read its Secret. They know it before there is any user, and while they still copy the users (safety rule 16). Else as the root user.
 */
final class Identities {
    private final Kube kube;
    private final Login login;
    private volatile Identity asking;
    private volatile boolean member;
    /** Why the key is not known; null where it is. */
    private String keyless;

    /** @param login null: as nobody */
    Identities(Kube kube, Login login) {
        this.kube = kube;
        this.login = login;
        asking = login == null ? Identity.NOBODY : Identity.root(login);
    }

    /** Reads the key. */
    void learn(SetState set) throws Failure, Unavailable, InterruptedException {
        if (login == null) {
            return;
        }
        Optional<SecretFile> file = SecretFile.of(set, "keyFile");
        if (file.isEmpty()) {
            keyless = "mongod of StatefulSet " + set.name() + " has no --keyFile from a Secret";
        } else {
            read(set.namespace(), file.get());
        }
    }

    private void read(String namespace, SecretFile file) throws Failure, Unavailable, InterruptedException {
        Map<String, Object> secret;
        try {
            secret = kube.get(Kind.SECRET, namespace, file.secret()).orElse(null);
        } catch (Refused e) {
            if (e.code() != 403) {
                throw e;
            }
            keyless = "this connection cannot get secrets: " + file.secret() + " holds it";
            return;
        }
        String data = Json.text(secret, "data", file.key());
        if (data == null) {
            keyless = secret == null
                    ? "there is no Secret " + file.secret()
                    : "Secret " + file.secret() + " has no '" + file.key() + "'";
            return;
        }
        asking = Identity.member(key(new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8)), file.secret());
        member = true;
    }

    /** The key that members send: the first of several, from 4.2 on a list in YAML. */
    static String key(String content) {
        String text = content.strip();
        String first = text.startsWith("-") ? text.lines().findFirst().orElseThrow().replaceAll("^-|[\"']", "") : text;
        return first.replaceAll("\\s", "");
    }

    /** Whom commands and questions come from. */
    Identity asking() {
        return asking;
    }

    /** Whether that is one of the members. */
    boolean member() {
        return member;
    }

    /** The user of the step's credential; there must be one. */
    Identity root() {
        return Identity.root(login);
    }

    /** Why no member at all lets the step in. */
    Failure refused() {
        return member
                ? new Failure(
                        "no member takes " + asking.label() + ".",
                        "They were started with another key. Put that one back into the Secret: `kubectl exec` into a member shows it.")
                : new Failure(
                        "no member takes " + asking.label() + ".",
                        "Its password is another one, or there is no such user. Correct the credential, or parameter '" + Login.ROOT + "'.",
                        "Neither a first user nor rotateRootPassword goes without the members' own key, and " + keyless + ".");
    }

    /** Why a set that is asked by its members' key is not worked on with the step's credential. */
    Failure rootRefused(String pod) {
        return new Failure(
                pod + " does not take " + login.label() + ".",
                "Its password is another one, or there is no such user. Correct the credential, or parameter '" + Login.ROOT
                        + "'; initReplicaSet creates the first user of a set.");
    }
}
