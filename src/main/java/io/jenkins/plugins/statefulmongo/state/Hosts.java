package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Optional;

/**
 * The stable names of a set's members: {@code db-0.db.NAMESPACE.svc.DOMAIN:27017}. Sets that somebody initiated by hand often
 * carry shorter forms, so every form that the cluster's DNS resolves is understood.
 */
public final class Hosts {
    private final SetState set;
    private final String domain;
    private final int port;

    /** @param domain the cluster's DNS domain, usually {@code cluster.local} */
    public Hosts(SetState set, String domain) {
        this.set = set;
        this.domain = domain;
        port = set.mongod().port();
    }

    public String domain() {
        return domain;
    }

    public String host(int ordinal) {
        return host(set.pod(ordinal));
    }

    public List<String> all() {
        return set.ordinals().stream().map(this::host).toList();
    }

    /** The ordinal whose pod {@code host} names, also beyond the wanted ones; empty for a host outside this StatefulSet. */
    public Optional<Integer> ordinal(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        int dot = name.indexOf('.');
        String pod = dot < 0 ? name : name.substring(0, dot);
        int ordinal = PodState.ordinal(pod);
        boolean ours = ordinal >= 0
                && pod.equals(set.pod(ordinal))
                && forms(pod).contains(name)
                && port == (colon < 0 ? Mongod.PORT : port(host.substring(colon + 1)));
        return ours ? Optional.of(ordinal) : Optional.empty();
    }

    /** An ordinal's entry in a configuration; empty where it is none of its members. */
    public Optional<ReplicaConfig.Member> member(ReplicaConfig config, int ordinal) {
        return config.members().stream()
                .filter(m -> ordinal(m.host()).equals(Optional.of(ordinal)))
                .findFirst();
    }

    private static int port(String digits) {
        return digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    }

    /** {@code db-0} for a member of this StatefulSet, the whole host for any other. */
    public String label(String host) {
        return ordinal(host).map(set::pod).orElse(host);
    }

    private String host(String pod) {
        return fullName(pod) + ":" + port;
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
