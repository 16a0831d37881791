package io.jenkins.plugins.statefulmongo.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What an update does next, and above all in which order. */
class RollDecisionTest {
    private static final Stuck HOPELESS = new Stuck(true, "mongo:9.9 does not exist");
    private static final Stuck SLOW = new Stuck(false, "pulls its image");

    @Test
    void secondariesDescendingThenOneStepDownThenTheOldPrimary() {
        assertThat(walk(new MongoSet(3))).containsExactly("evict db-2", "evict db-1", "step down db-0", "evict db-0", "finish");
    }

    @Test
    void thePrimaryGoesLastWhereverItIs() {
        assertThat(walk(new MongoSet(3).primary(2))).containsExactly("evict db-1", "evict db-0", "step down db-2", "evict db-2", "finish");
        assertThat(walk(new MongoSet(5).primary(3)))
                .containsExactly("evict db-4", "evict db-2", "evict db-1", "evict db-0", "step down db-3", "evict db-3", "finish");
    }

    @Test
    void whatIsNewAlreadyIsNotTouched() {
        MongoSet s = new MongoSet(3);
        s.node(2).revision = MongoSet.NEW;
        s.node(0).revision = MongoSet.NEW;
        assertThat(walk(s)).containsExactly("evict db-1", "finish");
    }

    @Test
    void waitsForTheControllerToSeeTheTemplate() {
        MongoSet s = new MongoSet(3);
        s.part("metadata").put("generation", 3);
        assertThat(wait(s)).isEqualTo("the StatefulSet controller to see the new template");
    }

    @Test
    void safety08_beforeEachEvictionAllOtherVotersAreCheckedAgain() {
        MongoSet s = new MongoSet(5);
        s.node(4).revision = MongoSet.NEW;
        s.node(1).behind(11);
        assertThat(wait(s)).isEqualTo("db-1, which is 11 s behind");
        s.node(1).behind(10);
        assertThat(next(s)).isEqualTo("evict db-3");
        s.node(1).state = "RECOVERING";
        assertThat(wait(s)).startsWith("db-1 to be healthy again");
    }

    @Test
    void safety09_aMemberThatServesFromAPodThatIsNotReadyIsReplacedWhenItsTemplateIsAnotherOneNow() {
        MongoSet s = new MongoSet(3);
        s.node(1).ready = false;
        assertThat(next(s)).isEqualTo("evict db-1");
        s.node(2).behind(11);
        assertThat(wait(s)).as("another one lags").startsWith("db-1 to be healthy again");
        s.node(2).behind(0).ready = false;
        assertThat(wait(s)).as("no majority without it").startsWith("db-1, db-2 to be healthy again");
        s.node(2).ready = true;
        s.node(1).revision = MongoSet.NEW;
        assertThat(wait(s)).as("the template is its own").startsWith("db-1 to be healthy again");
        s.node(1).ready = true;
        s.node(0).ready = false;
        assertThat(wait(s)).as("the primary goes last").startsWith("db-0 to be healthy again");
        s.node(2).revision = MongoSet.NEW;
        assertThat(next(s)).isEqualTo("step down db-0");
    }

    @Test
    void safety12_membersWithDataAndNoConfigurationMayBeStartingAndAreLeft() {
        MongoSet s = new MongoSet(3);
        s.nodes().forEach(n -> n.initiated = false);
        assertThat(next(s)).isEqualTo("delete db-0");
        s.node(2).data = true;
        assertThat(wait(s)).isEqualTo("db-2, which has data, to tell its configuration");
        assertThat(wait(s, Map.of(1, HOPELESS))).isEqualTo("db-2, which has data, to tell its configuration");
    }

    @Test
    void safety08_aMemberThatAnswersFromAPodThatIsNotReadyIsNotHealthy() {
        MongoSet s = new MongoSet(3);
        s.node(1).terminating = true;
        assertThat(wait(s)).isEqualTo("db-1 to be healthy again (terminating)");
    }

