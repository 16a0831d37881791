package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.size.SizeChange;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether a StatefulSet that exists can become the wanted one, and stays safe on the way. */
final class ChangeChecks {
    private static final String UNTOUCHED = "Nothing was touched.";
    private static final List<String> TLS = List.of("disabled", "allowTLS", "preferTLS", "requireTLS");

    private final SetState live;
    private final SetState wanted;
    private final boolean allowShrink;
    private final boolean deleteVolumes;

    /**
     * @param allowShrink parameter {@code allowShrink}
     * @param deleteVolumes the volumes of members that leave are to go
     */
    ChangeChecks(SetState live, SetState wanted, boolean allowShrink, boolean deleteVolumes) {
        this.live = live;
        this.wanted = wanted;
        this.allowShrink = allowShrink;
        this.deleteVolumes = deleteVolumes;
    }

    void check() throws Failure {
        if (live.controller() != null) {
            throw new Failure(
                    "StatefulSet " + live.name() + " belongs to " + live.controller() + ", which would undo every change.",
                    "Change that object instead, or choose another name. " + UNTOUCHED);
        }
        if (live.partition() != 0) {
            throw new Failure(
                    "StatefulSet " + live.name() + " has the partition " + live.partition() + " in its update strategy.",
                    "Pods below it come back at an older revision than they had. Set it to 0 first: "
                            + "kubectl -n " + live.namespace() + " patch statefulset " + live.name()
                            + " --type merge -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0}}}}'. " + UNTOUCHED);
        }
        immutable("serviceName", live.service(), wanted.service());
        immutable("podManagementPolicy", policy(live), policy(wanted));
        immutable("selector", Json.at(live.object(), "spec", "selector"), Json.at(wanted.object(), "spec", "selector"));
        identity();
        authentication();
        claims();
        members();
        strategy();
    }

