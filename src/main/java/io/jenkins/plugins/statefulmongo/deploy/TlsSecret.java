package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.Pem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The Secret with the certificate of a set's members, and whether they could live with it: mongod would not start, or they would not know
 * each other. No message quotes what it holds, but for the names and dates of the certificate.
 */
final class TlsSecret {
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String AUTHORITIES = "ca.crt";
    private static final List<String> USAGES = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    private static final int DNS = 2;
    private static final String UNTOUCHED = " Nothing was touched.";
    private static final String STAGES = "Members are replaced one by one, and must trust each other meanwhile. Change the authority in three deployments:"
            + " put the new one beside the old one in ca.crt; renew the certificate; take the old one out of ca.crt.";

    private final String subject;
    private final Map<String, Object> secret;
    private final List<X509Certificate> chain;
    private final List<X509Certificate> authorities;

    /**
     * @param name what the step says
     * @param secret null where there is none of that name
     */
    TlsSecret(String name, Map<String, Object> secret) throws Failure {
        subject = "parameter 'tlsSecret': Secret " + name;
        this.secret = secret;
        if (secret == null) {
            throw bad("is not there.",
                    "Create it beforehand, with tls.crt, tls.key and ca.crt as PEM: cert-manager makes such ones, with usages 'server auth' and"
                            + " 'client auth'.");
        }
        for (String key : List.of(CERTIFICATE, KEY, AUTHORITIES)) {
            if (Json.text(secret, "data", key) == null || Json.text(secret, "data", key).isEmpty()) {
                throw bad("has no '" + key + "'.",
                        "mongod needs its certificate (tls.crt), the key of that (tls.key) and the certificates that it trusts (ca.crt), as PEM.");
            }
        }
        chain = certificates(CERTIFICATE);
        authorities = certificates(AUTHORITIES);
    }

    /**
     * @param hosts of all members, with their ports
     * @param running what members show and trust that run; null where there are none, or nobody knows
     * @return what members that start with it show and trust
     */
    Trust check(List<String> hosts, Instant now, Trust running) throws Failure {
        X509Certificate certificate = chain.get(0);
        usages(certificate);
        if (!validAt(certificate, now)) {
            throw bad("holds a certificate that is valid from " + certificate.getNotBefore().toInstant() + " to "
                    + certificate.getNotAfter().toInstant() + " only.", "Renew it.");
        }
        names(certificate, hosts);
        key(certificate);
        issuer(now);
        Trust trust = Trust.of(chain, authorities);
        if (running != null) {
            beside(running, trust);
        }
        return trust;
    }

    /** Members are replaced one by one: those with the former content and those with this one live together meanwhile. */
    private void beside(Trust running, Trust trust) throws Failure {
        if (!trust.acceptedBy(running)) {
            throw bad("holds a certificate that the members would not trust that run: none of the authorities that they know has issued it.", STAGES);
        }
        if (!running.acceptedBy(trust)) {
            throw bad("does not trust the members that run: the authority that issued their certificate is not in its ca.crt.", STAGES);
        }
    }

    private List<X509Certificate> certificates(String key) throws Failure {
        try {
            return Pem.certificates(bytes(key));
        } catch (CertificateException e) {
            throw bad("holds no certificate in " + key + ".", "Give it as PEM.");
        }
    }

    private byte[] bytes(String key) {
        return Base64.getMimeDecoder().decode(Json.text(secret, "data", key));
    }

    private void usages(X509Certificate certificate) throws Failure {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            if (usages != null && !usages.containsAll(USAGES)) {
                throw bad("holds a certificate that is not for servers and clients.",
                        "Members show it to each other too: issue it with the extended key usages serverAuth and clientAuth.");
            }
        } catch (CertificateException e) {
            throw bad("holds a certificate whose usages cannot be read.", "Issue another one.");
        }
    }

    private static boolean validAt(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant()) && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private void names(X509Certificate certificate, List<String> hosts) throws Failure {
        List<String> names = names(certificate);
        List<String> missing = hosts.stream()
                .map(h -> h.replaceFirst(":\\d+$", ""))
                .filter(h -> names.stream().noneMatch(n -> matches(n, h)))
                .toList();
        if (!missing.isEmpty()) {
            throw bad("holds a certificate that does not name " + String.join(", ", missing) + ".",
                    "It names " + (names.isEmpty() ? "no host" : String.join(", ", names)) + ". Members know each other by their stable names: issue"
                            + " it for *." + missing.get(0).substring(missing.get(0).indexOf('.') + 1) + ".");
        }
    }

    private List<String> names(X509Certificate certificate) throws Failure {
        try {
            return certificate.getSubjectAlternativeNames() == null
                    ? List.of()
                    : certificate.getSubjectAlternativeNames().stream()
                            .filter(n -> n.get(0).equals(DNS))
                            .map(n -> n.get(1).toString())
                            .toList();
        } catch (CertificateException e) {
            throw bad("holds a certificate whose names cannot be read.", "Issue another one.");
        }
    }

    /** A star stands for one label. */
    private static boolean matches(String name, String host) {
        return name.equalsIgnoreCase(host)
                || name.startsWith("*.") && host.indexOf('.') > 0 && name.substring(1).equalsIgnoreCase(host.substring(host.indexOf('.')));
    }

    private void key(X509Certificate certificate) throws Failure {
        if (new String(bytes(KEY), StandardCharsets.US_ASCII).contains("ENCRYPTED")) {
            throw bad("holds a key that asks for a password.", "Nobody could type it when a member starts: give tls.key without one.");
        }
        boolean belongs;
        try {
            belongs = Pem.holdsKey(bytes(KEY), certificate.getPublicKey());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            belongs = false;
        }
        if (!belongs) {
            throw bad("holds no key in tls.key that is the certificate's.", "Give the private key with which tls.crt was asked for, as PEM.");
        }
    }

    private void issuer(Instant now) throws Failure {
        List<X509Certificate> valid = authorities.stream().filter(a -> validAt(a, now)).toList();
        try {
            Trust.check(chain, valid.isEmpty() ? authorities : valid);
        } catch (GeneralSecurityException e) {
            throw bad("holds a certificate that none of its ca.crt has issued (" + reason(e) + ").",
                    "Members trust ca.crt alone: put the authority there that issued tls.crt, and certificates between the two behind that in tls.crt.");
        }
    }

    private static String reason(Throwable e) {
        return e.getCause() == null ? e.getMessage() : reason(e.getCause());
    }

    private Failure bad(String what, String remedy) {
        return new Failure(subject + " " + what, remedy + UNTOUCHED);
    }
}