    @Test
    void safety23_aPodThatIsNoMemberYetIsWaitedForByNobody() {
        MongoSet s = new MongoSet(4);
        s.node(3).initiated = false;
        s.node(3).configured = false;
        s.node(3).ready = false;
        s.node(3).revision = MongoSet.NEW;
        assertThat(walk(s)).containsExactly("evict db-2", "evict db-1", "step down db-0", "evict db-0", "finish");
        s.node(3).configured = true;
        assertThat(wait(s)).isEqualTo("db-3 to be healthy again (not Ready, not initiated)");
    }

    @Test
    void safety23_votersBeyondTheReplicasKeepTheOthersInPlace() {
        MongoSet s = new MongoSet(3);
        s.node(2).exists = false;
        s.part("spec").put("replicas", 2);
        assertThat(refuse(s)).isEqualTo("db-2 is a voting member of rs0, but StatefulSet db has 2 replicas: with one pod more away, writes would stop.\n"
                + "Scale it up again, or remove the members from the replica set; then run the step again.");
        MongoSet five = new MongoSet(5);
        five.node(4).exists = false;
        five.part("spec").put("replicas", 4);
        assertThat(next(five)).isEqualTo("evict db-3");
    }

    private static String refuse(MongoSet s) {
        RollAction.Stop stop = (RollAction.Stop) new RollDecision(scene(s), Map.of(), Set.of(), false).next();
        return stop.what() + "\n" + stop.remedy();
    }

    @Test
    void safety09_unhealthyOrdinalsGoFirst() {
        MongoSet s = new MongoSet(3);
        s.node(1).broken();
        assertThat(next(s, Map.of(1, HOPELESS))).isEqualTo("delete db-1");
    }

    @Test
    void rule6_aPodThatCannotEvenBeMadeEndsTheWayForward() {
        MongoSet s = new MongoSet(3);
        s.node(2).exists = false;
        assertThat(wait(s)).isEqualTo("db-2 to be healthy again (no pod)");
        assertThat(next(s, Map.of(2, HOPELESS))).isEqualTo("give up db-2");
        s.nodes().forEach(n -> {
            n.initiated = false;
            n.revision = MongoSet.NEW;
        });
        assertThat(next(s, Map.of(2, HOPELESS))).isEqualTo("give up db-2");
    }

    @Test
    void rule6_aPodThatIsEvictedInTurnsEndsTheWayForwardThoughItsControllerDeletesItAlready() {
        MongoSet s = new MongoSet(3);
        s.node(1).broken().terminating = true;
        assertThat(wait(s, Map.of(1, HOPELESS))).as("of the old template it goes by itself").startsWith("db-1 to be healthy again");
        s.node(1).revision = MongoSet.NEW;
        assertThat(next(s, Map.of(1, HOPELESS))).isEqualTo("give up db-1");
    }

    @Test
    void safety09_whileOneIsDownNothingElseIsTouched() {
        MongoSet s = new MongoSet(3);
        s.node(1).answers = false;
        assertThat(wait(s)).isEqualTo("db-1 to be healthy again (mongod does not answer)");
        s.node(1).exists = false;
        assertThat(wait(s)).isEqualTo("db-1 to be healthy again (no pod)");
    }

    @Test
    void safety09_aPodOfTheOldTemplateIsDeletedOnlyWhenTheOthersHoldAMajority() {
        MongoSet s = new MongoSet(3);
        s.node(1).broken();
        s.node(2).answers = false;
        assertThat(wait(s, Map.of(1, HOPELESS))).startsWith("db-1, db-2 to be healthy again");
    }

