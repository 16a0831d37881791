package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeChecksTest {
    private static final String JOURNAL = "stateful-mongo.jenkins.io/update";

    private static Wanted wanted(Object... pairs) throws Failure {
        return Wanted.of(new Parameters(Tree.map(pairs)), "shop", "db");
    }

    /** A set that was deployed by parameters, then bent. */
    private static SetState live(Consumer<Map<String, Object>> bend) throws Failure {
        Map<String, Object> object = Tree.copy(wanted("image", "mongo:7.0.14").set().object());
        Tree.set(object, Tree.map("updatedReplicas", 3), "status");
        bend.accept(object);
        return SetState.of(object, null);
    }

    private static void check(SetState live, Object... pairs) throws Failure {
        new ChangeChecks(live, wanted(pairs).beside(live, JOURNAL).set(), false, false).check();
    }

    private static void refused(Consumer<Map<String, Object>> bend, String... message) throws Failure {
        SetState live = live(bend);
        assertThatThrownBy(() -> check(live, "image", "mongo:7.0.14"))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll(message)
                .hasMessageEndingWith("Nothing was touched.");
    }

    @Test
    void whatItMadeItselfItMayChange() {
        assertThatCode(() -> check(live(o -> {}), "image", "mongo:7.0.16", "replicas", 5, "memory", "1Gi", "storage", "2048Mi"))
                .doesNotThrowAnyException();
    }

    @Test
    void safetyRule6_aSetOfAnOperatorIsRefused() throws Failure {
        refused(o -> Tree.set(o, List.of(Map.of("kind", "PerconaServerMongoDB", "name", "shop", "controller", true)), "metadata", "ownerReferences"),
                "StatefulSet db belongs to PerconaServerMongoDB/shop");
    }

    @Test
    void safetyRule3_aPartitionIsRefused() throws Failure {
        refused(o -> Tree.set(o, Tree.map("type", "RollingUpdate", "rollingUpdate", Tree.map("partition", 1)), "spec", "updateStrategy"),
                "has the partition 1", "Set it to 0 first: kubectl -n shop patch statefulset db");
    }

    @Test
    void safetyRule15_fewerReplicasThanRunAreRefused() throws Failure {
        refused(o -> Tree.set(o, 5, "spec", "replicas"), "runs 5 members, and 3 are wanted.",
                "Give allowShrink: true to have db-4, db-3 removed from the replica set and then from the StatefulSet; or give replicas: 5.");
    }

    @Test
    void volumesThatTheControllerWouldDeleteAreOnlyLeftToItWhenTheyAreToGo() throws Failure {
        SetState live = live(o -> {
            Tree.set(o, 5, "spec", "replicas");
            Tree.set(o, "Delete", "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled");
        });
        SetState wanted = wanted("image", "mongo:7.0.14").beside(live, JOURNAL).set();
        assertThatThrownBy(() -> new ChangeChecks(live, wanted, true, false).check())
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll("its persistentVolumeClaimRetentionPolicy is whenScaled: Delete", "Give volumes: 'delete' if they may");
        assertThatCode(() -> new ChangeChecks(live, wanted, true, true).check()).doesNotThrowAnyException();
    }

    @Test
    void immutableFieldsAreNamed() throws Failure {
        refused(o -> Tree.set(o, "mongo", "spec", "serviceName"), "spec.serviceName is mongo and cannot become db");
        refused(o -> Tree.set(o, null, "spec", "podManagementPolicy"), "spec.podManagementPolicy is OrderedReady and cannot become Parallel");
        refused(o -> Tree.set(o, "x", "spec", "selector", "matchLabels", "tier"), "spec.selector is {matchLabels={app=db, tier=x}}");
        refused(o -> Tree.set(Json.list(o, "spec", "volumeClaimTemplates").get(0), "data", "metadata", "name"),
                "spec.volumeClaimTemplates is [data] and cannot become [mongo-data]");
        refused(o -> Tree.set(Json.list(o, "spec", "volumeClaimTemplates").get(0), "fast", "spec", "storageClassName"),
                "spec.volumeClaimTemplates[mongo-data].spec.storageClassName is fast and cannot become null");
        refused(o -> Tree.set(o, 1, "spec", "ordinals", "start"), "its ordinals start at 1, and would at 0");
    }

    @Test
    void aMemberKeepsTheNameAndPortThatItsSetKnows() throws Failure {
        SetState shop = SetState.of(wanted("image", "mongo:7.0.14", "replicaSet", "shop", "port", 27027).set().object(), null);
        assertThatThrownBy(() -> check(shop, "image", "mongo:7.0.14", "port", 27027))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll("its members run with --replSet shop, and would with rs0.", "Give replicaSet: 'shop'")
                .hasMessageEndingWith("Nothing was touched.");
        assertThatThrownBy(() -> check(shop, "image", "mongo:7.0.14", "replicaSet", "shop"))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll("its members listen on port 27027, and would on 27017.", "Give port: 27027")
                .hasMessageEndingWith("Nothing was touched.");
        assertThatCode(() -> check(shop, "image", "mongo:7.0.14", "replicaSet", "shop", "port", 27027)).doesNotThrowAnyException();
    }

    @Test
    void volumesCannotShrink() throws Failure {
        refused(o -> size(o, "10Gi"), "its volumes (mongo-data) have 10Gi, and volumes cannot shrink to 2Gi", "Give storage: '10Gi'");
        assertThatCode(() -> check(live(o -> size(o, "1Gi")), "image", "mongo:7.0.14")).as("they may grow").doesNotThrowAnyException();
    }

    private static void size(Map<String, Object> set, String size) {
        Tree.set(Json.list(set, "spec", "volumeClaimTemplates").get(0), size, "spec", "resources", "requests", "storage");
    }

    @Test
    void safetyRule2_theControllerIsNotLetLooseOnPodsOfAnOldRevision() throws Failure {
        SetState live = live(o -> Tree.set(o, 1, "status", "updatedReplicas"));
        Map<String, Object> rolling = Tree.copy(live.object());
        Tree.set(rolling, Tree.map("type", "RollingUpdate"), "spec", "updateStrategy");
        assertThatThrownBy(() -> new ChangeChecks(live, SetState.of(rolling, null), false, false).check())
                .hasMessage("StatefulSet db: the strategy would go from OnDelete to RollingUpdate while 2 pods have an old revision.\n"
                        + "  The controller would replace them at once, with nobody stepping down. Run rollingImageUpdate first. Nothing was touched.");
    }

    @Test
    void safetyRule1_theRunningImageStays() throws Failure {
        Wanted beside = wanted("image", "mongo:7.0.16", "memory", "1Gi").beside(live(o -> {}), JOURNAL);
        assertThat(beside.set().image()).isEqualTo("mongo:7.0.14");
        assertThat(Json.text(beside.set().database(), "resources", "limits", "memory")).isEqualTo("1Gi");
        assertThat(Manifest.of(beside.objects(), io.jenkins.plugins.statefulmongo.kube.Kind.STATEFUL_SET))
                .containsExactly(beside.set().object());
    }

    @Test
    void safetyRule2_theStrategyStaysOnDeleteWhileAnUpdateIsUnderWay() throws Failure {
        SetState updating = live(o -> Tree.set(o, "{}", "metadata", "annotations", JOURNAL));
        Wanted described = wanted("image", "mongo:7.0.16");
        Tree.set(described.set().object(), Tree.map("type", "RollingUpdate"), "spec", "updateStrategy");
        assertThat(described.beside(updating, JOURNAL).set().onDelete()).isTrue();
    }

    @Test
    void claimTemplatesOfASetThatKubectlMadeKeepTheirLabels() throws Failure {
        SetState theirs = live(o -> Tree.set(Json.list(o, "spec", "volumeClaimTemplates").get(0), null, "metadata", "labels"));
        Map<String, Object> template =
                Json.list(wanted("image", "mongo:7.0.14").beside(theirs, JOURNAL).set().object(), "spec", "volumeClaimTemplates").get(0);
        assertThat(Json.map(template, "metadata")).doesNotContainKey("labels");
    }

    /** A set whose mongod has these options too. */
    private static SetState with(String... options) throws Failure {
        Map<String, Object> object = Tree.copy(wanted("image", "mongo:7.0.14").set().object());
        Map<String, Object> container = Json.list(object, "spec", "template", "spec", "containers").get(0);
        container.put("command", Tree.list(Json.texts(container, "command"), List.of(options)));
        return SetState.of(object, null);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "-, --keyFile=/k",
        "--keyFile=/k, -",
        "-, --tlsMode=preferTLS",
        "--tlsMode=requireTLS, --tlsMode=allowTLS",
        "--sslMode=requireSSL, -",
    })
    void safety19_authenticationAndTlsAreRefusedInOneStep(String from, String to) throws Failure {
        SetState live = from == null ? with() : with(from);
        SetState wanted = to == null ? with() : with(to);
        assertThatThrownBy(() -> new ChangeChecks(live, wanted, false, false).check()).isInstanceOf(Failure.class).hasMessageContaining(" in stages, each")
                .hasMessageEndingWith("Nothing was touched.");
    }

    @Test
    void safety19_theyAreChangedStageByStage() throws Failure {
        List<SetState> stages = List.of(
                with(), with("--keyFile", "/k", "--transitionToAuth"), with("--keyFile", "/k"),
                with("--keyFile", "/k", "--tlsMode", "allowTLS"), with("--keyFile", "/k", "--tlsMode", "preferTLS"),
                with("--keyFile", "/k", "--tlsMode", "requireTLS"));
        for (int i = 1; i < stages.size(); i++) {
            new ChangeChecks(stages.get(i - 1), stages.get(i), false, false).check();
            new ChangeChecks(stages.get(i), stages.get(i - 1), false, false).check();
        }
    }
}
