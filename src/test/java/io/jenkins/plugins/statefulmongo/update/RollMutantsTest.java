package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;

/** Each rule of an update removed in turn: the histories of {@link RollDecisionPropertyTest} must find it out. */
class RollMutantsTest {
    /** Makes a decision that lacks one rule. */
    private interface Broken {
        RollDecision make(Scene scene, Map<Integer, Stuck> stuck, Set<Integer> behind, boolean allowDowntime);
    }

    private final Map<String, Decider> mutants = new LinkedHashMap<>();

    @Example
    void eachRuleRemovedInTurnIsCaught() {
        Random random = new Random(5);
        decisions();
        catchUps();
        rollBacks();
        RandomGenerator<History> histories = History.all().generator(1_000, false);
        Map<String, Integer> caught = new LinkedHashMap<>();
        mutants.forEach((rule, decider) -> caught.put(rule, caughtAfter(decider, histories, random)));
        System.out.println("RollDecision without one of its rules is caught after so many histories:");
        caught.forEach((rule, count) -> System.out.printf("  %5s  %s%n", count < 0 ? "never" : count, rule));
        assertThat(caught).allSatisfy((rule, count) -> assertThat(count).as("not caught: %s", rule).isPositive());
    }

    /** How many histories it took, or -1. */
    private static int caughtAfter(Decider decider, RandomGenerator<History> histories, Random random) {
        for (int i = 1; i <= RollDecisionPropertyTest.HISTORIES; i++) {
            History history = histories.next(random).value();
            try {
                new ModelledUpdate(history, decider, new HashSet<>()).go();
            } catch (AssertionError e) {
                assertThatCode(() -> new ModelledUpdate(history, new Decider(), new HashSet<>()).go())
                        .as("the whole decider passes what catches the broken one").doesNotThrowAnyException();
                return i;
            }
        }
        return -1;
    }

