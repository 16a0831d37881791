package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.Map;

/** What Kubernetes itself, or a step that has ended, leaves in a namespace: its going hurts nobody. */
final class Foreign {
    private Foreign() {}

    /** Whether somebody else may miss the object. */
    static boolean is(Kind kind, Map<String, Object> object) {
        String name = Manifest.name(object);
        return switch (kind) {
            case EVENT -> false;
            case CONFIG_MAP -> !name.equals("kube-root-ca.crt");
            case SERVICE_ACCOUNT -> !name.equals("default");
            case LEASE -> !name.startsWith("stateful-mongo-");
            // Until Kubernetes 1.23 each service account had one.
            case SECRET -> !"kubernetes.io/service-account-token".equals(Json.text(object, "type"));
            default -> true;
        };
    }
}
