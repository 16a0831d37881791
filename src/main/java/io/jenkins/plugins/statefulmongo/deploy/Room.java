package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a namespace's LimitRanges and ResourceQuotas leave room for new pods. The API server checks them pod by pod, when the
 * controllers create them: a StatefulSet that can never be complete is accepted all the same.
 */
final class Room {
    private static final List<String> COMPUTE = List.of("cpu", "memory");

    private final List<Map<String, Object>> limitRanges;
    private final List<Map<String, Object>> quotas;

    Room(List<Map<String, Object>> limitRanges, List<Map<String, Object>> quotas) {
        this.limitRanges = limitRanges;
        this.quotas = quotas;
    }

    /**
     * @param workload StatefulSet or Deployment
     * @param pods how many pods it adds
     * @param claims how many claims of each template it adds
     * @throws Failure naming the LimitRange or ResourceQuota, what it allows and what would be needed
     */
    void check(Map<String, Object> workload, int pods, int claims) throws Failure {
        Map<String, BigDecimal> needed = new LinkedHashMap<>();
        add(needed, "pods", BigDecimal.valueOf(pods));
        for (Map<String, Object> container : Json.list(workload, "spec", "template", "spec", "containers")) {
            for (String resource : COMPUTE) {
                Optional<BigDecimal> limit = given(container, "limits", resource).or(() -> byRange(resource, "default"));
                Optional<BigDecimal> request = given(container, "requests", resource)
                        .or(() -> given(container, "limits", resource))
                        .or(() -> byRange(resource, "defaultRequest"))
                        .or(() -> limit);
                String what = Manifest.label(workload) + ", container " + Json.text(container, "name");
                range("Container", what, resource, request, limit);
                demanded(what, "requests." + resource, request);
                demanded(what, "limits." + resource, limit);
                request.ifPresent(r -> add(needed, "requests." + resource, r.multiply(BigDecimal.valueOf(pods))));
                limit.ifPresent(l -> add(needed, "limits." + resource, l.multiply(BigDecimal.valueOf(pods))));
            }
        }
        for (Map<String, Object> template : Json.list(workload, "spec", "volumeClaimTemplates")) {
            Optional<BigDecimal> storage = Quantity.of(ChangeChecks.size(template));
            range("PersistentVolumeClaim", Manifest.label(workload) + ", claim " + Manifest.name(template), "storage", storage, storage);
            storage.ifPresent(s -> add(needed, "requests.storage", s.multiply(BigDecimal.valueOf(claims))));
            add(needed, "persistentvolumeclaims", BigDecimal.valueOf(claims));
        }
        quotas(workload, needed);
    }

    private void range(String type, String what, String resource, Optional<BigDecimal> least, Optional<BigDecimal> most) throws Failure {
        for (Map<String, Object> range : limitRanges) {
            for (Map<String, Object> limit : Json.list(range, "spec", "limits")) {
                String max = Json.text(limit, "max", resource);
                String min = Json.text(limit, "min", resource);
                boolean above = Quantity.of(max).filter(m -> most.filter(v -> v.compareTo(m) > 0).isPresent()).isPresent();
                boolean below = Quantity.of(min).filter(m -> least.filter(v -> v.compareTo(m) < 0).isPresent()).isPresent();
                if (type.equals(limit.get("type")) && (above || below)) {
                    throw new Failure(
                            what + " wants " + text(resource, above ? most.get() : least.get()) + " of " + resource + ", but LimitRange "
                                    + Manifest.name(range) + " allows " + (above ? "at most " + max : "at least " + min) + ".",
                            "No pod of it would ever be created. Give another '" + resource + "', or have the LimitRange changed.");
                }
            }
        }
    }

    private void demanded(String what, String key, Optional<BigDecimal> value) throws Failure {
        for (Map<String, Object> quota : quotas) {
            if (value.isEmpty() && hard(quota, key) != null) {
                throw new Failure(what + " has no " + key + ", which ResourceQuota " + Manifest.name(quota) + " demands of every pod.",
                        "Give it in a manifest, or have a LimitRange set a default.");
            }
        }
    }

    private void quotas(Map<String, Object> workload, Map<String, BigDecimal> needed) throws Failure {
        for (Map<String, Object> quota : quotas) {
            for (Map.Entry<String, BigDecimal> need : needed.entrySet()) {
                String hard = hard(quota, need.getKey());
                String used = used(quota, need.getKey());
                BigDecimal left = Quantity.of(hard).map(h -> h.subtract(Quantity.of(used).orElse(BigDecimal.ZERO))).orElse(null);
                if (left != null && need.getValue().compareTo(left) > 0) {
                    throw new Failure(
                            Manifest.label(workload) + " adds " + text(need.getKey(), need.getValue()) + " to " + need.getKey() + ", but ResourceQuota "
                                    + Manifest.name(quota) + " has " + hard + " of it, " + (used == null ? "0" : used) + " used.",
                            "Some of its pods or claims would never be created. Ask for less, or have the quota raised.");
                }
            }
        }
    }

    /** Scoped quotas count some pods only, which cannot be told from here. */
    private static String hard(Map<String, Object> quota, String key) {
        boolean scoped = Json.at(quota, "spec", "scopes") != null || Json.at(quota, "spec", "scopeSelector") != null;
        return scoped ? null : value(quota, "spec", "hard", key);
    }

    private static String used(Map<String, Object> quota, String key) {
        return value(quota, "status", "used", key);
    }

    /** {@code cpu} and {@code memory} alone mean the requests. */
    private static String value(Map<String, Object> quota, String part, String map, String key) {
        String value = Json.text(quota, part, map, key);
        return value == null && key.startsWith("requests.") && !key.endsWith("storage")
                ? Json.text(quota, part, map, key.substring("requests.".length()))
                : value;
    }

    private Optional<BigDecimal> byRange(String resource, String which) {
        return limitRanges.stream()
                .flatMap(r -> Json.list(r, "spec", "limits").stream())
                .filter(l -> "Container".equals(l.get("type")))
                .map(l -> Quantity.of(Json.text(l, which, resource)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<BigDecimal> given(Map<String, Object> container, String part, String resource) {
        return Quantity.of(Json.text(container, "resources", part, resource));
    }

    private static void add(Map<String, BigDecimal> needed, String key, BigDecimal value) {
        needed.merge(key, value, BigDecimal::add);
    }

    private static String text(String key, BigDecimal value) {
        boolean bytes = key.endsWith("memory") || key.endsWith("storage");
        return bytes ? value.divide(BigDecimal.valueOf(1L << 20), java.math.RoundingMode.HALF_UP).setScale(0, java.math.RoundingMode.HALF_UP) + "Mi"
                : value.stripTrailingZeros().toPlainString();
    }
}
