package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The disruption controller: the status of each PodDisruptionBudget. */
final class Budgets {
    record State(int expected, int healthy, int desired) {
        int allowed() {
            return Math.max(0, healthy - desired);
        }
    }

    private Budgets() {}

    static State state(Store store, ObjectNode budget) {
        List<ObjectNode> pods = store.list(Resource.PODS, Json.namespace(budget)).stream()
                .filter(pod -> Selector.matches(Json.at(budget, "spec", "selector"), pod)).toList();
        int expected = expected(store, pods);
        int healthy = (int) pods.stream().filter(Pods::isHealthy).count();
        JsonNode unavailable = Json.at(budget, "spec", "maxUnavailable");
        JsonNode available = Json.at(budget, "spec", "minAvailable");
        int desired = !unavailable.isMissingNode() ? Math.max(0, expected - amount(unavailable, expected, true))
                : available.isMissingNode() ? 1 : amount(available, expected, true);
        return new State(expected, healthy, desired);
    }

    /** A number or a percentage. */
    static int amount(JsonNode value, int of, boolean up) {
        if (value.isInt()) {
            return value.asInt();
        }
        double part = of * Double.parseDouble(value.asText().replace("%", "")) / 100;
        return (int) (up ? Math.ceil(part) : Math.floor(part));
    }

    /** The replicas that the pods' controllers want. */
    private static int expected(Store store, List<ObjectNode> pods) {
        return pods.stream().map(Json::controller).filter(owner -> !owner.isMissingNode()).distinct().mapToInt(owner -> {
            Resource type = Resource.ofKind(owner.path("kind").asText());
            ObjectNode workload = pods.isEmpty() || type == null ? null
                    : store.get(type, Json.namespace(pods.get(0)), owner.path("name").asText());
            return workload == null ? 0 : Json.at(workload, "spec", "replicas").asInt();
        }).sum();
    }

    static void reconcile(Store store, String namespace) {
        for (ObjectNode budget : store.list(Resource.BUDGETS, namespace)) {
            State state = state(store, budget);
            store.edit(Resource.BUDGETS, budget, b -> {
                ObjectNode status = Json.child(b, "status");
                Deployments.condition(Json.list(status, "conditions"), "DisruptionAllowed", state.allowed() > 0,
                        state.allowed() > 0 ? "SufficientPods" : "InsufficientPods");
                status.put("currentHealthy", state.healthy).put("desiredHealthy", state.desired).put("expectedPods", state.expected)
                        .put("disruptionsAllowed", state.allowed()).put("observedGeneration", Json.at(b, "metadata", "generation").asLong());
            });
        }
    }
}