    private void immutable(String field, Object is, Object wants) throws Failure {
        if (!Diff.same(is, wants)) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": spec." + field + " is " + is + " and cannot become " + wants + ".",
                    "Kubernetes lets nobody change it in a StatefulSet that exists. Give it the value that it has,"
                            + " or remove the release first (absent: true keeps the volumes). " + UNTOUCHED);
        }
    }

    /** A member that comes back under another set's name, or at another port than its set knows, is no member any more. */
    private void identity() throws Failure {
        String set = live.mongod().replicaSet().orElse(null);
        String other = wanted.mongod().replicaSet().orElse(null);
        if (set != null && !set.equals(other)) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its members run with --replSet " + set + ", and would with " + other + ".",
                    "Each would leave its set when it is replaced, for the name is stored with the data. Give replicaSet: '" + set
                            + "', or the same in the manifest. " + UNTOUCHED);
        }
        int port = live.mongod().port();
        if (port != wanted.mongod().port()) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its members listen on port " + port + ", and would on " + wanted.mongod().port() + ".",
                    "The replica set knows them by host and port, and would lose each one that is replaced. Give port: " + port
                            + ", or the same in the manifest. " + UNTOUCHED);
        }
    }

    /** Members with and without authentication, or TLS, are no set: each change goes by one stage (safety rule 19). */
    private void authentication() throws Failure {
        int from = stage(live);
        int to = stage(wanted);
        if (to - from > 1) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its members run without authentication, and would ask for it (--keyFile).",
                    "A member that asks and one that does not are no set. With a manifest it is turned on in stages, each rolled by itself:"
                            + " --keyFile with --transitionToAuth, then, when all applications log in, --keyFile alone. " + UNTOUCHED);
        }
        if (from - to > 1) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its members ask for authentication (--keyFile), and would no more.",
                    "Give parameter '" + Login.ROOT + "', or keep --keyFile in the manifest. With a manifest it is turned off in stages, each"
                            + " rolled by itself: --keyFile with --transitionToAuth, then neither. " + UNTOUCHED);
        }
        int encrypts = tls(live);
        if (Math.abs(encrypts - tls(wanted)) > 1) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its members run with TLS mode " + TLS.get(encrypts) + ", and would with "
                            + TLS.get(tls(wanted)) + ".",
                    "Give parameter 'tlsSecret' or not, as it is now. With a manifest it is changed in stages, each rolled by itself: "
                            + String.join(", ", TLS) + ". " + UNTOUCHED);
        }
    }

    private static int stage(SetState set) {
        return !set.mongod().has("keyFile") ? 0 : set.mongod().has("transitionToAuth") ? 1 : 2;
    }

    private static int tls(SetState set) {
        return Math.max(0, TLS.indexOf(set.mongod().tlsMode()));
    }

    private static String policy(SetState set) {
        String policy = Json.text(set.object(), "spec", "podManagementPolicy");
        return policy == null ? "OrderedReady" : policy;
    }

    private void claims() throws Failure {
        List<Map<String, Object>> is = Json.list(live.object(), "spec", "volumeClaimTemplates");
        List<Map<String, Object>> wants = Json.list(wanted.object(), "spec", "volumeClaimTemplates");
        immutable("volumeClaimTemplates", is.stream().map(Manifest::name).toList(), wants.stream().map(Manifest::name).toList());
        for (int i = 0; i < is.size(); i++) {
            String at = "volumeClaimTemplates[" + Manifest.name(is.get(i)) + "].spec.";
            storage(Manifest.name(is.get(i)), size(is.get(i)), size(wants.get(i)));
            immutable(at + "accessModes", Json.at(is.get(i), "spec", "accessModes"), Json.at(wants.get(i), "spec", "accessModes"));
            String storageClass = Json.text(wants.get(i), "spec", "storageClassName");
            immutable(at + "storageClassName", Json.text(is.get(i), "spec", "storageClassName"), storageClass);
        }
    }

    private void storage(String claim, String is, String wants) throws Failure {
        Optional<BigDecimal> from = Quantity.of(is);
        Optional<BigDecimal> to = Quantity.of(wants);
        int order = from.isPresent() && to.isPresent() ? to.get().compareTo(from.get()) : 0;
        if (order < 0) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its volumes (" + claim + ") have " + is + ", and volumes cannot shrink to " + wants + ".",
                    "Give storage: '" + is + "', or the same in the manifest. " + UNTOUCHED);
        }
    }

    static String size(Map<String, Object> claim) {
        return Json.text(claim, "spec", "resources", "requests", "storage");
    }

    private void members() throws Failure {
        boolean fewer = wanted.replicas() < live.replicas();
        if (fewer && !allowShrink) {
            throw new Failure(
                    "StatefulSet " + live.name() + " runs " + live.replicas() + " members, and " + wanted.replicas() + " are wanted.",
                    "Give allowShrink: true to have "
                            + SizeChange.leaving(live, wanted.replicas()).stream().map(live::pod).collect(Collectors.joining(", "))
                            + " removed from the replica set and then from the StatefulSet; or give replicas: " + live.replicas() + ". "
                            + UNTOUCHED);
        }
        boolean controllerDeletes = Stream.of(live, wanted).anyMatch(
                s -> "Delete".equals(Json.text(s.object(), "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")));
        if (fewer && controllerDeletes && !deleteVolumes) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its persistentVolumeClaimRetentionPolicy is whenScaled: Delete, so the volumes of members"
                            + " that leave would go with their pods.",
                    "Give volumes: 'delete' if they may, or set whenScaled: Retain first, in a run of its own. " + UNTOUCHED);
        }
        if (live.start() != wanted.start()) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": its ordinals start at " + live.start() + ", and would at " + wanted.start() + ".",
                    "Members would change their names. Keep spec.ordinals.start. " + UNTOUCHED);
        }
    }

    /** The controller replaces pods of an old revision as soon as the strategy lets it, the primary like any other. */
    private void strategy() throws Failure {
        int updated = Json.number(live.object(), 0, "status", "updatedReplicas");
        if (live.onDelete() && !wanted.onDelete() && updated < live.replicas()) {
            throw new Failure(
                    "StatefulSet " + live.name() + ": the strategy would go from OnDelete to RollingUpdate while "
                            + (live.replicas() - updated) + " pods have an old revision.",
                    "The controller would replace them at once, with nobody stepping down. Run rollingImageUpdate first. " + UNTOUCHED);
        }
    }
}
