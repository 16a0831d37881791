package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.deploy.StorageDecision.Action;
import io.jenkins.plugins.statefulmongo.deploy.StorageDecision.Stored;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Kube;
import io.jenkins.plugins.statefulmongo.kube.Refused;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetLease;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Grows the volumes of a StatefulSet in place. What comes next is in {@link StorageDecision}; each step is done under the set's Lease, after
 * everything was read past every cache in the same tick.
 */
final class StorageGrowth {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final String ORIGINAL = "statefulset.json";
    private static final String SUCCESSOR = "successor.json";
    /** The annotation of a claim with the digest of the stored set that it vouches for. */
    static final String VOUCHER = "stateful-mongo.jenkins.io/stored";

    private final Scope scope;
    private final Kube kube;
    private final String name;
    private final SetLease lease;
    private Map<String, String> sizes = Map.of();
    private boolean underWay;
    /** Somebody else has a ConfigMap of the name under which the set is to be stored. */
    private boolean taken;

    StorageGrowth(Scope scope, String name, SetLease lease) {
        this.scope = scope;
        this.name = name;
        this.lease = lease;
        kube = scope.kube();
    }

    /** Whether an earlier run left a set that is to be made anew, or that was. */
    boolean unfinished() throws Failure, Unavailable, InterruptedException {
        underWay |= configMap().isPresent();
        return underWay;
    }

    boolean underWay() {
        return underWay;
    }

    /** Whether more was wanted than runs. */
    boolean wanted() {
        return !sizes.isEmpty();
    }

    /**
     * Takes what is wanted, as far as it is more than runs.
     *
     * @param change whether that is to be done, beyond being tried
     * @throws Failure where a volume cannot grow: nothing was touched
     */
    void want(SetState live, SetState wanted, boolean change) throws Failure, Unavailable, InterruptedException {
        sizes = StorageDecision.growing(live, StorageDecision.sizes(wanted));
        if (sizes.isEmpty()) {
            return;
        }
        if (taken) {
            throw new Failure(
                    "ConfigMap " + configMapName() + " is somebody else's: it lacks the label " + Home.RELEASE + ": " + name
                            + ", and the StatefulSet is to be stored under that name while its volumes grow.",
                    "Rename or delete it. Nothing was touched.");
        }
        for (ClaimState claim : ClaimState.of(live, kube.list(Kind.CLAIM, scope.namespace(), null))) {
            String size = sizes.get(claim.name().replaceFirst("-" + name + "-\\d+$", ""));
            if (size != null && claim.bound() && StorageDecision.less(claim.requested(), size)) {
                tryOut(live, claim, size);
            }
        }
        sizes.forEach((template, size) -> {
            String line = "~ StatefulSet " + name + ": volumes " + template + ": " + StorageDecision.sizes(live).get(template) + " -> " + size
                    + " (each grows in place; the StatefulSet is made anew around its pods)";
            scope.console().changed(line, line);
        });
        underWay |= change;
    }

    /** The API server knows whether the storage class can do it, and whether a quota allows it. */
    private void tryOut(SetState live, ClaimState claim, String size) throws Failure, Unavailable, InterruptedException {
        try {
            kube.tryPatch(Kind.CLAIM, scope.namespace(), claim.name(), request(size));
        } catch (Refused e) {
            if (e.code() != 403 || !e.serverMessage().contains("resize")) {
                throw e;
            }
            throw new Failure(
                    "StatefulSet " + live.name() + ": its volume " + claim.name() + " cannot grow from " + claim.requested() + " to " + size
                            + ": the storage class " + claim.storageClass() + " does not allow it.",
                    "Give storage: '" + claim.requested() + "'; or have allowVolumeExpansion: true set in the class, if its driver can; or deploy"
                            + " a set of another name on a larger class and move the data there. Nothing was touched.");
        }
    }

    /** One step; empty when nothing is left to do. */
    Optional<Outcome> tick() throws Failure, Unavailable, InterruptedException {
        if (!underWay) {
            return Optional.empty();
        }
        Optional<Outcome> held = lease.hold(scope.console());
        if (held.isPresent()) {
            return held;
        }
        Optional<Map<String, Object>> map = configMap();
        SetState live = kube.get(Kind.STATEFUL_SET, scope.namespace(), name).map(o -> SetState.of(o, null)).orElse(null);
        Stored stored = map.isPresent() ? stored(map.get()) : null;
        SetState known = live == null && stored != null ? SetState.of(stored.successor(), null) : live;
        List<Map<String, Object>> all = known == null ? List.of() : kube.list(Kind.CLAIM, scope.namespace(), null);
        List<ClaimState> claims = known == null ? List.of() : ClaimState.of(known, all);
        Action next = new StorageDecision(live, stored, sizes, claims, vouchers(claims, all), live == null ? List.of() : pods(live)).next();
        if (next instanceof Action.Done) {
            underWay = false;
            return Optional.empty();
        }
        if (next instanceof Action.Refuse) {
            throw changed("holds a StatefulSet " + name + " that no volume claim vouches for: this step has not stored it, or the claims are gone.");
        }
        if (next instanceof Action.Wait wait) {
            return Optional.of(Outcome.after(SOON, wait.reason()));
        }
        if (!lease.outlastsACall()) {
            return Optional.of(Outcome.now("another look: this one took too long"));
        }
        act(next, map);
        return Optional.of(Outcome.now("the next step of the volumes' growth"));
    }

