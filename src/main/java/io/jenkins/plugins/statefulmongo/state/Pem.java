package io.jenkins.plugins.statefulmongo.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Certificates and private keys as PEM, as mongod's files have them. No message quotes one. Pure. */
public final class Pem {
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z]+ )?PRIVATE KEY-----([^-]+)-----END ");
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;

    private Pem() {}

    /** All certificates, in their order; at least one. */
    public static List<X509Certificate> certificates(byte[] pem) throws CertificateException {
        List<X509Certificate> all = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (all.isEmpty()) {
            throw new CertificateException("no certificate");
        }
        return all;
    }

    /** Trusts what these authorities have issued, and nothing else. */
    public static X509TrustManager trusting(List<X509Certificate> authorities) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException(e); // there is nothing to be read
        }
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /**
     * Whether the text holds the private key of a public one: by itself (PKCS#8), or in the older forms for RSA (PKCS#1) and elliptic curves
     * (SEC 1).
     *
     * @throws GeneralSecurityException where it holds no private key of that kind that can be read without a password
     */
    public static boolean holdsKey(byte[] pem, PublicKey known) throws GeneralSecurityException {
        Matcher found = KEY.matcher(new String(pem, StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw new InvalidKeyException("no private key");
        }
        byte[] der = Base64.getMimeDecoder().decode(found.group(2));
        byte[] whole = found.group(1) == null
                ? der
                : der(SEQUENCE, der(INTEGER, new byte[1]), algorithm(known), der(OCTETS, der));
        PrivateKey key = KeyFactory.getInstance(known.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(whole));
        Signature signature = Signature.getInstance(switch (known.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> known.getAlgorithm();
        });
        signature.initSign(key);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(known);
        signature.update((byte) 1);
        return signature.verify(signed);
    }

    /** What PKCS#8 says before the key: the public key's own encoding (X.509's SubjectPublicKeyInfo) begins with the same. */
    private static byte[] algorithm(PublicKey known) {
        byte[] info = known.getEncoded();
        int begin = header(info, 0);
        return Arrays.copyOfRange(info, begin, header(info, begin) + length(info, begin));
    }

    /** Where the content of the DER element at this place begins. */
    private static int header(byte[] der, int at) {
        return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
    }

    private static int length(byte[] der, int at) {
        return der[at + 1] >= 0 ? der[at + 1] : new BigInteger(1, Arrays.copyOfRange(der, at + 2, header(der, at))).intValue();
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.size() > 0x7f) {
            element.write(0x82);
            element.write(content.size() >> 8);
        }
        element.write(content.size());
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }
}
