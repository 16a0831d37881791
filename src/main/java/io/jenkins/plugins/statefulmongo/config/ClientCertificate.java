package io.jenkins.plugins.statefulmongo.config;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;

/**
 * A client's certificate with its chain, and its key.
 *
 * @param certificate base64 of the PEM text
 * @param key base64 of the PEM text (PKCS 8)
 */
record ClientCertificate(String certificate, String key) {
    private static final Base64.Encoder BODY = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** The first key in the store that a certificate credential of Jenkins is. */
    static ClientCertificate of(StandardCertificateCredentials credential, String connection) throws Failure {
        try {
            KeyStore store = credential.getKeyStore();
            char[] password = credential.getPassword().getPlainText().toCharArray();
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.isKeyEntry(alias) ? store.getKey(alias, password) : null;
                Certificate[] chain = key == null ? null : store.getCertificateChain(alias);
                if (chain != null) {
                    StringBuilder certificates = new StringBuilder();
                    for (Certificate one : chain) {
                        certificates.append(pem("CERTIFICATE", one.getEncoded()));
                    }
                    return new ClientCertificate(base64(certificates.toString()), base64(pem("PRIVATE KEY", key.getEncoded())));
                }
            }
            throw new Failure("the certificate credential of connection " + connection + " holds no key with its certificate.");
        } catch (GeneralSecurityException e) {
            // Also where the credentials plugin itself could not load it: it hands out a store that is not even initialized then.
            throw new Failure(
                    "the certificate credential of connection " + connection + " cannot be opened.",
                    "Upload it again in Manage Jenkins, Credentials, with its password.");
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + BODY.encodeToString(der) + "\n-----END " + what + "-----\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
