package io.jenkins.plugins.statefulmongo.mongo;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.IdleThreads;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.AccessReview;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Right;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** The mongods of one StatefulSet: a client for each pod's uid, made when it is first asked and closed when the pod is gone. */
public final class Members implements AutoCloseable {
    private static final List<Right> FORWARD =
            Right.ALL.stream().filter(r -> r.resource().equals("pods/portforward")).toList();

    private final Kube kube;
    private final Map<String, MemberClient> byUid = new HashMap<>();
    private final ExecutorService pool = IdleThreads.pool("stateful-mongo-ask");
    private final Identities identities;
    private final String domain;
    private volatile Encryption encryption = Encryption.NONE;
    private boolean learned;
    private boolean mayForward;
    private boolean rootChecked;

    public Members(Kube kube) {
        this(kube, null, "cluster.local");
    }

    /**
     * @param login the set's root user; null: members are asked without authentication
     * @param domain the cluster's DNS domain: with TLS, members are known by their stable names
     */
    public Members(Kube kube, Login login, String domain) {
        this.kube = kube;
        this.domain = domain;
        identities = new Identities(kube, login);
    }

    /**
     * Asks the mongod of every pod, all at the same time.
     *
     * @return by ordinal; a mongod that does not answer, or does not let the step in, is there with its error
     * @throws Failure where none lets it in
     */
    public Map<Integer, MemberState> ask(SetState set, List<PodState> pods) throws Failure, Unavailable, InterruptedException {
        learn(set);
        forgetAllBut(pods);
        List<Future<MemberState>> answers = new ArrayList<>();
        AtomicBoolean refused = new AtomicBoolean();
        for (PodState pod : pods) {
            answers.add(pool.submit(() -> ask(set, pod, refused)));
        }
        Map<Integer, MemberState> states = new TreeMap<>();
        try {
            for (Future<MemberState> answer : answers) {
                MemberState state = answer.get();
                states.put(state.ordinal(), state);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure f) {
                throw f;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            answers.forEach(a -> a.cancel(true));
        }
        if (states.values().stream().noneMatch(MemberState::answered)) {
            if (refused.get()) {
                throw identities.refused();
            }
            if (pods.stream().anyMatch(PodState::serves)) {
                checkRights(set.namespace());
            }
        }
        return states;
    }

    private void learn(SetState set) throws Failure, Unavailable, InterruptedException {
        if (!learned) {
            encryption = Encryption.of(kube, set);
            identities.learn(set);
            learned = true;
        }
    }

    /** A port-forward that is refused looks like a mongod that does not answer: why is only told when asked. */
    private void checkRights(String namespace) throws Failure, InterruptedException {
        if (mayForward) {
            return;
        }
        List<Right> missing;
        try {
            missing = AccessReview.missing(kube, namespace, FORWARD);
        } catch (Refused e) {
            if (e.unauthorized()) {
                throw e; // nor will any member be reached before that is mended
            }
            return;
        } catch (Unavailable e) {
            return;
        }
        mayForward = missing.isEmpty();
        if (!mayForward) {
            throw new Failure(
                    "no mongod can be asked: the connection's identity cannot "
                            + missing.stream().map(Right::text).collect(Collectors.joining(", ")) + " in namespace " + namespace + ".",
                    "Grant it; docs/production.md has the Role that is enough.");
        }
    }

    /** The client of one pod, for commands. */
    public MemberClient client(SetState set, PodState pod) throws Unavailable {
        synchronized (byUid) {
            MemberClient client = byUid.get(pod.uid());
            if (client == null) {
                client = open(set, pod, identities.asking());
                byUid.put(pod.uid(), client);
            }
            return client;
        }
    }

    private MemberClient open(SetState set, PodState pod, Identity identity) throws Unavailable {
        return new MemberClient(
                pod.name(),
                new Hosts(set, domain).host(pod.ordinal()),
                kube.forward(set.namespace(), pod.name(), set.mongod().port()),
                identity,
                encryption);
    }

    /** Whether members are asked by their own key, and not as the root user. To be asked after {@link #ask}. */
    public boolean byTheirKey() {
        return identities.member();
    }

    /** Whether the root user, whom the step must have named, is let in by a member that has the users. */
    public boolean takesRoot(SetState set, PodState pod) throws Failure, Unavailable {
        return takes(set, pod, identities.root());
    }

    /** Whether a user of a database is let in by a member that has the users. */
    public boolean takes(SetState set, PodState pod, Login user, String database) throws Failure, Unavailable {
        return takes(set, pod, Identity.of(user, database));
    }

    private boolean takes(SetState set, PodState pod, Identity identity) throws Failure, Unavailable {
        try (MemberClient client = open(set, pod, identity)) {
            client.knock();
            return true;
        } catch (LoginRefused e) {
            return false;
        }
    }

    /** Where members are asked by their own key: sees, once, that the primary lets the root user in too. */
    public void checkRoot(SetState set, List<PodState> pods, Map<Integer, MemberState> states) throws Failure, Unavailable {
        if (rootChecked || !byTheirKey()) {
            return;
        }
        for (PodState pod : pods) {
            if (states.get(pod.ordinal()).isPrimary()) {
                if (!takesRoot(set, pod)) {
                    throw identities.rootRefused(pod.name());
                }
                rootChecked = true;
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        forgetAllBut(List.of());
    }

    private MemberState ask(SetState set, PodState pod, AtomicBoolean refused) throws Failure {
        boolean down = !pod.running()
                || pod.containers().stream().anyMatch(c -> c.name().equals(set.container()) && c.waitingReason() != null);
        if (down || pod.terminating()) {
            forget(pod.uid());
            return MemberState.unreachable(pod.ordinal(), pod.name() + (pod.terminating() ? " is terminating" : " is not running"));
        }
        try {
            MemberState state = client(set, pod).ask(pod.ordinal());
            if (!state.answered()) {
                // fabric8's forward may be dead for good (JDK WebSockets do not reconnect): the next question opens a new one.
                forget(pod.uid());
            }
            return state;
        } catch (LoginRefused e) {
            refused.set(true);
            forget(pod.uid());
            return MemberState.unreachable(pod.ordinal(), e.getMessage());
        } catch (Unavailable e) {
            return MemberState.unreachable(pod.ordinal(), e.getMessage());
        }
    }

    private void forgetAllBut(List<PodState> pods) {
        Set<String> gone;
        synchronized (byUid) {
            gone = new HashSet<>(byUid.keySet());
        }
        pods.forEach(p -> gone.remove(p.uid()));
        gone.forEach(this::forget);
    }

    private void forget(String uid) {
        MemberClient client;
        synchronized (byUid) {
            client = byUid.remove(uid);
        }
        if (client != null) {
            client.close();
        }
    }
}
