package io.jenkins.plugins.statefulmongo.config;

import hudson.util.FormValidation;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.AccessReview;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Right;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What <i>Test connection</i> says: the version, how long an answer takes, and each right of the steps that is missing. With a client of
 * its own, closed at the end, never one that steps share.
 */
final class ConnectionCheck {
    private static final String ELSEWHERE = "default";

    private ConnectionCheck() {}

    static FormValidation of(Connection connection) throws InterruptedException {
        try (Kube kube = new Kube(connection)) {
            String version = kube.version();
            long asked = System.nanoTime();
            kube.version(); // the first call also opened the connection
            long millis = Math.round((System.nanoTime() - asked) / 1e6);
            String namespace = connection.namespace() == null ? ELSEWHERE : connection.namespace();
            return report(version, millis, namespace, AccessReview.missing(kube, namespace, Right.ALL));
        } catch (Failure | Unavailable e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static FormValidation report(String version, long millis, String namespace, List<Right> missing) {
        StringBuilder text = new StringBuilder(Messages.ConnectionCheck_answered(version, millis));
        if (missing.isEmpty()) {
            return FormValidation.ok(text.append(' ').append(Messages.ConnectionCheck_all(namespace)).toString());
        }
        for (Right.Use use : Right.Use.values()) {
            String rights = missing.stream().filter(r -> r.use() == use).map(Right::text).collect(Collectors.joining(", "));
            if (!rights.isEmpty()) {
                text.append('\n').append(missing(use, namespace, rights));
            }
        }
        text.append('\n').append(Messages.ConnectionCheck_remedy());
        boolean useless = missing.stream().anyMatch(r -> r.use() == Right.Use.REPLICA_SET);
        return useless ? FormValidation.error(text.toString()) : FormValidation.warning(text.toString());
    }

    private static String missing(Right.Use use, String namespace, String rights) {
        return switch (use) {
            case REPLICA_SET -> Messages.ConnectionCheck_replicaSet(namespace, rights);
            case AUTHENTICATION -> Messages.ConnectionCheck_authentication(namespace, rights);
            case APPLICATION -> Messages.ConnectionCheck_application(namespace, rights);
            case DIAGNOSIS -> Messages.ConnectionCheck_diagnosis(namespace, rights);
            case PROBE -> Messages.ConnectionCheck_probe(namespace, rights);
            case NAMESPACES -> Messages.ConnectionCheck_namespaces(rights);
        };
    }
}
