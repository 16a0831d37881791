package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what the watches do not carry about a pod that is not ready — its events, its unbound claims and their events, the last lines of
 * a container that ended — and says what is wrong. A few requests: for a pod that looks wrong, not at every tick.
 */
public final class Examination {
    // mongod's last words may be followed by an advice and empty lines.
    private static final int READ = 12;
    private static final String LOG = "get pods/log";

    private final Kube kube;
    private final String namespace;
    private final Set<String> unread = new TreeSet<>();

    public Examination(Kube kube, String namespace) {
        this.kube = kube;
        this.namespace = namespace;
    }

    /** Empty for a pod that serves. Where events or logs may not be read, the diagnosis does without, and says so. */
    public Optional<Trouble> of(PodState pod) throws Failure, Unavailable, InterruptedException {
        if (pod.serves()) {
            return Optional.empty();
        }
        List<EventState> events = new ArrayList<>(events(pod.uid()));
        List<ClaimState> claims = new ArrayList<>();
        if (pod.scheduling() != null) {
            for (String name : pod.claims()) {
                Optional<ClaimState> claim = kube.get(Kind.CLAIM, namespace, name).map(ClaimState::of);
                claim.ifPresent(claims::add);
                if (claim.isPresent() && !claim.get().bound()) {
                    events.addAll(events(claim.get().uid()));
                }
            }
        }
        return Diagnosis.of(new Evidence(pod, events, claims, logs(pod))).map(this::told);
    }

    /**
     * Why a pod is not made; empty while nothing is known.
     *
     * @param owner uid of the StatefulSet or ReplicaSet that should make it
     */
    public Optional<Trouble> missing(String owner, String pod, int ordinal) throws Failure, Unavailable, InterruptedException {
        return Diagnosis.missing(pod, ordinal, events(owner)).map(this::told);
    }

    /** The rights without which something was not read, as {@code list events}; empty where all was. */
    Set<String> unread() {
        return unread;
    }

    private Trouble told(Trouble trouble) {
        return unread.isEmpty() ? trouble : trouble.remark("More may stand in what this connection may not read: it cannot " + String.join(", ", unread) + ".");
    }

    private List<EventState> events(String uid) throws Failure, Unavailable, InterruptedException {
        try {
            return kube.list(Kind.EVENT, namespace, "fieldSelector=involvedObject.uid%3D" + uid).stream().map(EventState::of).toList();
        } catch (Refused e) {
            return without("list events", e, List.of());
        }
    }

    private Map<String, String> logs(PodState pod) throws Failure, Unavailable, InterruptedException {
        Map<String, String> logs = new HashMap<>();
        for (ContainerState container : pod.containers()) {
            boolean runs = container.running();
            if (!container.ready() && (runs || container.lastExitCode() != null)) {
                // One that runs again has written what matters before; one that waits is its own predecessor.
                boolean previous = runs && container.restarts() > 0;
                String log = log(pod, container, previous);
                logs.put(container.name(), log.isBlank() ? log(pod, container, !previous) : log);
            }
        }
        return logs;
    }

    private String log(PodState pod, ContainerState container, boolean previous) throws Failure, Unavailable, InterruptedException {
        if (unread.contains(LOG)) {
            return "";
        }
        try {
            return kube.log(namespace, pod.name(), container.name(), previous, READ);
        } catch (Refused e) {
            return without(LOG, e, "");
        }
    }

    private <T> T without(String right, Refused refused, T otherwise) throws Refused {
        if (refused.code() != 403) {
            throw refused;
        }
        unread.add(right);
        return otherwise;
    }
}
