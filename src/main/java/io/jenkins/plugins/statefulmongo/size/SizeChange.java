package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a change of the number of members takes beside the change of the StatefulSet, which deployStatefulMongo writes: members are added after
 * their pods are there ({@link Growth}), and removed before their pods go ({@link Shrink}).
 */
public final class SizeChange implements AutoCloseable {
    /** On a StatefulSet whose new pods are to become members of its replica set. */
    public static final String ANNOTATION = Growth.ANNOTATION;

    private static final Duration SOON = Duration.ofMillis(500);

    private final Looks looks;
    private final Growth growth;
    private final Shrink shrink;
    private final String name;
    private final boolean deleteVolumes;
    private boolean joining;
    private boolean lowered;

    /** @param lease of the set, which the caller holds where it says so */
    public SizeChange(Scope scope, String name, Parameters parameters, SetLease lease) throws Failure {
        this.name = name;
        looks = new Looks(scope, name, parameters);
        growth = new Growth(scope, name, parameters, lease, looks);
        shrink = new Shrink(scope, parameters, lease, looks);
        deleteVolumes = "delete".equals(parameters.text("volumes", "keep"));
    }

    /**
     * Whether a set that was just looked at may get so many members. Changes nothing.
     *
     * @return what to answer while that cannot be told
     */
    public Optional<Outcome> check(SetState live, int replicas) throws Failure, Unavailable, InterruptedException {
        joining |= live.annotation(ANNOTATION) != null;
        return replicas > live.replicas() ? growth.check(replicas) : Optional.empty();
    }

    /** What to say of members that leave. */
    public Optional<String> remark(SetState live, int replicas) {
        return replicas >= live.replicas() ? Optional.empty() : Optional.of("removes "
                + leaving(live, replicas).stream().map(live::pod).collect(Collectors.joining(", ")) + " from the replica set first; "
                + (deleteVolumes ? "their volumes are deleted" : "their volumes stay (volumes: 'delete' removes them too)"));
    }

    /** From the highest ordinal down, those that so few replicas leave no place for. */
    public static List<Integer> leaving(SetState live, int replicas) {
        int end = live.start() + live.replicas();
        return IntStream.range(0, live.replicas() - replicas).mapToObj(i -> end - 1 - i).toList();
    }

    /** One step of what comes before the StatefulSet's own change, under the Lease; empty when that may be written, in the same tick. */
    public Optional<Outcome> before(SetState live, int replicas) throws Failure, Unavailable, InterruptedException {
        if (replicas > live.replicas()) {
            Optional<Outcome> first = growth.prepare(replicas);
            joining |= first.isEmpty() && growth.initiated();
            return first;
        }
        Optional<Outcome> first = replicas < live.replicas() ? shrink.tick(replicas) : Optional.empty();
        lowered |= replicas < live.replicas() && first.isEmpty();
        return first;
    }

    /** The annotations with which the change is to be written; empty for none of ours. */
    public Optional<String> annotation() {
        return joining ? Optional.of("true") : Optional.empty();
    }

    /** One step of what comes after the StatefulSet's own change; empty when nothing is left to do. */
    public Optional<Outcome> after(SetState wanted) throws Failure, Unavailable, InterruptedException {
        Optional<Outcome> next = joining ? growth.join() : Optional.empty();
        if (next.isPresent()) {
            return next;
        }
        joining = false;
        List<String> ending = lowered ? looks.podsBeyond(wanted.replicas()).stream().map(PodState::name).toList() : List.of();
        lowered = !ending.isEmpty();
        return lowered ? Optional.of(Outcome.after(SOON, String.join(", ", ending) + " to end")) : Optional.empty();
    }

    /** What an abort leaves, or null. */
    public String leftBehind() {
        return joining
                ? "The new pods of StatefulSet " + name + " may be no members yet. Run the step again, or initReplicaSet: it adds them."
                : lowered ? null : shrink.leftBehind(name);
    }

    @Override
    public void close() {
        growth.close();
        looks.close();
    }
}
