package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
    private static KeyPair pair(String algorithm, int size) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (size > 0) {
            generator.initialize(size);
        }
        return generator.generateKeyPair();
    }

    private static byte[] pem(String type, byte[] der) {
        return ("some words\n-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The older form is the last element of the newer one: version, algorithm, key. */
    private static byte[] older(byte[] der) {
        int at = content(der, 0);
        at = content(der, at) + der[at + 1];
        at = content(der, at) + der[at + 1];
        return Arrays.copyOfRange(der, content(der, at), der.length);
    }

    private static int content(byte[] der, int at) {
        return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
    }

    @ParameterizedTest
    @CsvSource({"RSA, 2048, RSA PRIVATE KEY", "RSA, 4096, RSA PRIVATE KEY", "EC, 256, EC PRIVATE KEY", "EC, 521, EC PRIVATE KEY"})
    void aKeyIsKnownInItsNewAndItsOldForm(String algorithm, int size, String older) throws Exception {
        KeyPair pair = pair(algorithm, size);
        byte[] der = pair.getPrivate().getEncoded();
        assertThat(Pem.holdsKey(pem("PRIVATE KEY", der), pair.getPublic())).isTrue();
        assertThat(Pem.holdsKey(pem(older, older(der)), pair.getPublic())).isTrue();
        KeyPair another = pair(algorithm, size);
        assertThat(Pem.holdsKey(pem("PRIVATE KEY", der), another.getPublic())).isFalse();
        assertThat(Pem.holdsKey(pem(older, older(der)), another.getPublic())).isFalse();
    }

    @Test
    void theParametersOfACurveMayStandBeforeTheKey() throws Exception {
        KeyPair pair = pair("EC", 256);
        String curve = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        String key = new String(pem("EC PRIVATE KEY", older(pair.getPrivate().getEncoded())), StandardCharsets.US_ASCII);
        assertThat(Pem.holdsKey((curve + key).getBytes(StandardCharsets.US_ASCII), pair.getPublic())).isTrue();
    }

    @Test
    void edwardsCurvesHaveOneFormAlone() throws Exception {
        KeyPair pair = pair("Ed25519", 0);
        assertThat(Pem.holdsKey(pem("PRIVATE KEY", pair.getPrivate().getEncoded()), pair.getPublic())).isTrue();
    }

    @Test
    void whatIsNoKeyOrOfAnotherKindIsToldWithoutQuotingIt() throws Exception {
        KeyPair pair = pair("EC", 256);
        assertThatThrownBy(() -> Pem.holdsKey("planted-secret".getBytes(StandardCharsets.US_ASCII), pair.getPublic()))
                .isInstanceOf(GeneralSecurityException.class).hasMessage("no private key");
        byte[] rsa = pem("PRIVATE KEY", pair("RSA", 2048).getPrivate().getEncoded());
        assertThatThrownBy(() -> Pem.holdsKey(rsa, pair.getPublic())).isInstanceOf(GeneralSecurityException.class);
        byte[] locked = ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> Pem.holdsKey(locked, pair.getPublic())).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void whatHoldsNoCertificateIsTold() {
        assertThatThrownBy(() -> Pem.certificates("nothing".getBytes(StandardCharsets.US_ASCII))).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> Pem.certificates(new byte[0])).isInstanceOf(CertificateException.class);
    }
}
