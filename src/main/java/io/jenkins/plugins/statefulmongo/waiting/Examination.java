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
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what the watches do not carry about a pod that is not ready — its events, its unbound claims and their events, the last lines of
 * a container that ended — and says what is wrong. A few requests: for a pod that looks wrong, not at every tick.
 */
public final class Examination {
    // mongod's last words may be followed by an advice and empty lines.
    private static final int READ = 12;

    private Examination() {}

    /** Empty for a pod that serves. Where events or logs may not be read, the diagnosis does without. */
    public static Optional<Trouble> of(Kube kube, SetState set, PodState pod) throws Failure, Unavailable, InterruptedException {
        return of(kube, set.namespace(), pod);
    }

    public static Optional<Trouble> of(Kube kube, String namespace, PodState pod) throws Failure, Unavailable, InterruptedException {
        if (pod.serves()) {
            return Optional.empty();
        }
        List<EventState> events = new ArrayList<>(events(kube, namespace, pod.uid()));
        List<ClaimState> claims = new ArrayList<>();
        if (pod.scheduling() != null) {
            for (String name : pod.claims()) {
                Optional<ClaimState> claim = kube.get(Kind.CLAIM, namespace, name).map(ClaimState::of);
                claim.ifPresent(claims::add);
                if (claim.isPresent() && !claim.get().bound()) {
                    events.addAll(events(kube, namespace, claim.get().uid()));
                }
            }
        }
        return Diagnosis.of(new Evidence(pod, events, claims, logs(kube, namespace, pod)));
    }

    /**
     * Why a pod is not made; empty while nothing is known.
     *
     * @param owner uid of the StatefulSet or ReplicaSet that should make it
     */
    static Optional<Trouble> missing(Kube kube, String namespace, String owner, String pod, int ordinal)
            throws Failure, Unavailable, InterruptedException {
        return Diagnosis.missing(pod, ordinal, events(kube, namespace, owner));
    }

    private static List<EventState> events(Kube kube, String namespace, String uid) throws Failure, Unavailable, InterruptedException {
        try {
            return kube.list(Kind.EVENT, namespace, "fieldSelector=involvedObject.uid%3D" + uid).stream().map(EventState::of).toList();
        } catch (Refused e) {
            if (e.code() == 403) {
                return List.of();
            }
            throw e;
        }
    }

    private static Map<String, String> logs(Kube kube, String namespace, PodState pod) throws Failure, Unavailable, InterruptedException {
        Map<String, String> logs = new HashMap<>();
        for (ContainerState container : pod.containers()) {
            boolean runs = container.waitingReason() == null && "Running".equals(pod.phase());
            if (!container.ready() && (runs || container.lastExitCode() != null)) {
                // One that runs again has written what matters before; one that waits is its own predecessor.
                boolean previous = runs && container.restarts() > 0;
                String log = kube.log(namespace, pod.name(), container.name(), previous, READ);
                logs.put(container.name(), log.isBlank() ? kube.log(namespace, pod.name(), container.name(), !previous, READ) : log);
            }
        }
        return logs;
    }
}
