package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision.Broken;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision.Done;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision.LeftBehind;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision.Next;
import io.jenkins.plugins.statefulmongo.waiting.WaitDecision.Wait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

class WaitDecisionTest {
    /** A set with its pods as they may be seen at any moment, and the ordinals whose trouble is fatal. */
    record Scene(SetState set, List<PodState> pods, Set<String> unsettled, Map<Integer, Trouble> fatal) {
        Next next() {
            return new WaitDecision(set, pods, unsettled).decide(fatal);
        }

        List<PodState> wanted() {
            return pods.stream().filter(p -> set.ordinals().contains(p.ordinal())).toList();
        }

        /** Told independently of the decider: which revisions are right for an ordinal. */
        boolean rightRevision(PodState pod) {
            boolean below = !set.onDelete() && pod.ordinal() - set.start() < set.partition();
            return "new".equals(pod.revision()) || below && "old".equals(pod.revision());
        }
    }

    private static Trouble trouble(int ordinal, boolean hopeless) {
        return new Trouble("db-" + ordinal, ordinal, "db", hopeless ? Cause.IMAGE_NOT_FOUND : Cause.CRASH, hopeless, "db-" + ordinal + " fails", "", "mend it");
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<SetState> sets = Combinators.combine(
                        Arbitraries.of(0, 0, 5),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.of("RollingUpdate", "OnDelete"),
                        Arbitraries.of(0, 0, 1, 2),
                        Arbitraries.of("Parallel", "OrderedReady"),
                        Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(5, Arbitraries.just(true)), net.jqwik.api.Tuple.of(1, Arbitraries.just(false))),
                        Arbitraries.of(false, false, true))
                .as(Pods::set);
        return sets.flatMap(set -> Combinators.combine(
                        pod().list().ofSize(set.replicas() + 1),
                        Arbitraries.of(true, false, false).list().ofSize(8),
                        Arbitraries.of(0, 0, 0, 1, 2).list().ofSize(8))
                .as((kinds, brief, fatal) -> scene(set, kinds, brief, fatal)));
    }

    private record Kind(boolean there, String revision, boolean ready, boolean terminating, String phase) {}

    private static Arbitrary<Kind> pod() {
        return Combinators.combine(
                        Arbitraries.of(true, true, true, true, false),
                        Arbitraries.of("new", "new", "new", "old"),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of(false, false, false, false, true),
                        Arbitraries.of("Running", "Running", "Pending", "Failed"))
                .as((there, revision, ready, terminating, phase) ->
                        new Kind(there, revision, ready && phase.equals("Running"), terminating, phase));
    }

    private static Scene scene(SetState set, List<Kind> kinds, List<Boolean> brief, List<Integer> fatal) {
        List<PodState> pods = new ArrayList<>();
        Set<String> unsettled = new java.util.HashSet<>();
        Map<Integer, Trouble> troubles = new HashMap<>();
        for (int i = 0; i < kinds.size(); i++) { // one more than wanted: a set that shrinks
            int ordinal = set.start() + i;
            Kind kind = kinds.get(i);
            if (kind.there()) {
                PodState pod = Pods.pod(ordinal, kind.revision(), kind.ready(), kind.terminating(), kind.phase(), null, null);
                pods.add(pod);
                if (pod.serves() && brief.get(i)) {
                    unsettled.add(pod.uid());
                }
            }
            if (fatal.get(i) > 0) {
                troubles.put(ordinal, trouble(ordinal, fatal.get(i) == 2));
            }
        }
        return new Scene(set, pods, unsettled, troubles);
    }

    @Property(tries = 5000)
    void doneExactlyWhenEachWantedOrdinalServesAtTheRightRevision(@ForAll("scenes") Scene scene) {
        boolean all = scene.set().observed()
                && scene.wanted().size() == scene.set().replicas()
                && scene.wanted().stream().allMatch(p -> p.ready() && !p.terminating() && scene.rightRevision(p) && !scene.unsettled().contains(p.uid()));
        Next next = scene.next();
        Statistics.collect(next.getClass().getSimpleName());
        assertThat(next instanceof Done).isEqualTo(all);
    }

    @Property(tries = 5000)
    void rule28_underOnDeletePodsOfAnOldRevisionEndItUnlessOurOwnUpdateReplacesThem(@ForAll("scenes") Scene scene) {
        boolean old = scene.set().observed()
                && scene.set().onDelete()
                && scene.set().annotation(WaitDecision.UPDATE) == null
                && scene.wanted().stream().anyMatch(p -> "old".equals(p.revision()) && !p.terminating() && !"Failed".equals(p.phase()));
        Statistics.collect(old);
        assertThat(scene.next() instanceof LeftBehind).isEqualTo(old);
    }

    @Property(tries = 5000)
    void itNeverBlamesAPodThatServesOrOneThatIsAboutToBeReplaced(@ForAll("scenes") Scene scene) {
        if (scene.next() instanceof Broken broken) {
            int ordinal = broken.trouble().ordinal();
            assertThat(scene.set().ordinals()).contains(ordinal);
            assertThat(scene.fatal()).containsEntry(ordinal, broken.trouble());
            scene.wanted().stream().filter(p -> p.ordinal() == ordinal).forEach(p -> {
                assertThat(p.serves() && scene.rightRevision(p) && !scene.unsettled().contains(p.uid())).isFalse();
                assertThat(p.serves() && !scene.rightRevision(p)).isFalse();
            });
        }
    }

    @Property(tries = 5000)
    void aDeadPodOfTheNewRevisionEndsItAlsoUnderAnUpdate(@ForAll("scenes") Scene scene) {
        boolean dead = scene.set().observed()
                && scene.wanted().stream().anyMatch(p -> "new".equals(p.revision()) && !p.ready() && scene.fatal().containsKey(p.ordinal()));
        Statistics.collect(dead);
        if (dead) {
            assertThat(scene.next()).isInstanceOfAny(Broken.class, LeftBehind.class);
        }
    }

    @Property(tries = 2000)
    void anUnobservedChangeIsWaitedForWhateverThePodsLookLike(@ForAll("scenes") Scene scene) {
        if (!scene.set().observed()) {
            assertThat(scene.next()).isInstanceOf(Wait.class);
        }
    }

    @Test
    void whatCannotHealIsToldFirst() {
        SetState set = Pods.set(0, 3, "RollingUpdate", 0, "Parallel", true, false);
        WaitDecision decision = new WaitDecision(set, List.of(Pods.pod(0, "new", false, false), Pods.pod(1, "new", false, false)), Set.of());
        assertThat(decision.decide(Map.of(0, trouble(0, false), 1, trouble(1, true)))).isEqualTo(new Broken(trouble(1, true)));
    }

    @Test
    void orderedOrdinalsThatAreNotMadeYetAreNotSuspected() {
        SetState set = Pods.set(0, 3, "RollingUpdate", 0, "OrderedReady", true, false);
        WaitDecision decision = new WaitDecision(set, List.of(Pods.pod(0, "new", false, false)), Set.of());
        assertThat(decision.suspects()).extracting(WaitDecision.Blocker::ordinal).containsExactly(0);
        assertThat(decision.blockers()).hasSize(3);
        SetState parallel = Pods.set(0, 3, "RollingUpdate", 0, "Parallel", true, false);
        assertThat(new WaitDecision(parallel, List.of(Pods.pod(0, "new", false, false)), Set.of()).suspects()).hasSize(3);
    }

    @Test
    void aPodOfAnOldRevisionThatAnOrderedControllerWaitsForIsSuspected() {
        List<PodState> stuck = List.of(Pods.pod(0, "new", true, false), Pods.pod(1, "old", false, false));
        assertThat(new WaitDecision(Pods.set(0, 2, "RollingUpdate", 0, "OrderedReady", true, false), stuck, Set.of()).suspects()).hasSize(1);
        assertThat(new WaitDecision(Pods.set(0, 2, "RollingUpdate", 0, "Parallel", true, false), stuck, Set.of()).suspects()).isEmpty();
    }
}
