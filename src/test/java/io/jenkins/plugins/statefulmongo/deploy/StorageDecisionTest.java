package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.deploy.StorageDecision.Action;
import io.jenkins.plugins.statefulmongo.deploy.StorageDecision.Stored;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StorageDecisionTest {
    private static final Map<String, String> WANTED = Map.of("mongo-data", "2Gi");

    /** What there is: a small cluster to which the decider's actions are done. */
    private static final class World {
        Map<String, Object> set = set("uid-1", "1Gi", "RollingUpdate");
        Stored stored;
        final List<ClaimState> claims = new ArrayList<>(List.of(claim(0, "1Gi", "1Gi"), claim(1, "1Gi", "1Gi"), claim(2, "1Gi", "1Gi")));
        final Map<String, String> vouchers = new TreeMap<>();
        final List<String> owners = new ArrayList<>(List.of("uid-1", "uid-1"));
        int made = 1;
        int stores;

        SetState live() {
            return set == null ? null : SetState.of(set, null);
        }

        Action next() {
            return new StorageDecision(live(), stored, WANTED, claims, vouchers, List.of(pod(0, owners.get(0)), pod(1, owners.get(1)))).next();
        }

        void act(Action next) {
            if (next instanceof Action.Grow grow) {
                claims.set(grow.claim().ordinal(), claim(grow.claim().ordinal(), grow.size(), "1Gi"));
            } else if (next instanceof Action.Store store) {
                stored = new Stored(store.original().uid(), store.successor(), "digest-" + ++stores);
            } else if (next instanceof Action.Vouch vouch && vouch.digest() == null) {
                vouchers.remove(vouch.claim());
            } else if (next instanceof Action.Vouch vouch) {
                vouchers.put(vouch.claim(), vouch.digest());
            } else if (next instanceof Action.Orphan) {
                set = null;
                owners.replaceAll(o -> null);
            } else if (next instanceof Action.Create create) {
                set = Tree.copy(create.successor());
                Tree.set(set, "uid-" + ++made, "metadata", "uid");
                Tree.set(set, "2026-02-01T00:00:00Z", "metadata", "creationTimestamp");
                Tree.set(set, Tree.map("replicas", 2), "status");
            } else if (next instanceof Action.Forget) {
                stored = null;
            }
        }

        void expand() {
            claims.replaceAll(c -> claim(c.ordinal(), c.requested(), c.requested()));
        }

        void adopt() {
            if (set != null) {
                owners.replaceAll(o -> live().uid());
            }
        }
    }

    @Test
    void safety04_claimsGrowThenTheSetIsStoredOrphanedAndMadeAnewUnderOnDelete() {
        World world = new World();
        assertThat(world.next()).isEqualTo(new Action.Grow(claim(0, "1Gi", "1Gi"), "2Gi"));
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Grow(claim(1, "1Gi", "1Gi"), "2Gi"));
        world.act(world.next());
        assertThat(world.next()).as("mongo-data-db-2 is no wanted ordinal's").isEqualTo(new Action.Wait("mongo-data-db-0 to have 2Gi (1Gi now)"));
        world.expand();
        assertThat(world.next()).isInstanceOf(Action.Store.class);
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Vouch("mongo-data-db-0", "digest-1"));
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Orphan(world.live()));
        Object template = Json.at(world.set, "spec", "template");
        world.act(world.next());
        assertThat(world.next()).isInstanceOf(Action.Create.class);
        world.act(world.next());
        assertThat(Json.at(world.set, "spec", "template")).as("adoption without a restart needs the same").isEqualTo(template);
        assertThat(world.live().onDelete()).isTrue();
        assertThat(StorageDecision.sizes(world.live())).isEqualTo(WANTED);
        assertThat(world.live().born()).as("safety 16: its claims are no older than it").isEqualTo("2026-01-02T00:00:00Z");
        assertThat(world.next()).isEqualTo(new Action.Wait("the StatefulSet controller to adopt db-0, db-1"));
        world.adopt();
        assertThat(world.next()).isEqualTo(new Action.Vouch("mongo-data-db-0", null));
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Forget());
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Done());
    }

    @Test
    void safety04_whatIsStoredMustBeWhatRuns() {
        World world = grown();
        world.act(world.next());
        Tree.set(world.set, 1, "spec", "replicas");
        assertThat(world.next()).isInstanceOf(Action.Store.class);
        world.act(world.next());
        Tree.set(world.set, "now", "metadata", "deletionTimestamp");
        assertThat(world.next()).isEqualTo(new Action.Wait("StatefulSet db to be gone, its pods kept"));
    }

    @Test
    void safety04_aRunThatFindsAStoredSetAndNoOtherCreatesItWhateverItWants() {
        World world = grown();
        world.act(world.next());
        world.act(world.next());
        assertThat(new StorageDecision(null, world.stored, Map.of(), world.claims, world.vouchers, List.of()).next()).isInstanceOf(Action.Create.class);
        assertThat(new StorageDecision(null, null, WANTED, List.of(), Map.of(), List.of()).next()).isEqualTo(new Action.Done());
    }

    @Test
    void safety04_noSetIsMadeOfWhatNoClaimVouchesFor() {
        World world = grown();
        world.act(world.next());
        world.act(world.next());
        Stored forged = new Stored("uid-1", set("uid-1", "2Gi", "OnDelete"), "another digest");
        assertThat(new StorageDecision(null, forged, Map.of(), world.claims, world.vouchers, List.of()).next()).isEqualTo(new Action.Refuse());
        assertThat(new StorageDecision(null, forged, Map.of(), world.claims, Map.of(), List.of()).next()).isEqualTo(new Action.Refuse());
        assertThat(new StorageDecision(null, forged, Map.of(), List.of(), Map.of(), List.of()).next()).isEqualTo(new Action.Forget());
    }

    @Test
    void safety04_aSetThatNeverHadAPodGrowsToo() {
        World world = new World();
        world.claims.clear();
        assertThat(world.next()).isInstanceOf(Action.Store.class);
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Orphan(world.live()));
        world.act(world.next());
        assertThat(world.next()).isEqualTo(new Action.Forget());
        world.act(world.next());
        assertThat(world.next()).as("it is made by the step's parameters").isEqualTo(new Action.Done());
    }

    @Test
    void aStoredSetThatStillRunsAndIsToStayAsItIsIsForgotten() {
        World world = grown();
        world.act(world.next());
        assertThat(new StorageDecision(world.live(), world.stored, Map.of(), world.claims, Map.of(), List.of()).next()).isEqualTo(new Action.Forget());
    }

    @Test
    void aClaimWithoutAVolumeIsWaitedFor() {
        World world = new World();
        world.claims.set(0, new ClaimState("mongo-data-db-0", "u", "Pending", null, null, "1Gi", null, Instant.EPOCH, false, null));
        assertThat(world.next()).isEqualTo(new Action.Wait("mongo-data-db-0 to be bound"));
    }

    /** Whatever comes between two actions, or is done twice since an answer was lost. */
    @Property(tries = 2_000)
    void safety04_whateverHappensTheSetIsOnlyGoneWhileItIsStoredAndAllEndsGrown(@ForAll @Size(max = 40) List<@IntRange(max = 4) Integer> events) {
        World world = new World();
        for (int i = 0; i < events.size() + 30; i++) {
            int event = i < events.size() ? events.get(i) : 1 + i % 2;
            if (event == 1) {
                world.expand();
            } else if (event == 2) {
                world.adopt();
            } else if (event == 3 && world.set != null) {
                Tree.set(world.set, String.valueOf(i), "metadata", "annotations", "somebody");
            }
            Action next = world.next();
            if (next instanceof Action.Orphan) {
                assertThat(world.claims.subList(0, 2)).allMatch(c -> c.capacity().equals("2Gi"));
                assertThat(world.vouchers).containsValue(world.stored.digest());
                assertThat(Json.at(world.stored.successor(), "metadata", "annotations", "somebody"))
                        .isEqualTo(Json.at(world.set, "metadata", "annotations", "somebody"));
            }
            world.act(next);
            if (event == 4) {
                world.act(next);
            }
            assertThat(world.set != null || world.stored != null).isTrue();
        }
        assertThat(world.next()).isEqualTo(new Action.Done());
        assertThat(world.vouchers).isEmpty();
        assertThat(StorageDecision.sizes(world.live())).isEqualTo(WANTED);
    }

    private static World grown() {
        World world = new World();
        world.act(world.next());
        world.act(world.next());
        world.expand();
        return world;
    }

    private static Map<String, Object> set(String uid, String size, String strategy) {
        return Tree.map(
                "apiVersion", "apps/v1", "kind", "StatefulSet",
                "metadata", Tree.map("namespace", "ns", "name", "db", "uid", uid, "resourceVersion", "7", "creationTimestamp", "2026-01-02T00:00:00Z"),
                "spec", Tree.map("replicas", 2, "updateStrategy", Tree.map("type", strategy),
                        "template", Tree.map("spec", Tree.map("containers", new ArrayList<>(List.of(Tree.map("name", "db", "image", "mongo:7.0.14"))))),
                        "volumeClaimTemplates", new ArrayList<>(List.of(Tree.map("metadata", Tree.map("name", "mongo-data"),
                                "spec", Tree.map("resources", Tree.map("requests", Tree.map("storage", size))))))),
                "status", Tree.map("replicas", 2));
    }

    private static ClaimState claim(int ordinal, String requested, String capacity) {
        return new ClaimState("mongo-data-db-" + ordinal, "claim-" + ordinal, "Bound", "pvc", "standard", requested, capacity, Instant.EPOCH, false, null);
    }

    private static PodState pod(int ordinal, String owner) {
        return new PodState("db-" + ordinal, ordinal, "pod-" + ordinal, "1", "rev", owner, "Running", true, false,
                Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, "node-1", List.of(), List.of(), null, null);
    }
}