    @Test
    void safety08_whileOneThatEndedAMomentAgoMayDoSoAgainNothingElseIsTouched() {
        MongoSet s = new MongoSet(3);
        s.node(2).revision = MongoSet.NEW;
        Map<Integer, Stuck> unsteady = Map.of(2, new Stuck(false, "it ended a moment ago"));
        assertThat(wait(s, unsteady)).isEqualTo("db-2 to stay up (it ended a moment ago)");
        s.nodes().forEach(n -> n.revision = MongoSet.NEW);
        assertThat(wait(s, unsteady)).as("an update is not done before").isEqualTo("db-2 to stay up (it ended a moment ago)");
        assertThat(next(s)).isEqualTo("finish");
    }

    @Test
    void safety09_anArbiterNeedOnlyBeArbiter() {
        MongoSet s = new MongoSet(5);
        s.node(1).arbiter = true;
        s.node(1).priority = 0;
        s.primary(0);
        assertThat(s.node(1).state).isEqualTo("ARBITER");
        assertThat(walk(s)).containsExactly("evict db-4", "evict db-3", "evict db-2", "evict db-1", "step down db-0", "evict db-0", "finish");
    }

    @Test
    void safety09_delayedMembersMayStayBehindByTheirDelay() {
        MongoSet s = new MongoSet(5);
        s.node(1).delay = 3_600;
        s.node(1).priority = 0;
        s.node(1).behind(3_605);
        assertThat(next(s)).isEqualTo("evict db-4");
        s.node(1).behind(3_611);
        assertThat(wait(s)).isEqualTo("db-1, which is 11 s behind");
    }

    @Test
    void safety10_withoutAPrimaryThatAMajorityNamesNothingIsTouched() {
        MongoSet s = new MongoSet(3);
        s.node(1).primary = null;
        s.node(2).primary = null;
        assertThat(wait(s)).isEqualTo("a primary that a majority names");
    }

    @Test
    void safety10_secondariesThatHaveNotCaughtUpAreAwaitedByName() {
        MongoSet s = new MongoSet(3);
        assertThat(new RollDecision(scene(s), Map.of(), new TreeSet<>(Set.of(1, 2)), false).next())
                .isEqualTo(new RollAction.Wait("db-1, db-2 to catch up with db-0", true));
    }

    @Test
    void safety11_stepDownOnlyWhenSomebodyIsLessThanOneSecondBehind() {
        MongoSet s = new MongoSet(3);
        s.nodes().forEach(n -> n.revision = n.ordinal == 0 ? MongoSet.OLD : MongoSet.NEW);
        s.node(1).behind(1);
        s.node(2).behind(1);
        assertThat(wait(s)).isEqualTo("an electable secondary less than 1 s behind");
        s.node(2).behind(0);
        assertThat(next(s)).isEqualTo("step down db-0");
        s.node(2).priority = 0;
        assertThat(wait(s)).isEqualTo("an electable secondary less than 1 s behind");
    }

    @Test
    void safety11_stepDownOnlyWhenThePrimarySeesWhoIsBack() {
        MongoSet s = new MongoSet(3);
        s.nodes().forEach(n -> n.revision = n.ordinal == 0 ? MongoSet.OLD : MongoSet.NEW);
        s.node(1).unseen = true;
        assertThat(wait(s)).isEqualTo("db-0 to see db-1 again");
        s.node(1).unseen = false;
        assertThat(next(s)).isEqualTo("step down db-0");
    }

    @Test
    void safety11_withoutAWriteMajorityNothingGoesUnlessDowntimeIsAllowed() {
        MongoSet s = new MongoSet(2);
        assertThat(wait(s)).isEqualTo("a write majority without db-1");
        assertThat(name(new RollDecision(scene(s), Map.of(), Set.of(), true).next())).isEqualTo("evict db-1");
    }

    @Test
    void safety11_aDelayedMemberAcknowledgesNoMajorityWriteInTime() {
        MongoSet s = new MongoSet(3);
        s.node(1).delay = 3_600;
        s.node(1).priority = 0;
        s.node(1).behind(3_600);
        assertThat(wait(s)).isEqualTo("a write majority without db-2");
    }

