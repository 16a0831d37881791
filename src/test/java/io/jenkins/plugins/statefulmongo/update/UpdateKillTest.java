package io.jenkins.plugins.statefulmongo.update;

import static io.jenkins.plugins.statefulmongo.update.DyingClient.MUTATING;
import static io.jenkins.plugins.statefulmongo.update.DyingClient.NEW_STATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.testing.Bench.Ended;
import io.jenkins.plugins.statefulmongo.testing.Sweep;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.Line.Served;
import io.jenkins.plugins.statefulmongo.update.DyingClient.Cut;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An update whose process ends, at every point at which that makes a difference (issue 5, item 3; safety rules 2, 7 and 23). */
class UpdateKillTest {
    private static EmbeddedCluster cluster;
    private static Sweep<KillLane> sweep;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
        sweep = new Sweep<>(8, () -> new KillLane(cluster));
    }

    @AfterAll
    static void stopCluster() throws Exception {
        sweep.close();
        cluster.close();
    }

    private static String sameBuild(KillLane lane, int point, Predicate<Served> counts, boolean answered) throws Exception {
        String image = lane.next();
        Cut cut = lane.kill(point, counts, answered, "job/1", "image", image);
        if (cut == null) {
            return null;
        }
        Ended after = lane.set.begin("job/1", "image", image).await();
        assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
        lane.assertWhole(cut, after, image, 1);
        lane.assertEachReplacedOnce(cut, after);
        return cut.call();
    }

    @Test
    void item3_theSameBuildGoesOnFromEveryStateThatACallFound() throws Exception {
        sweep.run("same build, every state", (lane, point) -> sameBuild(lane, point, NEW_STATE, true));
    }

    @Test
    void item3_theSameBuildGoesOnAfterEveryChangeWhoseAnswerWasLost() throws Exception {
        sweep.run("same build, every change, answer lost", (lane, point) -> sameBuild(lane, point, MUTATING, false));
    }

    @Test
    void safety07_anotherBuildGoesOnWhenTheLeaseHasRunOut() throws Exception {
        sweep.run("another build, every change", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.kill(point, MUTATING, point % 2 == 0, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            boolean held = lane.shortenLease();
            Ended after = lane.set.begin("job/2", "image", image).await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            if (after.console().contains("run " + image + " already")) {
                lane.freeLease(); // nothing was left to do: the dead build's Lease was nobody's business
            } else if (held) {
                assertThat(after.console()).contains("  waits for job/1, which is changing this set\n");
            }
            lane.assertWhole(cut, after, image, 1);
            lane.assertEachReplacedOnce(cut, after);
            return cut.call();
        });
    }

    @Test
    void safety23_anotherImageWinsOverTheOneThatWasUnderWay() throws Exception {
        sweep.run("another image, every change", (lane, point) -> {
            Cut cut = lane.kill(point, MUTATING, true, "job/1", "image", lane.next());
            if (cut == null) {
                return null;
            }
            lane.shortenLease();
            Ended after = lane.set.begin("job/2", "image", "mongo:7.0.18").await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.assertWhole(cut, after, "mongo:7.0.18", 2);
            return cut.call();
        });
    }

    @Test
    void safety23_aPodThatSomebodyElseEvictsIsWaitedFor() throws Exception {
        sweep.run("a drain, every change", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.kill(point, MUTATING, true, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            Bench.Running goesOn = lane.set.begin("job/1", "image", image);
            lane.drain(point % 3);
            Ended after = goesOn.await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.assertWhole(cut, after, image, 2);
            return cut.call();
        });
    }

    @Test
    void safety23_nobodyComesBack() throws Exception {
        sweep.run("nobody comes back, every change", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.kill(point, MUTATING, true, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            lane.settle();
            int created = lane.diary().created().size();
            assertThat(created).as("%s", cut).isLessThanOrEqualTo(3);
            lane.writeToMajority();
            lane.write(); // a StatefulSet that somebody touches is looked at once more by its controller
            lane.settle();
            assertThat(lane.diary().created()).as("%s", cut).hasSize(created);
            Ended after = lane.set.begin("job/1", "image", image).await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.assertWhole(cut, after, image, 1);
            lane.assertEachReplacedOnce(cut, after);
            return cut.call();
        });
    }

    @Test
    void item3_anAbortSaysHowFarItCameAndLeavesASetThatServes() throws Exception {
        sweep.run("abort, every state", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.abort(point, NEW_STATE, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            boolean begun = lane.set.journal() != null;
            assertThat(lane.leaseHolder()).as("%s", cut).isEmpty();
            assertThat(cut.closedAfterMillis()).as("%s", cut).isLessThan(2_000);
            if (begun) {
                assertThat(cut.leftBehind()).as("%s", cut)
                        .matches("StatefulSet db (was just written: it may be|stays) at OnDelete with the template of " + image
                                + "(, so nothing is replaced by itself)?; (no pod was replaced|this run replaced no pod|(replaced: db-\\d(, db-\\d)*(; )?)?(taken away and not back yet: db-\\d)?)\\."
                                + " Run the step again: it continues\\. To go back instead, run .* with .*");
            }
            lane.settle();
            lane.writeToMajority();
            Ended after = lane.set.begin("job/2", "image", image).await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            assertThat(after.console()).as("nobody to wait for").doesNotContain("waits for job/1");
            lane.assertWhole(cut, after, image, 1);
            lane.assertEachReplacedOnce(cut, after);
            return cut.call();
        });
    }

    @Test
    void safety23_aSetThatIsScaledUpMeanwhileGoesOn() throws Exception {
        sweep.run("scaled up, every change", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.kill(point, MUTATING, true, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            lane.scale(4);
            Ended after = lane.set.begin("job/1", "image", image).await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.scale(3);
            lane.assertWhole(cut, after, image, 1);
            return cut.call();
        });
    }

    @Test
    void safety23_aSetThatIsScaledDownMeanwhileIsLeftAlone() throws Exception {
        sweep.run("scaled down, every change", (lane, point) -> {
            String image = lane.next();
            Cut cut = lane.kill(point, MUTATING, true, "job/1", "image", image);
            if (cut == null) {
                return null;
            }
            lane.settle();
            boolean open = lane.set.journal() != null;
            lane.scale(2);
            Ended refused = lane.set.begin("job/1", "image", image).await();
            if (open && !lane.isAt(image)) {
                assertThat(refused.failure()).as("%s%s", cut, refused.console()).contains("db-2 is a voting member of rs0, but StatefulSet db has 2 replicas");
            }
            lane.scale(3);
            Ended after = lane.set.begin("job/1", "image", image).await();
            assertThat(after.failure()).as("%s%s%s", cut, refused.console(), after.console()).isNull();
            lane.assertWhole(cut, after, image, 2);
            return cut.call();
        });
    }

    private static final String BAD = "mongo:missing-7.0.20";

    private static String sameBuildGoesBack(KillLane lane, int point, Predicate<Served> counts, boolean answered) throws Exception {
        String image = lane.image();
        Cut cut = lane.kill(point, counts, answered, "job/1", "image", BAD, "version", "7.0.20");
        if (cut == null) {
            return null;
        }
        Ended after = lane.set.begin("job/1", "image", BAD, "version", "7.0.20").await();
        assertThat(after.failure()).as("%s%s", cut, after.console())
                .contains(" does not come up with the new template (" + BAD + "): ")
                .endsWith("Rolled back: every member runs " + image + " again, the set is whole.");
        lane.assertWhole(cut, after, image, 0);
        assertThat(lane.diary().created().stream().distinct()).as("pods taken away: %s%s", cut, after.console()).hasSize(1);
        return cut.call();
    }

    @Test
    void safety13_theSameBuildFinishesItsRollbackFromEveryStateThatACallFound() throws Exception {
        sweep.run("rollback, same build, every state", (lane, point) -> sameBuildGoesBack(lane, point, NEW_STATE, true));
    }

    @Test
    void safety13_theSameBuildFinishesItsRollbackAfterEveryChangeWhoseAnswerWasLost() throws Exception {
        sweep.run("rollback, same build, every change, answer lost", (lane, point) -> sameBuildGoesBack(lane, point, MUTATING, false));
    }

    @Test
    void safety09_anotherBuildWithAGoodImageRepairsABrokenUpdate() throws Exception {
        sweep.run("rollback, another build, every change", (lane, point) -> {
            String good = lane.next();
            Cut cut = lane.kill(point, MUTATING, point % 2 == 0, "job/1", "image", BAD, "version", "7.0.20");
            if (cut == null) {
                return null;
            }
            lane.shortenLease();
            Ended after = lane.set.begin("job/2", "image", good).await();
            assertThat(after.failure()).as("%s%s", cut, after.console()).isNull();
            lane.assertWhole(cut, after, good, 1);
            return cut.call();
        });
    }
}
