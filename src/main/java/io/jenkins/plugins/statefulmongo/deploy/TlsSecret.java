package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Whether members could live with the certificate of a Secret: mongod would not start, or they would not know each other. */
final class TlsSecret {
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
    private static final int DNS = 2;

    private TlsSecret() {}

    /**
     * @param secret null where there is none of that name
     * @param hosts of all members, with their ports
     */
    static void check(String name, Map<String, Object> secret, List<String> hosts, Instant now) throws Failure {
        String subject = "parameter 'tlsSecret': Secret " + name;
        if (secret == null) {
            throw new Failure(subject + " is not there.",
                    "Create it beforehand, with tls.crt, tls.key and ca.crt as PEM: cert-manager makes such ones, with usages 'server auth' and"
                            + " 'client auth'. Nothing was touched.");
        }
        for (String key : List.of("tls.crt", "tls.key", "ca.crt")) {
            if (Json.text(secret, "data", key) == null) {
                throw new Failure(subject + " has no '" + key + "'.",
                        "mongod needs its certificate (tls.crt), the key of that (tls.key) and the certificates that it trusts (ca.crt), as PEM."
                                + " Nothing was touched.");
            }
        }
        X509Certificate certificate = read(subject, Json.text(secret, "data", "tls.crt"));
        if (now.isAfter(certificate.getNotAfter().toInstant()) || now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new Failure(subject + " holds a certificate that is valid from " + certificate.getNotBefore().toInstant() + " to "
                    + certificate.getNotAfter().toInstant() + " only.", "Renew it. Nothing was touched.");
        }
        List<String> names = names(subject, certificate);
        List<String> missing = hosts.stream()
                .map(h -> h.replaceFirst(":\\d+$", ""))
                .filter(h -> names.stream().noneMatch(n -> matches(n, h)))
                .toList();
        if (!missing.isEmpty()) {
            throw new Failure(subject + " holds a certificate that does not name " + String.join(", ", missing) + ".",
                    "It names " + (names.isEmpty() ? "no host" : String.join(", ", names)) + ". Members know each other by their stable names: issue"
                            + " it for *." + missing.get(0).substring(missing.get(0).indexOf('.') + 1) + ". Nothing was touched.");
        }
    }

    private static X509Certificate read(String subject, String data) throws Failure {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(data)));
            List<String> usages = certificate.getExtendedKeyUsage();
            if (usages != null && !usages.contains(CLIENT)) {
                throw new Failure(subject + " holds a certificate that is not for clients.",
                        "Members show it to each other too: issue it with the extended key usages serverAuth and clientAuth. Nothing was touched.");
            }
            return certificate;
        } catch (CertificateException e) {
            throw new Failure(subject + " holds no certificate in tls.crt.", "Give it as PEM. Nothing was touched.");
        }
    }

    private static List<String> names(String subject, X509Certificate certificate) throws Failure {
        try {
            return certificate.getSubjectAlternativeNames() == null
                    ? List.of()
                    : certificate.getSubjectAlternativeNames().stream()
                            .filter(n -> n.get(0).equals(DNS))
                            .map(n -> n.get(1).toString())
                            .toList();
        } catch (CertificateException e) {
            throw new Failure(subject + " holds a certificate whose names cannot be read.", "Nothing was touched.");
        }
    }

    /** A star stands for one label. */
    private static boolean matches(String name, String host) {
        return name.equalsIgnoreCase(host)
                || name.startsWith("*.") && host.indexOf('.') > 0 && name.substring(1).equalsIgnoreCase(host.substring(host.indexOf('.')));
    }
}
