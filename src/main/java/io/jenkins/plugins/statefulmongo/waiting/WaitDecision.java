package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides whether a StatefulSet's ordinals all serve at the right revision, and whether waiting on is of use.
 *
 * <p>The right revision is the update revision; below a partition (counted from the first ordinal) the current one is right as well, as
 * the controller leaves those pods alone.
 *
 * @param pods of this set only
 * @param unsettled uids of pods that are Ready, but not for long enough to be believed
 */
public record WaitDecision(SetState set, List<PodState> pods, Set<String> unsettled) {
    /** Annotation of a workload that a step of ours is changing. */
    public static final String UPDATE = "stateful-mongo.jenkins.io/update";

    /** What comes next. */
    public sealed interface Next {}

    /** Every wanted ordinal serves. */
    public record Done() implements Next {}

    /** @param waitingFor what for, in a few words */
    public record Wait(String waitingFor) implements Next {}

    /** A pod will not become ready. */
    public record Broken(Trouble trouble) implements Next {}

    /** Nobody will replace these pods of an older revision. */
    public record LeftBehind(List<PodState> old) implements Next {}

    /** What one ordinal still lacks; {@code pod} is null where there is none. */
    public record Blocker(int ordinal, PodState pod) {}

    /**
     * @param fatal what is known to be hopeless, or has been stuck for too long, by ordinal
     */
    public Next decide(Map<Integer, Trouble> fatal) {
        if (!set.observed()) {
            return new Wait("the StatefulSet controller to see the latest change");
        }
        List<Blocker> blockers = blockers();
        if (blockers.isEmpty()) {
            return new Done();
        }
        List<PodState> leftBehind = leftBehind(blockers);
        if (!leftBehind.isEmpty()) {
            return new LeftBehind(leftBehind);
        }
        Set<Integer> examined = suspects().stream().map(Blocker::ordinal).collect(Collectors.toSet());
        Optional<Trouble> trouble = fatal.entrySet().stream()
                .filter(e -> examined.contains(e.getKey()))
                .map(Map.Entry::getValue)
                // What cannot heal is told before what only takes too long.
                .min((a, b) -> a.hopeless() != b.hopeless() ? (a.hopeless() ? -1 : 1) : Integer.compare(a.ordinal(), b.ordinal()));
        return trouble.isPresent() ? new Broken(trouble.get()) : new Wait(waitingFor(blockers));
    }

    /** The wanted ordinals that do not serve at the right revision, ascending. */
    public List<Blocker> blockers() {
        Map<String, PodState> there = pods.stream().collect(Collectors.toMap(PodState::name, p -> p));
        return set.ordinals().stream()
                .map(ordinal -> new Blocker(ordinal, there.get(set.pod(ordinal))))
                .filter(b -> b.pod() == null || !right(b.pod()))
                .toList();
    }

    /** The blockers that are to blame: not the pods that only wait for others, nor those that are about to be replaced. */
    public List<Blocker> suspects() {
        List<Blocker> suspects = new ArrayList<>();
        boolean held = false;
        for (Blocker blocker : blockers()) {
            PodState pod = blocker.pod();
            boolean replaced = pod != null && !atRevision(pod) && !pod.terminating() && (pod.serves() || !holdsUp());
            // Ordered: those after one that is not ready are not made yet.
            if (!replaced && !(pod == null && held)) {
                suspects.add(blocker);
            }
            held |= ordered() && (pod == null || !pod.serves());
        }
        return suspects;
    }

    /** Serves for good, at a revision that is right for its ordinal. */
    public boolean right(PodState pod) {
        return pod.serves() && atRevision(pod) && !unsettled.contains(pod.uid());
    }

    /** Whether an older revision is right for some ordinals. */
    public boolean partitioned() {
        return !set.onDelete() && set.partition() > 0 && !current().equals(set.updateRevision());
    }

    /** The revision of the ordinals below the partition. */
    public String current() {
        String current = Json.text(set.object(), "status", "currentRevision");
        return current == null ? String.valueOf(set.updateRevision()) : current;
    }

    private boolean atRevision(PodState pod) {
        return pod.revision() != null
                && (pod.revision().equals(set.updateRevision())
                        || partitioned() && pod.ordinal() < set.start() + set.partition() && pod.revision().equals(current()));
    }

    /** With OnDelete nobody but a step replaces pods; the controller itself replaces those that ended. */
    private List<PodState> leftBehind(List<Blocker> blockers) {
        return updating() ? List.of() : forNobody(blockers);
    }

    /** What would be left behind, were the update that is under way given up. */
    public List<PodState> forTheUpdate() {
        return updating() ? forNobody(blockers()) : List.of();
    }

    private List<PodState> forNobody(List<Blocker> blockers) {
        if (!set.onDelete()) {
            return List.of();
        }
        return blockers.stream()
                .map(Blocker::pod)
                .filter(p -> p != null && !atRevision(p) && !p.terminating() && !"Failed".equals(p.phase()) && !"Succeeded".equals(p.phase()))
                .toList();
    }

    /** A step of ours is replacing the pods. */
    public boolean updating() {
        return set.annotation(UPDATE) != null;
    }

    // https://github.com/kubernetes/kubernetes/issues/67250: an ordered controller waits for the ready state of the very pod it should replace.
    private boolean holdsUp() {
        return ordered() && !updating();
    }

    private boolean ordered() {
        return !"Parallel".equals(Json.text(set.object(), "spec", "podManagementPolicy"));
    }

    private static String join(List<String> names) {
        return names.size() <= 6 ? String.join(", ", names) : String.join(", ", names.subList(0, 5)) + " and " + (names.size() - 5) + " more";
    }

    private String waitingFor(List<Blocker> blockers) {
        return join(blockers.stream().map(b -> set.pod(b.ordinal())).toList()) + " to become Ready at revision " + set.updateRevision();
    }
}