    private void decisions() {
        without("02 new pods are told from old ones only after the controller has seen the template", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean templateSeen() {
                return true;
            }
        });
        without("09 while one is down nothing else is touched", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean healthy(int ordinal) {
                return true;
            }
        });
        without("09 healthy means Ready, too", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean healthy(int ordinal) {
                return scene.member(ordinal).filter(MemberState::healthy).isPresent();
            }
        });
        without("09 healthy means PRIMARY, SECONDARY or ARBITER, too", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean healthy(int ordinal) {
                return scene.pod(ordinal).filter(PodState::serves).isPresent();
            }
        });
        without("08 whoever ended a moment ago may do so again", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean mayEndAgain(int ordinal) {
                return false;
            }
        });
        without("08 a member that serves from a pod that is not Ready goes only while all others are well", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean othersAreWell(int ordinal) {
                return true;
            }
        });
        without("09 a mongod with data and no configuration may be initiated", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean mayBeInitiated(PodState pod) {
                return false;
            }
        });
        without("09 a mongod that does not answer may serve", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean mayServe(PodState pod) {
                return false;
            }
        });
        without("09 a stuck pod goes only when the others hold a majority; 11 any only when they hold a write majority", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean majorityWithout(int ordinal) {
                return true;
            }
        });
        without("11 arbiters acknowledge no write", (s, t, b, d) -> majority(s, t, b, d, false, true));
        without("11 delayed members acknowledge no write in time", (s, t, b, d) -> majority(s, t, b, d, true, false));
        without("15 voters outside the StatefulSet count in every majority", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean majorityWithout(int ordinal) {
                long up = scene.set().ordinals().stream().filter(o -> o != ordinal && scene.healthy(o)).count();
                return up >= scene.set().replicas() / 2 + 1;
            }
        });
        without("10 a majority names the primary", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            Optional<MemberState> primary() {
                return scene.members().values().stream().filter(MemberState::isPrimary).findFirst();
            }

            @Override
            boolean follows(int ordinal) {
                return true;
            }
        });
        without("10 every member names the same primary", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean follows(int ordinal) {
                return true;
            }
        });
        without("10 every secondary has caught up", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean caughtUp() {
                return true;
            }
        });
        without("08 no other voter lags", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            Optional<String> laggard(int ordinal, MemberState primary) {
                return Optional.empty();
            }
        });
        without("08 secondaries by ordinal, descending", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            Comparator<PodState> order(MemberState primary) {
                return Comparator.<PodState, Boolean>comparing(p -> p.ordinal() == primary.ordinal()).thenComparing(PodState::ordinal);
            }
        });
        without("08 the primary last", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            Comparator<PodState> order(MemberState primary) {
                return Comparator.comparing(PodState::ordinal, Comparator.reverseOrder());
            }
        });
        without("11 the primary steps down before its pod goes", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean handsOver(int ordinal) {
                return false;
            }
        });
        without("11 a stuck pod's primary steps down before it goes", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean servesAsPrimary(int ordinal) {
                return false;
            }
        });
        without("11 the only electable member goes as primary only with allowDowntime", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean handsOver(int ordinal) {
                return scene.set().ordinals().stream().anyMatch(o -> o != ordinal && electable(o));
            }
        });
        without("11 with allowDowntime the only electable member goes as primary", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean handsOver(int ordinal) {
                return true;
            }
        });
        without("11 a successor is less than 1 s behind", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean canSucceed(int ordinal, MemberState primary) {
                return ordinal != primary.ordinal() && electable(ordinal) && scene.member(ordinal).filter(MemberState::isSecondary).isPresent();
            }
        });
        without("11 the primary's heartbeats see who is back", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean sees(MemberState primary, int ordinal) {
                return true;
            }
        });
        without("11 a successor is electable", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean electable(int ordinal) {
                return true;
            }
        });
        without("12 only a pod that cannot start is deleted", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean cannotStart(int ordinal) {
                return t.containsKey(ordinal);
            }
        });
        without("12 and 13 what cannot start ends the way, or is deleted", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean cannotStart(int ordinal) {
                return false;
            }
        });
        without("12 an ordinal that is no member ends it", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean notMember(int ordinal) {
                return false;
            }
        });
        without("09 where only stuck pods could be primary there is no majority to keep", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            boolean nobodyCanLead() {
                return false;
            }
        });
        without("09 a delayed member may stay behind by its delay", (s, t, b, d) -> new RollDecision(s, t, b, d) {
            @Override
            long delay(ReplicaConfig.Member member) {
                return 0;
            }
        });
    }

    private static RollDecision majority(Scene s, Map<Integer, Stuck> t, Set<Integer> b, boolean d, boolean noArbiter, boolean noDelayed) {
        return new RollDecision(s, t, b, d) {
            @Override
            boolean majorityWithout(int ordinal) {
                long up = scene.set().ordinals().stream()
                        .filter(o -> o != ordinal && scene.healthy(o))
                        .filter(o -> scene.configured(o)
                                .filter(m -> m.voter() && !(noArbiter && m.arbiter()) && !(noDelayed && m.delaySeconds() > 0))
                                .isPresent())
                        .count();
                return super.majorityWithout(ordinal) || scene.outsiders().isEmpty() && up >= scene.config().orElseThrow().majority();
            }
        };
    }

    private void catchUps() {
        withoutInCatchUp("10 a mark of an older term is void", () -> new CatchUp() {
            @Override
            boolean isVoid(OpTime mark, MemberState primary) {
                return false;
            }
        });
        withoutInCatchUp("10 caught up means having reached the mark", () -> new CatchUp() {
            @Override
            boolean reached(OpTime applied, OpTime mark, long delay) {
                return true;
            }
        });
        withoutInCatchUp("10 whoever was no SECONDARY is marked anew", () -> new CatchUp() {
            @Override
            void forget(PodState pod) {}
        });
        withoutInCatchUp("09 a delayed member's mark allows its delay", () -> new CatchUp() {
            @Override
            boolean reached(OpTime applied, OpTime mark, long delay) {
                return super.reached(applied, mark, 0);
            }
        });
    }

    private void rollBacks() {
        mutants.put("13 no way back across series", new Decider() {
            @Override
            Optional<String> forbidden(Scene scene, Journal journal) {
                return Optional.empty();
            }
        });
        mutants.put("13 that the way back is closed is remembered", new Decider() {
            @Override
            Optional<String> forbidden(Scene scene, Journal journal) {
                return super.forbidden(scene, new Journal(journal.holder(), journal.strategy(), journal.template(), journal.term(),
                        journal.startedAt(), journal.failure(), null));
            }
        });
        mutants.put("13 a way back within one series, or before any data was opened", new Decider() {
            @Override
            Optional<String> forbidden(Scene scene, Journal journal) {
                return Optional.of("never back");
            }
        });
    }

    private void without(String rule, Broken broken) {
        mutants.put(rule, new Decider() {
            @Override
            RollDecision decision(Scene scene, Map<Integer, Stuck> stuck, Set<Integer> behind, boolean allowDowntime) {
                return broken.make(scene, stuck, behind, allowDowntime);
            }
        });
    }

    private void withoutInCatchUp(String rule, Supplier<CatchUp> broken) {
        mutants.put(rule, new Decider() {
            @Override
            CatchUp catchUp() {
                return broken.get();
            }
        });
    }
}
