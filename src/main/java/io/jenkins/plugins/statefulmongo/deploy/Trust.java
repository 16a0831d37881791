package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.Pem;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which certificate members start with, and whom they trust: by fingerprints, which the pods carry as an annotation. So a Secret with another
 * content makes another template, and members are rolled to it; and what those trust that still run with the former content is known. Pure.
 *
 * @param certificate of the members
 * @param issuers the trusted authorities that it is issued under
 * @param authorities all that are trusted
 */
record Trust(String certificate, Set<String> issuers, Set<String> authorities) {
    static final String ANNOTATION = "stateful-mongo.jenkins.io/certificate";
    private static final int BYTES = 8;

    /** @param chain the certificate, and those between it and the authorities */
    static Trust of(List<X509Certificate> chain, List<X509Certificate> authorities) {
        Set<String> issuers = new TreeSet<>();
        for (X509Certificate authority : authorities) {
            if (issued(chain, authority)) {
                issuers.add(fingerprint(authority));
            }
        }
        return new Trust(fingerprint(chain.get(0)), issuers, new TreeSet<>(authorities.stream().map(Trust::fingerprint).toList()));
    }

    /** Of the pods that a set's template describes; empty where it does not tell. */
    static Optional<Trust> of(SetState set) {
        String text = Json.text(set.template(), "metadata", "annotations", ANNOTATION);
        String[] parts = text == null ? new String[0] : text.split(" ");
        return parts.length == 3 ? Optional.of(new Trust(parts[0], set(parts[1]), set(parts[2]))) : Optional.empty();
    }

    /** The annotation's value. */
    String text() {
        return certificate + " " + String.join(",", issuers) + " " + String.join(",", authorities);
    }

    /** Whether members with the other trust one that shows this certificate. */
    boolean acceptedBy(Trust other) {
        return !Collections.disjoint(issuers, other.authorities);
    }

    /** By the same rules by which the steps trust a member, and members each other. */
    static void check(List<X509Certificate> chain, Collection<X509Certificate> authorities) throws GeneralSecurityException {
        X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
        var trust = Pem.trusting(List.copyOf(authorities));
        trust.checkServerTrusted(shown, "UNKNOWN");
        trust.checkClientTrusted(shown, "UNKNOWN");
    }

    private static boolean issued(List<X509Certificate> chain, X509Certificate authority) {
        try {
            check(chain, List.of(authority));
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Set<String> set(String text) {
        return new TreeSet<>(Arrays.asList(text.split(",")));
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has SHA-256
        }
    }
}