    private void act(Action next, Optional<Map<String, Object>> map) throws Failure, Unavailable, InterruptedException {
        try {
            if (next instanceof Action.Grow grow) {
                kube.patch(Kind.CLAIM, scope.namespace(), grow.claim().name(), request(grow.size()));
                scope.console().line(grow.claim().name() + "  grows from " + grow.claim().requested() + " to " + grow.size());
            } else if (next instanceof Action.Store store) {
                if (map.isPresent()) {
                    forget(map.get());
                }
                kube.create(Kind.CONFIG_MAP, scope.namespace(), Tree.map(
                        "apiVersion", "v1", "kind", "ConfigMap",
                        "metadata", Tree.map("name", configMapName(), "labels", Tree.map(Home.RELEASE, name)),
                        "data", Tree.map(ORIGINAL, kube.write(store.original().object()), SUCCESSOR, kube.write(store.successor()))));
            } else if (next instanceof Action.Vouch vouch) {
                kube.annotate(Kind.CLAIM, scope.namespace(), vouch.claim(), VOUCHER, vouch.digest());
            } else if (next instanceof Action.Orphan orphan) {
                kube.deleteAsSeen(Kind.STATEFUL_SET, scope.namespace(), name, orphan.set().uid(), orphan.set().resourceVersion(),
                        Map.of("propagationPolicy", "Orphan"));
            } else if (next instanceof Action.Create create) {
                kube.create(Kind.STATEFUL_SET, scope.namespace(), create.successor());
                scope.console().line("StatefulSet " + name + " is made anew around its pods");
            } else if (next instanceof Action.Forget) {
                forget(map.orElseThrow());
            }
        } catch (Refused e) {
            if (e.code() != 409) {
                throw e.and(leftBehind());
            }
            // Somebody was faster, or our own answer was lost: to be looked at again.
        }
    }

    private void forget(Map<String, Object> map) throws Failure, Unavailable, InterruptedException {
        kube.delete(Kind.CONFIG_MAP, scope.namespace(), configMapName(), Json.text(map, "metadata", "uid"), Map.of());
    }

    private Optional<Map<String, Object>> configMap() throws Failure, Unavailable, InterruptedException {
        try {
            Optional<Map<String, Object>> found = kube.get(Kind.CONFIG_MAP, scope.namespace(), configMapName());
            Optional<Map<String, Object>> ours = found.filter(m -> name.equals(Json.text(m, "metadata", "labels", Home.RELEASE)));
            taken = found.isPresent() && ours.isEmpty();
            return ours;
        } catch (Refused e) {
            if (e.code() == 403 && !underWay) {
                // Who may not read it has not written it.
                String line = "unfinished growth of volumes not looked for: this connection cannot get configmaps";
                scope.console().changed(line, line);
                return Optional.empty();
            }
            throw e;
        }
    }

    private String configMapName() {
        return "stateful-mongo-" + name;
    }

    /** Whoever may write ConfigMaps could have changed it: nothing but this set is ever made of it. */
    private Stored stored(Map<String, Object> map) throws Failure {
        try {
            String uid = Json.text(kube.read(Json.text(map, "data", ORIGINAL)), "metadata", "uid");
            String text = Json.text(map, "data", SUCCESSOR);
            Map<String, Object> successor = kube.read(text);
            if (uid != null
                    && Kind.STATEFUL_SET.kind().equals(successor.get("kind"))
                    && name.equals(Manifest.name(successor))
                    && scope.namespace().equals(Json.text(successor, "metadata", "namespace"))) {
                return new Stored(uid, successor, digest(text));
            }
        } catch (RuntimeException e) {
            // No tree at all: told below.
        }
        throw changed("holds no StatefulSet " + name + " as this step stores it: somebody has changed it.");
    }

    private Failure changed(String what) {
        return new Failure(
                "ConfigMap " + configMapName() + " " + what,
                "Where StatefulSet " + name + " runs, delete the ConfigMap. Else its pods, if there are any, go on without it: save what the"
                        + " ConfigMap holds, and delete it; the step then makes the StatefulSet by its own parameters.");
    }

    private static Map<String, String> vouchers(List<ClaimState> claims, List<Map<String, Object>> all) {
        Set<String> names = claims.stream().map(ClaimState::name).collect(Collectors.toSet());
        return all.stream()
                .filter(c -> names.contains(Manifest.name(c)) && Json.text(c, "metadata", "annotations", VOUCHER) != null)
                .collect(Collectors.toMap(Manifest::name, c -> Json.text(c, "metadata", "annotations", VOUCHER)));
    }

    static String digest(String stored) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(stored.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private List<PodState> pods(SetState live) throws Failure, Unavailable, InterruptedException {
        Map<String, Object> labels = Json.map(live.object(), "spec", "selector", "matchLabels");
        return kube.list(Kind.POD, scope.namespace(), null).stream()
                .filter(p -> Json.map(p, "metadata", "labels").entrySet().containsAll(labels.entrySet()))
                .map(PodState::of)
                .toList();
    }

    private static Map<String, Object> request(String size) {
        return Map.of("spec", Map.of("resources", Map.of("requests", Map.of("storage", size))));
    }

    /** What an abort leaves, or null. */
    String leftBehind() {
        return underWay
                ? "The volumes of StatefulSet " + name + " are growing. If it is gone, its pods go on, and it is stored whole in ConfigMap "
                        + configMapName() + ": running deployStatefulMongo again creates it, and finishes the growth."
                : null;
    }
}
