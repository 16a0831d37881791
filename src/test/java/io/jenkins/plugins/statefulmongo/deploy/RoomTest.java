package io.jenkins.plugins.statefulmongo.deploy;

import static io.jenkins.plugins.statefulmongo.deploy.Tree.map;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoomTest {
    /** The author's own limits, as the API server fills them in. */
    private static final String LIMITS = "{metadata: {name: build}, spec: {limits: [{type: Container,"
            + " max: {memory: 500Mi, cpu: 500m}, min: {memory: 10Mi, cpu: 50m},"
            + " default: {memory: 500Mi, cpu: 500m}, defaultRequest: {memory: 500Mi, cpu: 500m}}]}}";
    private static final String QUOTA = "{metadata: {name: build}, spec: {hard: {requests.cpu: 2, requests.memory: 3Gi, limits.cpu: 3,"
            + " limits.memory: 4Gi, pods: 15, requests.storage: 5Gi, persistentvolumeclaims: 4}}, status: {used: {requests.memory: 2Gi, pods: 0}}}";

    private static void check(List<String> limits, List<String> quotas, int claims, Object... pairs) throws Failure {
        Map<String, Object> set = Wanted.of(new Parameters(map(pairs)), "shop", "db").set().object();
        new Room(trees(limits), trees(quotas)).check(set, 3, claims);
    }

    private static List<Map<String, Object>> trees(List<String> texts) throws Failure {
        List<Map<String, Object>> trees = new java.util.ArrayList<>();
        for (String text : texts) {
            trees.add(Yaml.one(text, "test"));
        }
        return trees;
    }

    @Test
    void withoutLimitsAndQuotasThereIsRoom() {
        assertThatCode(() -> check(List.of(), List.of(), 3, "image", "mongo:7.0.14")).doesNotThrowAnyException();
    }

    @Test
    void aContainerBeyondALimitRangeIsNamed() {
        assertThatThrownBy(() -> check(List.of(LIMITS), List.of(), 3, "image", "mongo:7.0.14"))
                .hasMessage("StatefulSet db, container db wants 512Mi of memory, but LimitRange build allows at most 500Mi.\n"
                        + "  No pod of it would ever be created. Give another 'memory', or have the LimitRange changed.");
        assertThatThrownBy(() -> check(List.of(LIMITS), List.of(), 3, "image", "mongo:7.0.14", "memory", "400Mi", "cpu", "20m"))
                .hasMessageContaining("wants 0.02 of cpu, but LimitRange build allows at least 50m");
    }

    @Test
    void allPodsTogetherCountAgainstAQuota() {
        assertThatThrownBy(() -> check(List.of(), List.of(QUOTA.replace(" limits.cpu: 3,", "")), 3, "image", "mongo:7.0.14"))
                .hasMessageContaining("StatefulSet db adds 1536Mi to requests.memory, but ResourceQuota build has 3Gi of it, 2Gi used");
    }

    @Test
    void aQuotaThatDemandsALimitIsNamedUnlessALimitRangeGivesIt() {
        String quota = QUOTA.replace("used: {requests.memory: 2Gi, pods: 0}", "used: {}");
        assertThatThrownBy(() -> check(List.of(), List.of(quota), 2, "image", "mongo:7.0.14"))
                .hasMessageContaining("StatefulSet db, container db has no limits.cpu, which ResourceQuota build demands of every pod");
        assertThatCode(() -> check(List.of(LIMITS), List.of(quota), 2, "image", "mongo:7.0.14", "memory", "500Mi")).doesNotThrowAnyException();
    }

    @Test
    void onlyNewClaimsCountAgainstTheStorageQuota() {
        String quota = "{metadata: {name: disk}, spec: {hard: {requests.storage: 5Gi}}, status: {used: {requests.storage: 0}}}";
        assertThatThrownBy(() -> check(List.of(), List.of(quota), 3, "image", "mongo:7.0.14"))
                .hasMessageContaining("adds 6144Mi to requests.storage, but ResourceQuota disk has 5Gi of it, 0 used");
        assertThatCode(() -> check(List.of(), List.of(quota), 2, "image", "mongo:7.0.14")).doesNotThrowAnyException();
    }

    @Test
    void aScopedQuotaIsNotJudged() {
        String quota = "{metadata: {name: some}, spec: {scopes: [BestEffort], hard: {pods: 0}}}";
        assertThatCode(() -> check(List.of(), List.of(quota), 3, "image", "mongo:7.0.14")).doesNotThrowAnyException();
    }
}
