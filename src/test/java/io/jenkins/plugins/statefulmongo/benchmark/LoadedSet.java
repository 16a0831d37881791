package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.mongo.MemberRefused;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.update.ReplicaSetBench;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A replica set of three as deployStatefulMongo makes it, in a namespace of its own, with the write load on it. */
final class LoadedSet implements AutoCloseable {
    static final int MEMBERS = 3;

    private final Bench bench;
    private final ReplicaSetBench set;
    private final Members members;
    private final Load load;

    private LoadedSet(Bench bench, ReplicaSetBench set, Load load) {
        this.bench = bench;
        this.set = set;
        this.load = load;
        members = new Members(bench.kube());
    }

    /** Deploys, initiates, loads it. */
    static LoadedSet start(Settings settings, String image, String concern) throws Exception {
        Bench bench = new Bench(settings.kubeconfigText(), settings.updateLimit());
        try {
            ReplicaSetBench set = new ReplicaSetBench(bench);
            succeeded(set.deploy("image", image, "replicas", MEMBERS));
            succeeded(set.initiate());
            LoadedSet loaded =
                    new LoadedSet(bench, set, Load.start(bench, settings.writerImage(), concern, MEMBERS, settings.warmUp()));
            loaded.whole(Duration.ofMinutes(1));
            return loaded;
        } catch (Exception | Error e) {
            bench.close();
            throw e;
        }
    }

    private static void succeeded(Bench.Ended ended) {
        if (ended.failure() != null) {
            throw new AssertionError(ended.failure());
        }
    }

    Bench bench() {
        return bench;
    }

    /** Runs our steps, and commands to single members. */
    ReplicaSetBench set() {
        return set;
    }

    Load load() {
        return load;
    }

    String namespace() {
        return bench.namespace();
    }

    /**
     * Waits until every pod is Ready at the StatefulSet's template, one member is primary, and the others have applied what it had when they
     * were asked first.
     */
    void whole(Duration patience) throws Exception {
        OpTime[] mark = new OpTime[1];
        bench.until("the set to be whole", patience, () -> {
            Collection<MemberState> states = states();
            Optional<MemberState> primary = onlyPrimary(states);
            if (!podsAreNew() || primary.isEmpty()) {
                mark[0] = null;
                return false;
            }
            if (mark[0] == null || mark[0].term() != primary.get().term()) {
                mark[0] = primary.get().applied();
            }
            return states.stream().allMatch(s -> s.applied().notBefore(mark[0]));
        });
    }

    /** Makes this member primary, at once where it is already. */
    void placePrimary(int ordinal) throws Exception {
        bench.until("db-" + ordinal + " to be primary", () -> {
            Optional<MemberState> primary = onlyPrimary(states());
            if (primary.isEmpty() || primary.get().ordinal() == ordinal) {
                return primary.isPresent();
            }
            PodState pod = pods().stream().filter(p -> p.ordinal() == ordinal).findFirst().orElseThrow();
            try {
                members.client(state(), pod).stepUp();
            } catch (MemberRefused | Unavailable e) {
                return false; // not caught up at this moment, or the election changed something under the command
            }
            return false;
        });
    }

    int primary() throws Exception {
        return onlyPrimary(states()).orElseThrow(() -> new AssertionError("no primary")).ordinal();
    }

    /** The highest term that any member knows: it grows by one with each election. */
    long term() throws Exception {
        return states().stream().filter(MemberState::answered).mapToLong(MemberState::term).max().orElseThrow();
    }

    List<PodState> pods() throws Exception {
        return set.pods().stream().filter(p -> p.name().startsWith("db-")).toList();
    }

    SetState state() throws Exception {
        return SetState.of(set.set(), null);
    }

    private Collection<MemberState> states() throws Failure, Exception {
        return members.ask(state(), pods()).values();
    }

    /** Empty unless all members answer, one of them as primary and the others as secondaries. */
    private static Optional<MemberState> onlyPrimary(Collection<MemberState> states) {
        boolean healthy = states.size() == MEMBERS && states.stream().allMatch(s -> s.answered() && s.healthy());
        List<MemberState> primaries = states.stream().filter(MemberState::isPrimary).toList();
        return healthy && primaries.size() == 1 ? Optional.of(primaries.get(0)) : Optional.empty();
    }

    private boolean podsAreNew() throws Exception {
        SetState now = state();
        return now.observed()
                && pods().stream()
                                .filter(p -> p.serves() && p.revision().equals(now.updateRevision()))
                                .count()
                        == MEMBERS;
    }

    @Override
    public void close() throws Exception {
        members.close();
        bench.close();
    }
}