    @Test
    void safety11_nobodyStepsDownForAPodThatMayNotGo() {
        MongoSet s = new MongoSet(2);
        s.node(1).revision = MongoSet.NEW;
        assertThat(wait(s)).isEqualTo("a write majority without db-0");
    }

    @Test
    void safety11_theOnlyElectableMemberOfSeveralGoesOnlyWhenDowntimeIsAllowed() {
        MongoSet s = new MongoSet(3);
        s.node(1).priority = 0;
        s.node(2).priority = 0;
        s.node(1).revision = MongoSet.NEW;
        s.node(2).revision = MongoSet.NEW;
        assertThat(wait(s)).isEqualTo("another member that can become primary: only db-0 can");
        assertThat(new RollDecision(scene(s), Map.of(), Set.of(), true).next()).isEqualTo(new RollAction.Evict(s.pods().get(0), true));
    }

    @Test
    void safety11_aStuckPodWhoseMongodIsPrimaryStepsDownBeforeItGoes() {
        MongoSet s = new MongoSet(3);
        s.node(0).ready = false;
        assertThat(next(s, Map.of(0, HOPELESS))).isEqualTo("step down db-0");
        s.node(1).behind(1);
        s.node(2).behind(1);
        assertThat(wait(s, Map.of(0, HOPELESS))).isEqualTo("an electable secondary less than 1 s behind");
        s.primary(1);
        assertThat(next(s, Map.of(0, HOPELESS))).isEqualTo("delete db-0");
    }

    @Test
    void safety11_whileThePrimaryOfAStuckPodFindsNoSuccessorTheOtherStuckPodsGo() {
        MongoSet s = new MongoSet(5);
        s.node(0).ready = false;
        s.nodes().forEach(n -> n.priority = n.ordinal < 2 ? 1 : 0);
        s.node(1).broken();
        assertThat(next(s, Map.of(0, HOPELESS, 1, HOPELESS))).isEqualTo("delete db-1");
    }

    @Test
    void safety12_aMongodThatRunsAndDoesNotAnswerMayServeThoughItsPodIsStuck() {
        MongoSet s = new MongoSet(3);
        s.node(0).ready = false;
        s.node(0).answers = false;
        s.node(0).container(null, null);
        assertThat(wait(s, Map.of(0, HOPELESS))).startsWith("db-0 to be healthy again");
        s.node(0).container(1, "CrashLoopBackOff");
        s.node(1).primary = 1;
        s.node(1).state = "PRIMARY";
        s.node(2).primary = 1;
        assertThat(next(s, Map.of(0, HOPELESS))).isEqualTo("delete db-0");
    }

    @Test
    void safety13_withDowntimeAllowedASetOfTwoGoesBackThoughItHasNoPrimary() {
        MongoSet s = new MongoSet(2).withoutPrimary();
        s.node(1).broken();
        assertThat(wait(s, Map.of(1, HOPELESS))).startsWith("db-1 to be healthy again");
        assertThat(name(new RollDecision(scene(s), Map.of(1, HOPELESS), Set.of(), true).next())).isEqualTo("delete db-1");
    }

    @Test
    void safety10_whileASecondMemberTakesItselfForPrimaryNothingIsTouched() {
        MongoSet s = new MongoSet(3).primary(1);
        s.nodes().forEach(n -> n.term = 2);
        s.node(0).term = 1;
        s.node(0).state = "PRIMARY";
        s.node(0).primary = 0;
        assertThat(wait(s)).isEqualTo("db-0 to follow db-1");
    }

    @Test
    void safety10_aMemberThatKnowsNoPrimaryIsCutOff() {
        MongoSet s = new MongoSet(3);
        s.node(1).primary = null;
        assertThat(wait(s)).isEqualTo("db-1 to follow db-0");
        s.node(2).broken();
        assertThat(wait(s, Map.of(2, HOPELESS))).as("db-0 and db-1 hold no majority").startsWith("db-2 to be healthy again");
    }

