package io.jenkins.plugins.statefulmongo.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

class DeploymentRolloutTest {
    private static Map<String, Object> deployment(int replicas, int observed, String revision, int total, int updated, int available) {
        return Map.of(
                "metadata", Map.of("name", "api", "uid", "d", "generation", 2, "annotations", Map.of("deployment.kubernetes.io/revision", revision)),
                "spec", Map.of("replicas", replicas),
                "status", Map.of("observedGeneration", observed, "replicas", total, "updatedReplicas", updated, "availableReplicas", available));
    }

    private static Map<String, Object> replicaSet(String uid, String revision) {
        return Map.of("metadata", Map.of("name", "api-" + uid, "uid", uid, "annotations", Map.of("deployment.kubernetes.io/revision", revision),
                "ownerReferences", List.of(Map.of("uid", "d", "controller", true))));
    }

    private static Map<String, Object> pod(String name, String owner, boolean ready, boolean terminating) {
        Map<String, Object> metadata = new HashMap<>(Map.of("name", name, "uid", name, "ownerReferences", List.of(Map.of("uid", owner, "controller", true))));
        if (terminating) {
            metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        return Map.of("metadata", metadata, "spec", Map.of(), "status",
                Map.of("phase", "Running", "conditions", List.of(Map.of("type", "Ready", "status", ready ? "True" : "False"))));
    }

    private static final List<Map<String, Object>> SETS = List.of(replicaSet("old", "1"), replicaSet("new", "2"), Map.of("metadata", Map.of("name", "other", "uid", "other")));

    @Property(tries = 3000)
    void doneOnlyWhenExactlyTheNewPodsServe(
            @ForAll @IntRange(max = 3) int replicas, @ForAll @Size(max = 5) List<@IntRange(max = 11) Integer> kinds, @ForAll boolean consistent) {
        List<Map<String, Object>> pods = new ArrayList<>();
        int fresh = 0;
        int serving = 0;
        int old = 0;
        for (int i = 0; i < kinds.size(); i++) { // mostly new pods that serve
            int kind = kinds.get(i);
            String owner = kind == 9 ? "old" : kind == 10 ? "other" : "new";
            boolean ready = kind != 8;
            boolean terminating = kind == 11;
            pods.add(pod("p" + i, owner, ready, terminating));
            fresh += owner.equals("new") && !terminating ? 1 : 0;
            serving += owner.equals("new") && !terminating && ready ? 1 : 0;
            old += owner.equals("old") && !terminating ? 1 : 0;
        }
        // The status may be newer than the pods that were seen.
        Map<String, Object> deployment = consistent
                ? deployment(replicas, 2, "2", fresh + old, fresh, serving)
                : deployment(replicas, 2, "2", replicas, replicas, replicas);
        DeploymentRollout rollout = new DeploymentRollout(deployment, SETS, pods, Set.of());
        boolean expected = fresh == replicas && serving == replicas && old == 0;
        Statistics.collect(expected);
        assertThat(rollout.done()).isEqualTo(expected);
    }

    @Test
    void aStatusOfAnOlderTemplateCountsForNothing() {
        List<Map<String, Object>> pods = List.of(pod("a", "new", true, false));
        assertThat(new DeploymentRollout(deployment(1, 2, "2", 1, 1, 1), SETS, pods, Set.of()).done()).isTrue();
        assertThat(new DeploymentRollout(deployment(1, 1, "2", 1, 1, 1), SETS, pods, Set.of()).done()).isFalse();
        assertThat(new DeploymentRollout(deployment(1, 2, "3", 1, 1, 1), SETS, pods, Set.of()).done()).isFalse();
        assertThat(new DeploymentRollout(deployment(1, 2, "2", 1, 1, 1), SETS, pods, Set.of("a")).done()).isFalse();
    }
}
