package io.jenkins.plugins.statefulmongo.initiate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.initiate.InitDecision.Action;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import io.jenkins.plugins.statefulmongo.testing.MongoSet.Node;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** Over all that members may answer: what initReplicaSet must never do, and that it does what it may. Told without the decider's own words. */
class InitDecisionPropertyTest {
    private static final Map<String, Integer> SEEN = new TreeMap<>();

    /** What one mongod says. */
    enum Answer {
        FRESH, FRESH_WITH_DATA, PRIMARY, SECONDARY, STARTUP2, REMOVED, ARBITER, OTHER_SET, OTHER_NAME, BY_ADDRESS, SILENT, GONE
    }

    record Said(Answer answer, boolean configured, boolean sawPrimary, int version) {}

    /** @param wanted how many of the members are wanted; the others belong to a set that was larger */
    record Look(List<Said> said, int wanted, boolean oldClaims, boolean everHadAPrimary, String release) {
        MongoSet set() {
            MongoSet set = new MongoSet(said.size());
            set.part("spec").put("replicas", wanted);
            int primary = everHadAPrimary ? 0 : -1; // the others may not know yet that it is none any more
            for (int i = 0; i < said.size(); i++) {
                primary = said.get(i).answer == Answer.PRIMARY ? i : primary;
            }
            for (int i = 0; i < said.size(); i++) {
                fill(set.node(i), said.get(i), primary);
            }
            return set;
        }

        private void fill(Node node, Said s, int primary) {
            node.exists = s.answer != Answer.GONE;
            node.answers = s.answer != Answer.SILENT;
            node.initiated = s.answer != Answer.FRESH && s.answer != Answer.FRESH_WITH_DATA;
            node.data = s.answer == Answer.FRESH_WITH_DATA;
            node.state = switch (s.answer) {
                case PRIMARY, STARTUP2, REMOVED, ARBITER -> s.answer.name();
                default -> "SECONDARY";
            };
            node.arbiter = s.answer == Answer.ARBITER;
            node.setId = s.answer == Answer.OTHER_SET ? "id-2" : "id-1";
            node.setName = s.answer == Answer.OTHER_NAME ? "rs9" : "rs0";
            node.host = s.answer == Answer.BY_ADDRESS ? "10.244.0." + (node.ordinal + 2) + ":27017" : null;
            node.configured = s.configured || s.answer == Answer.BY_ADDRESS;
            node.primary = s.sawPrimary && primary >= 0 && s.answer != Answer.REMOVED ? primary : null;
            node.term = primary >= 0 ? 1 : 0;
            node.configVersion = s.version;
            node.version = release;
        }

        boolean none(Answer... answers) {
            return said.stream().noneMatch(s -> List.of(answers).contains(s.answer));
        }

        boolean allWantedAnswer() {
            return said.subList(0, wanted).stream().noneMatch(s -> s.answer == Answer.SILENT || s.answer == Answer.GONE);
        }

        boolean initiatedSomewhere() {
            return said.stream().anyMatch(s -> !List.of(Answer.FRESH, Answer.FRESH_WITH_DATA, Answer.SILENT, Answer.GONE).contains(s.answer));
        }
    }