    @Test
    void safety12_anOrdinalThatTheConfigurationDoesNotHoldEndsItAtOnce() {
        MongoSet s = new MongoSet(4);
        s.node(3).configured = false;
        s.node(3).state = "REMOVED";
        s.node(3).primary = null;
        assertThat(new RollDecision(scene(s), Map.of(), Set.of(), false).next()).isEqualTo(new RollAction.Stop(
                "db-3 is no member of replica set rs0 (REMOVED, knows no primary): the set's configuration does not hold "
                        + "db-3.db.ns.svc.cluster.local:27017.",
                "Waiting does not make it one. Let initReplicaSet add it, or lower the StatefulSet's replicas to the set's members."));
        s.nodes().forEach(n -> n.primary = null);
        assertThat(wait(s)).as("whoever was cut off may have an old configuration").startsWith("db-3 to be healthy again");
    }

    @Test
    void safety15_aVoterElsewhereMustBeAWorkingMemberAndNotLag() {
        OpTime now = new OpTime(1, MongoSet.NOW, 1);
        MongoSet recovers = new MongoSet(2).outsider("far.example:27017", true, "RECOVERING", now);
        assertThat(wait(recovers)).isEqualTo("a write majority without db-1");
        MongoSet lags = new MongoSet(2).outsider("far.example:27017", true, "SECONDARY", new OpTime(1, MongoSet.NOW - 11, 1));
        assertThat(wait(lags)).isEqualTo("far.example:27017, which is 11 s behind");
    }

    @Test
    void setsOfSevenGoTheSameWay() {
        assertThat(walk(new MongoSet(7).primary(4))).containsExactly(
                "evict db-6", "evict db-5", "evict db-3", "evict db-2", "evict db-1", "evict db-0", "step down db-4", "evict db-4", "finish");
    }

    @Test
    void aSetWhoseReadyMembersDoNotAnswerOnceIsNotTakenForOneThatNobodyInitiated() {
        MongoSet s = new MongoSet(3);
        s.node(0).broken();
        s.node(1).answers = false;
        s.node(2).answers = false;
        assertThat(wait(s, Map.of(0, HOPELESS))).isEqualTo("db-1 to answer");
    }

    @Test
    void safety11_theOnlyMemberIsEvictedOnlyWhenDowntimeIsAllowed() {
        MongoSet s = new MongoSet(1);
        assertThat(wait(s)).isEqualTo("a write majority without db-0");
        assertThat(new RollDecision(scene(s), Map.of(), Set.of(), true).next()).isEqualTo(new RollAction.Evict(s.pods().get(0), true));
    }

    @Test
    void safety12_timeAloneDeletesNothing() {
        MongoSet s = new MongoSet(3);
        s.node(2).broken();
        assertThat(wait(s, Map.of(2, SLOW))).isEqualTo("db-2 to be healthy again (pulls its image)");
        s.node(2).revision = MongoSet.NEW;
        assertThat(wait(s, Map.of(2, SLOW))).isEqualTo("db-2 to be healthy again (pulls its image)");
    }

    @Test
    void safety12_aPodOfTheNewTemplateThatCannotStartEndsTheWayForward() {
        MongoSet s = new MongoSet(3);
        s.node(2).broken().revision = MongoSet.NEW;
        assertThat(new RollDecision(scene(s), Map.of(2, HOPELESS), Set.of(), false).next())
                .isEqualTo(new RollAction.GiveUp(2, "mongo:9.9 does not exist"));
    }

    @Test
    void safety13_goingBackStuckPodsComeFirstThenTheReplacedOnes() {
        // Rolled back, the broken template is the old one: db-1 came up with it, db-2 did not.
        MongoSet s = new MongoSet(3);
        s.node(0).revision = MongoSet.NEW;
        s.node(2).broken();
        assertThat(next(s, Map.of(2, HOPELESS))).isEqualTo("delete db-2");
        MongoSet after = new MongoSet(3);
        after.node(0).revision = MongoSet.NEW;
        after.node(2).revision = MongoSet.NEW;
        assertThat(walk(after)).containsExactly("evict db-1", "finish");
    }

