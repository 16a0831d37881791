package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What comes next while the volumes of a StatefulSet grow in place. Kubernetes lets nobody change a claim template, so the set is made anew
 * around its pods, which go on (safety rule 4). Pure.
 *
 * <ol>
 *   <li>Each claim is asked to grow, and all are waited for: until then the set is as it was.
 *   <li>The whole StatefulSet is stored. What is stored must be what runs, and one of the claims vouches for it: whoever may write what is
 *       stored, but no claims, makes no StatefulSet by us.
 *   <li>It is deleted, its pods and claims orphaned.
 *   <li>It is created again: the same, but for its claim templates and the strategy OnDelete, under which no pod is replaced.
 *   <li>When its controller has adopted every pod, what was stored goes, with what vouches for it.
 * </ol>
 *
 * A run that finds a stored set and no other creates it, whatever it was asked for, if a claim vouches for it.
 */
final class StorageDecision {
    /** What to do next. */
    sealed interface Action {
        record Wait(String reason) implements Action {}

        record Grow(ClaimState claim, String size) implements Action {}

        record Store(SetState original, Map<String, Object> successor) implements Action {}

        /** @param digest of what is stored; null: the claim vouches no more */
        record Vouch(String claim, String digest) implements Action {}

        record Orphan(SetState set) implements Action {}

        record Create(Map<String, Object> successor) implements Action {}

        /** What is stored is not what this step stored. */
        record Refuse() implements Action {}

        record Forget() implements Action {}

        record Done() implements Action {}
    }

    /**
     * What was stored.
     *
     * @param uid of the StatefulSet that it was
     * @param successor as it is to be created again
     * @param digest of that, as it is stored
     */
    record Stored(String uid, Map<String, Object> successor, String digest) {}

    private final SetState live;
    private final Stored stored;
    private final Map<String, String> sizes;
    private final List<ClaimState> claims;
    private final Map<String, String> vouchers;
    private final List<PodState> pods;

    /**
     * @param live null where there is no StatefulSet
     * @param stored null where nothing is stored
     * @param sizes by claim template, what is wanted
     * @param claims of the set, of the stored one where none lives
     * @param vouchers by claim, the digest of what it vouches for
     * @param pods with the set's labels, whoever controls them
     */
    StorageDecision(
            SetState live, Stored stored, Map<String, String> sizes, List<ClaimState> claims, Map<String, String> vouchers, List<PodState> pods) {
        this.live = live;
        this.stored = stored;
        this.sizes = sizes;
        this.claims = claims;
        this.vouchers = vouchers;
        this.pods = pods;
    }

    Action next() {
        if (live == null) {
            return stored == null ? new Action.Done() : again();
        }
        if (Json.at(live.object(), "metadata", "deletionTimestamp") != null) {
            return new Action.Wait("StatefulSet " + live.name() + " to be gone, its pods kept");
        }
        if (stored != null && !stored.uid().equals(live.uid())) {
            return adopted();
        }
        return growing(live, sizes).isEmpty()
                ? stored == null ? new Action.Done() : forget()
                : claims().orElseGet(this::replace);
    }

    private Action again() {
        if (vouchers.containsValue(stored.digest())) {
            return new Action.Create(stored.successor());
        }
        // A set without claims never had a pod: nothing is lost with what was stored of it.
        return claims.isEmpty() ? new Action.Forget() : new Action.Refuse();
    }

    private Action adopted() {
        List<PodState> ours = pods.stream().filter(p -> p.name().equals(live.pod(p.ordinal())) && !p.terminating()).toList();
        String waiting = ours.stream()
                .filter(p -> !live.uid().equals(p.owner()))
                .map(PodState::name)
                .collect(Collectors.joining(", "));
        boolean counted = live.observed() && Json.number(live.object(), 0, "status", "replicas") >= ours.size();
        return waiting.isEmpty() && counted
                ? forget()
                : new Action.Wait("the StatefulSet controller to adopt " + (waiting.isEmpty() ? "its pods" : waiting));
    }

    private Optional<Action> claims() {
        Optional<Action> wait = Optional.empty();
        for (ClaimState claim : claims) {
            String size = sizes.get(template(claim));
            if (size == null || claim.terminating() || !live.ordinals().contains(claim.ordinal())) {
                continue;
            }
            if (!claim.bound()) {
                return Optional.of(new Action.Wait(claim.name() + " to be bound"));
            }
            if (less(claim.requested(), size)) {
                return Optional.of(new Action.Grow(claim, size));
            }
            if (less(claim.capacity(), size)) {
                wait = wait.or(() -> Optional.of(new Action.Wait(claim.name() + " to have " + size + " (" + claim.capacity() + " now)")));
            }
        }
        return wait;
    }

    /** {@code mongo-data} of {@code mongo-data-db-0}. */
    private String template(ClaimState claim) {
        return claim.name().substring(0, claim.name().length() - live.pod(claim.ordinal()).length() - 1);
    }

    private Action replace() {
        Map<String, Object> successor = successor(live, sizes);
        if (stored == null || !Diff.same(stored.successor(), successor)) {
            return new Action.Store(live, successor);
        }
        Optional<ClaimState> witness = claims.stream().filter(c -> !c.terminating()).findFirst();
        return witness.isEmpty() || vouchers.containsValue(stored.digest())
                ? new Action.Orphan(live)
                : new Action.Vouch(witness.get().name(), stored.digest());
    }

    private Action forget() {
        return vouchers.keySet().stream().findFirst().<Action>map(claim -> new Action.Vouch(claim, null)).orElseGet(Action.Forget::new);
    }

    /** Of the sizes, by claim template, those that are more than the set has. */
    static Map<String, String> growing(SetState live, Map<String, String> sizes) {
        Map<String, String> growing = new LinkedHashMap<>();
        for (Map<String, Object> template : Json.list(live.object(), "spec", "volumeClaimTemplates")) {
            String wanted = sizes.get(Manifest.name(template));
            if (wanted != null && less(ChangeChecks.size(template), wanted)) {
                growing.put(Manifest.name(template), wanted);
            }
        }
        return growing;
    }

    /** By claim template, the sizes that a set has. */
    static Map<String, String> sizes(SetState set) {
        Map<String, String> sizes = new LinkedHashMap<>();
        for (Map<String, Object> template : Json.list(set.object(), "spec", "volumeClaimTemplates")) {
            sizes.put(Manifest.name(template), ChangeChecks.size(template));
        }
        return sizes;
    }

    static boolean less(String is, String wanted) {
        Optional<BigDecimal> from = Quantity.of(is);
        return Quantity.of(wanted).filter(to -> from.filter(f -> f.compareTo(to) >= 0).isEmpty()).isPresent();
    }

    private static Map<String, Object> successor(SetState live, Map<String, String> sizes) {
        Map<String, Object> copy = Tree.copy(live.object());
        copy.remove("status");
        for (String drop : List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")) {
            Tree.set(copy, null, "metadata", drop);
        }
        Tree.set(copy, live.born(), "metadata", "annotations", SetState.BORN);
        Tree.set(copy, Tree.map("type", "OnDelete"), "spec", "updateStrategy");
        for (Map<String, Object> template : Json.list(copy, "spec", "volumeClaimTemplates")) {
            template.remove("status");
            String size = growing(live, sizes).get(Manifest.name(template));
            if (size != null) {
                Tree.set(template, size, "spec", "resources", "requests", "storage");
            }
        }
        return copy;
    }
}
