package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Release;
import java.util.List;
import java.util.Optional;

/**
 * Whether an update may go back by itself. Within one release series always. Across series only while no member has opened its data with
 * the newer release, as far as any look has shown since the update began: going back with such data is unsupported from 7.0
 * (https://www.mongodb.com/docs/manual/release-notes/7.0-downgrade/). Pure.
 */
final class RollBack {
    private RollBack() {}

    /**
     * Why the template may not be put back, or empty when it may.
     *
     * @param target the release that the new image was said to be, or null where nobody said; what a member itself says counts more
     */
    static Optional<String> forbidden(Scene scene, Journal journal, Release target) {
        if (journal.opened() != null) {
            return Optional.of(journal.opened());
        }
        Optional<Release> before = Release.ofImage(journal.image(scene.set())).or(() -> replaced(scene));
        for (PodState pod : scene.pods()) {
            if (!scene.isNew(pod)) {
                continue;
            }
            Optional<MemberState> member = scene.member(pod.ordinal());
            Optional<Release> now = member.map(MemberState::version)
                    .or(() -> Optional.ofNullable(target))
                    .or(() -> Release.ofImage(scene.set().image()));
            boolean sameSeries = before.isPresent() && now.isPresent() && before.get().sameSeries(now.get());
            boolean sameImage = journal.image(scene.set()).equals(scene.set().image());
            if (!sameSeries && !sameImage && mayHaveOpenedItsData(pod, scene.set().container(), member.isPresent())) {
                return Optional.of(pod.name() + " may have opened its data with "
                        + now.map(Release::toString).orElse(scene.set().image()) + ", which "
                        + before.map(Release::toString).orElse(journal.image(scene.set())) + " need not be able to read");
            }
        }
        return Optional.empty();
    }

    /** What the members that are not replaced yet say of themselves; empty where none of them says it, or not all the same series. */
    private static Optional<Release> replaced(Scene scene) {
        List<Release> old = scene.pods().stream()
                .filter(pod -> !scene.isNew(pod))
                .flatMap(pod -> scene.member(pod.ordinal()).map(MemberState::version).stream())
                .toList();
        return old.stream().findFirst().filter(one -> old.stream().allMatch(one::sameSeries));
    }

    static String choices(Scene scene, Journal journal) {
        List<PodState> at = scene.pods().stream().filter(scene::isNew).toList();
        return "The set serves with " + (scene.pods().size() - at.size()) + " member(s) at the old template and " + at.size()
                + " at the new one; its strategy stays OnDelete.\n"
                + "Either mend the cause and run the step again: it continues. Or go back: run it with " + journal.image(scene.set())
                + (scene.set().image().equals(journal.image(scene.set())) ? "." : ", after the new members' volumes were emptied if their data is of a newer release.");
    }

    /**
     * By mongod's container alone: how a sidecar fares tells nothing of the data. Exit 62 and options that mongod refuses come before the data
     * is opened; so does all that keeps a container from starting.
     */
    private static boolean mayHaveOpenedItsData(PodState pod, String mongod, boolean answers) {
        return answers
                || pod.containers().stream()
                        .filter(c -> c.name().equals(mongod))
                        .anyMatch(c -> c.lastExitCode() == null
                                ? c.waitingReason() == null && pod.running()
                                : c.lastExitCode() != 62 && c.lastExitCode() != 2);
    }
}