    @Provide
    Arbitrary<Look> looks() {
        Arbitrary<Said> anything = said(Arbitraries.frequencyOf(
                Tuple.of(30, Arbitraries.of(Answer.FRESH)),
                Tuple.of(30, Arbitraries.of(Answer.SECONDARY)),
                Tuple.of(12, Arbitraries.of(Answer.PRIMARY)),
                Tuple.of(20, Arbitraries.of(Answer.values()))));
        Arbitrary<Said> healthy = said(Arbitraries.of(Answer.PRIMARY, Answer.SECONDARY, Answer.SECONDARY, Answer.SECONDARY, Answer.FRESH));
        Arbitrary<Said> fresh = said(Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.of(Answer.FRESH)), Tuple.of(1, Arbitraries.of(Answer.FRESH_WITH_DATA, Answer.SILENT, Answer.GONE))));
        return Combinators.combine(
                        Arbitraries.of(anything, anything, healthy, fresh).flatMap(s -> s.list().ofMinSize(1).ofMaxSize(6)),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(false, false, false, true),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of("4.4.29", "7.0.14"))
                .as((said, beyond, claims, had, release) -> new Look(said, Math.max(1, said.size() - beyond), claims, had, release));
    }

    private static Arbitrary<Said> said(Arbitrary<Answer> answers) {
        return Combinators.combine(answers, Arbitraries.of(true, true, true, false), Arbitraries.of(true, true, true, false), Arbitraries.of(1, 1, 1, 2))
                .as(Said::new);
    }

    private static Action next(Look look, MongoSet set) {
        Action next = new InitDecision(
                set.set(), set.hosts(), "rs0", set.members(), look.oldClaims() ? List.of("mongo-data-db-9") : List.of()).next();
        SEEN.merge(next.getClass().getSimpleName(), 1, Integer::sum);
        return next;
    }

    @Property(tries = 4_000)
    void safety16_initiatesExactlyWhenEveryoneWasAskedAndNobodyHasDataOrAConfiguration(@ForAll("looks") Look look) {
        boolean may = look.allWantedAnswer()
                && look.none(Answer.SILENT, Answer.FRESH_WITH_DATA)
                && !look.initiatedSomewhere()
                && !look.oldClaims();
        MongoSet set = look.set();
        Action next = next(look, set);
        assertThat(next instanceof Action.Initiate).isEqualTo(may);
        if (next instanceof Action.Initiate initiate) {
            assertThat(initiate.ordinal()).isZero();
            assertThat(initiate.hosts()).hasSize(look.wanted()).isEqualTo(set.hosts().all());
        }
    }

    @Property(tries = 4_000)
    void nothingIsChangedWhileAWantedMemberIsSilent(@ForAll("looks") Look look) {
        if (!look.allWantedAnswer()) {
            assertThat(next(look, look.set())).isInstanceOf(Action.Wait.class);
        }
    }

    @Property(tries = 4_000)
    void membersOfDifferentSetsAndForeignOnesAreNeverJoined(@ForAll("looks") Look look) {
        long sets = look.said().stream()
                .filter(s -> List.of(Answer.PRIMARY, Answer.SECONDARY, Answer.STARTUP2, Answer.REMOVED, Answer.ARBITER, Answer.BY_ADDRESS,
                        Answer.OTHER_SET, Answer.OTHER_NAME).contains(s.answer()))
                .map(s -> s.answer() == Answer.OTHER_SET ? 2 : s.answer() == Answer.OTHER_NAME ? 3 : 1)
                .distinct()
                .count();
        MongoSet set = look.set();
        if (look.allWantedAnswer() && (sets > 1 || !look.none(Answer.OTHER_NAME))) {
            assertThat(next(look, set)).isInstanceOfSatisfying(Action.Refuse.class, refuse -> {
                String all = refuse.what() + String.join("\n", refuse.lines());
                assertThat(all).contains("Nothing was changed");
                set.members().keySet().forEach(o -> assertThat(all).as("the members' story").contains("db-" + o + ": "));
            });
        }
    }

    @Property(tries = 4_000)
    void safety15_onlyAnEmptyOrRemovedMemberIsAddedByThePrimaryThatAMajorityNames(@ForAll("looks") Look look) {
        MongoSet set = look.set();
        if (next(look, set) instanceof Action.Add add) {
            int added = set.hosts().ordinal(add.host()).orElseThrow();
            assertThat(added).isLessThan(look.wanted());
            assertThat(look.said().get(added).answer()).as("empty, or one that knows that it was removed").isIn(Answer.FRESH, Answer.REMOVED);
            assertThat(set.node(added).configured).isFalse();
            assertThat(look.said().get(add.primary()).answer()).isEqualTo(Answer.PRIMARY);
            long voters = set.nodes().stream().filter(n -> n.configured).count();
            long witnesses = set.nodes().stream()
                    .filter(n -> n.exists && n.answers && n.initiated && n.configured && Integer.valueOf(add.primary()).equals(n.primary))
                    .count();
            assertThat(witnesses).isGreaterThan(voters / 2);
            assertThat(add.vote() && add.joining()).isFalse();
            assertThat(add.vote()).as("before 5.0 a vote at once counts before it has data").isEqualTo(look.release().startsWith("7"));
        }
    }

    @Property(tries = 4_000)
    void itEndsOnlyWhenEveryWantedOrdinalIsAHealthyMember(@ForAll("looks") Look look) {
        MongoSet set = look.set();
        if (next(look, set) instanceof Action.Finish finish) {
            assertThat(look.said().get(finish.primary()).answer()).isEqualTo(Answer.PRIMARY);
            for (int i = 0; i < look.wanted(); i++) {
                assertThat(look.said().get(i).answer()).isIn(Answer.PRIMARY, Answer.SECONDARY, Answer.ARBITER);
                assertThat(set.node(i).configured).isTrue();
            }
        }
    }

    @Property(tries = 4_000)
    void safety10_nobodyIsAskedToStandInASetThatEverHadAPrimary(@ForAll("looks") Look look) {
        if (next(look, look.set()) instanceof Action.StandForElection stand) {
            assertThat(look.everHadAPrimary()).isFalse();
            assertThat(look.none(Answer.PRIMARY)).isTrue();
            assertThat(look.said().get(stand.ordinal()).answer()).isIn(Answer.SECONDARY, Answer.OTHER_SET);
        }
    }

    @AfterContainer
    static void jenkins24_reportHowOftenEachActionCame() {
        System.out.println("InitDecision, looks: " + SEEN);
        assertThat(SEEN.keySet()).contains("Initiate", "Wait", "Refuse", "Add", "Finish", "StandForElection");
        assertThat(SEEN).allSatisfy((action, count) -> assertThat(count).as(action).isGreaterThan(20));
    }
}