    @Test
    void safety15_votersOutsideTheStatefulSetCountInEveryMajority() {
        MongoSet s = new MongoSet(3).outsider("far-1.example:27017", false).outsider("far-2.example:27017", false);
        assertThat(wait(s)).isEqualTo("a write majority without db-2");
        MongoSet up = new MongoSet(3).outsider("far-1.example:27017", true).outsider("far-2.example:27017", true);
        up.nodes().forEach(n -> n.primary = 0);
        assertThat(next(up)).isEqualTo("evict db-2");
    }

    @Test
    void aSetThatNobodyInitiatedIsReplacedPodByPodAndFinishesWhenItsMembersAnswer() {
        MongoSet s = new MongoSet(2);
        s.nodes().forEach(n -> {
            n.initiated = false;
            n.ready = false;
        });
        s.node(0).broken();
        assertThat(next(s, Map.of(0, HOPELESS))).isEqualTo("delete db-0");
        s.node(0).revision = MongoSet.NEW;
        assertThat(next(s, Map.of(0, SLOW))).isEqualTo("delete db-1");
        s.node(1).revision = MongoSet.NEW;
        assertThat(wait(s, Map.of(0, SLOW))).isEqualTo("db-0 to answer");
        assertThat(next(s, Map.of(0, HOPELESS))).isEqualTo("give up db-0");
        s.node(0).answers = true;
        assertThat(next(s)).isEqualTo("finish");
    }

    @Test
    void aReadyPodThatDoesNotAnswerMayHoldTheSet() {
        MongoSet s = new MongoSet(1);
        s.node(0).answers = false;
        assertThat(wait(s)).isEqualTo("db-0 to answer");
    }

    /** Carries out what is decided on a set that obeys at once, until the end. */
    private static List<String> walk(MongoSet s) {
        List<String> done = new ArrayList<>();
        while (done.size() < 20 && !done.contains("finish")) {
            RollAction next = new RollDecision(scene(s), Map.of(), Set.of(), false).next();
            done.add(name(next));
            if (next instanceof RollAction.Evict evict) {
                s.node(evict.pod().ordinal()).revision = MongoSet.NEW;
            } else if (next instanceof RollAction.StepDown down) {
                s.primary(s.nodes().stream().filter(n -> !n.arbiter).map(n -> n.ordinal).filter(o -> o != down.primary()).findFirst().orElseThrow());
            }
        }
        return done;
    }

    private static String next(MongoSet s) {
        return next(s, Map.of());
    }

    private static String next(MongoSet s, Map<Integer, Stuck> stuck) {
        return name(new RollDecision(scene(s), stuck, Set.of(), false).next());
    }

    private static String wait(MongoSet s) {
        return wait(s, Map.of());
    }

    private static String wait(MongoSet s, Map<Integer, Stuck> stuck) {
        RollAction next = new RollDecision(scene(s), stuck, Set.of(), false).next();
        assertThat(next).isInstanceOf(RollAction.Wait.class);
        return ((RollAction.Wait) next).reason();
    }

    private static String name(RollAction action) {
        if (action instanceof RollAction.Evict evict) {
            return "evict " + evict.pod().name();
        } else if (action instanceof RollAction.DeleteStuck delete) {
            return "delete " + delete.pod().name();
        } else if (action instanceof RollAction.StepDown down) {
            return "step down db-" + down.primary();
        } else if (action instanceof RollAction.GiveUp up) {
            return "give up db-" + up.ordinal();
        }
        return action instanceof RollAction.Finish ? "finish" : action.toString();
    }

    private static Scene scene(MongoSet s) {
        return new Scene(s.set(), s.hosts(), s.pods(), s.members());
    }
}
