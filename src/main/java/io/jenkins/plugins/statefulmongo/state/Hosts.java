package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Optional;

/**
 * The stable names of a set's members: {@code db-0.db.NAMESPACE.svc.DOMAIN:27017}. Sets that somebody initiated by hand often
 * carry shorter forms, so every form that the cluster's DNS resolves is understood.
 *
 * @param domain the cluster's DNS domain, usually {@code cluster.local}
 */
public record Hosts(SetState set, String domain) {

    public String host(int ordinal) {
        return host(set.pod(ordinal));
    }

    public List<String> all() {
        return set.ordinals().stream().map(this::host).toList();
    }

    /** The ordinal whose pod {@code host} names, also beyond the wanted ones; empty for a host outside this StatefulSet. */
    public Optional<Integer> ordinal(String host) {
        String name = host.replaceFirst(":\\d+$", "");
        String port = host.substring(name.length());
        String pod = name.replaceFirst("\\..*", "");
        int ordinal = PodState.ordinal(pod);
        boolean ours = ordinal >= 0
                && pod.equals(set.pod(ordinal))
                && (port.isEmpty() ? set.mongod().port() == Mongod.PORT : port.equals(":" + set.mongod().port()))
                && forms(pod).contains(name);
        return ours ? Optional.of(ordinal) : Optional.empty();
    }

    /** {@code db-0} for a member of this StatefulSet, the whole host for any other. */
    public String label(String host) {
        return ordinal(host).map(set::pod).orElse(host);
    }

    private String host(String pod) {
        return fullName(pod) + ":" + set.mongod().port();
    }

    private String fullName(String pod) {
        return pod + "." + set.service() + "." + set.namespace() + ".svc." + domain;
    }

    private List<String> forms(String pod) {
        String service = pod + "." + set.service();
        String namespaced = service + "." + set.namespace();
        return List.of(service, namespaced, namespaced + ".svc", fullName(pod));
    }
}
